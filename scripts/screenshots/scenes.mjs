/** What each picture shows. */

async function palette(page, text) {
  await page.keyboard.press('F1');
  await page.getByRole('dialog').getByRole('combobox').fill(text);
  await page.waitForTimeout(400);
}

/** Opens an object through the palette. */
async function open(page, text) {
  await palette(page, text);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(800);
}

/** Time goes on from event to event, as far as it takes: so the picture is of the same instant each time. */
async function stepUntil(page, done) {
  for (let steps = 0; steps < 400 && !(await done()); steps++) {
    await page.locator('.clock-bar button').nth(1).click();
    await page.waitForTimeout(20);
  }
}

/** Types a line into the terminal, and lets time pass until it has been answered. */
async function type(page, line, answer) {
  const screen = page.locator('.xterm-rows');
  const shows = (text) => async () => ((await screen.textContent()) ?? '').includes(text);
  await stepUntil(page, shows('#'));
  await page.keyboard.press('Alt+3');
  await page.keyboard.type(`${line}\n`);
  await stepUntil(page, shows(answer));
  await page.locator('.top-bar h1').click();
}

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 3
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      containers:
        - name: shop
          image: nginx:1.27
          envFrom:
            - configMapRef:
                name: settings
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector:
    app: shoop
  ports:
    - port: 80
`;

async function paste(page) {
  await page.locator('.monaco-editor .view-lines').first().click({ timeout: 30_000 });
  await page.keyboard.press('ControlOrMeta+a');
  await page.evaluate((text) => navigator.clipboard.writeText(text), MANIFEST);
  await page.keyboard.press('ControlOrMeta+v');
  await page.waitForTimeout(3000);
}

export const scenes = [
  {
    name: 'first-minute',
    world: 'broken',
    size: 'wide',
    theme: 'light',
    locale: 'en',
    settings: { firstMinuteDone: false },
  },
  {
    name: 'first-minute-zh',
    world: 'broken',
    size: 'phone',
    theme: 'light',
    locale: 'zh',
    settings: { firstMinuteDone: false },
  },
  {
    name: 'rollout',
    world: 'rollout',
    size: 'wide',
    theme: 'dark',
    locale: 'en',
    act: (page) => type(page, 'kubectl get deployments,services', '6379/TCP'),
  },
  {
    name: 'why',
    world: 'trouble',
    size: 'wide',
    theme: 'light',
    locale: 'en',
    settings: { hidden: ['lesson', 'terminal'] },
    async act(page) {
      await open(page, 'pod greedy');
      await page.getByRole('tab', { name: 'Why?' }).click();
    },
  },
  {
    name: 'trouble-zh',
    world: 'trouble',
    size: 'wide',
    theme: 'dark',
    locale: 'zh',
    act: (page) => open(page, 'node node-2'),
  },
  {
    name: 'editor-zh',
    world: 'rollout',
    size: 'wide',
    theme: 'light',
    locale: 'zh',
    settings: { centreTab: 'editor', hidden: ['lesson', 'terminal'] },
    act: paste,
  },
  {
    name: 'lesson',
    world: 'rollout',
    size: 'wide',
    theme: 'light',
    locale: 'en',
    settings: { hidden: ['explorer'], lesson: 'course/01-pods-deployments-nodes' },
    act: (page) => type(page, 'kubectl get nodes', 'node-3'),
  },
  {
    name: 'lesson-phone-zh',
    world: 'rollout',
    size: 'phone',
    theme: 'dark',
    locale: 'zh',
    settings: { narrowPane: 'lesson', lesson: 'course/01-pods-deployments-nodes' },
  },
  {
    name: 'large',
    world: 'large',
    size: 'wide',
    theme: 'dark',
    locale: 'en',
    settings: { maximised: undefined, hidden: ['lesson', 'explorer', 'terminal'] },
  },
  {
    name: 'palette',
    world: 'rollout',
    size: 'small',
    theme: 'dark',
    locale: 'en',
    act: (page) => palette(page, 'web'),
  },
  { name: 'small-zh', world: 'trouble', size: 'small', theme: 'light', locale: 'zh' },
  { name: 'contrast', world: 'trouble', size: 'small', theme: 'contrast', locale: 'en' },
  {
    name: 'explorer-phone',
    world: 'trouble',
    size: 'phone',
    theme: 'light',
    locale: 'en',
    settings: { narrowPane: 'explorer' },
  },
];
