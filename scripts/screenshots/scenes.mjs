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
  await page.keyboard.insertText(MANIFEST);
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
  { name: 'rollout', world: 'rollout', size: 'wide', theme: 'dark', locale: 'en' },
  {
    name: 'why',
    world: 'trouble',
    size: 'wide',
    theme: 'light',
    locale: 'en',
    act: (page) => open(page, 'pod greedy'),
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
