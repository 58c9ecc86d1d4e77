/** What strangers put into manifests: the main thread answers all the while, nothing of theirs runs in the page, and a clear word is said. */
import { expect, type Page, test } from '@playwright/test';

const SCRIPT = '<img src=x onerror="window.__pwned=1"><script>window.__pwned=2</script>';
/** How long the main thread may be away. Bar: a second; other work shares the two cores that the page, the engine and this test run on. */
const AWAY_MS = 1500;

interface TestWindow {
  readonly podarium: { run(line: string): Promise<{ readonly stdout: string }> };
}

interface Watched {
  readonly away: number;
}

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

let dialogs: string[];

test.beforeEach(async ({ page }) => {
  dialogs = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  await page.addInitScript(() => {
    const state = { locale: 'en', firstMinuteDone: true, resource: '/pods', centreTab: 'editor' };
    localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    let last = performance.now();
    const watched = { away: 0 };
    setInterval(() => {
      watched.away = Math.max(watched.away, performance.now() - last);
      last = performance.now();
    }, 20);
    Object.assign(globalThis, { watched });
  });
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 60_000 });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled({ timeout: 60_000 });
  await expect(page.locator('.monaco-editor .view-lines').first()).toBeVisible();
  await forget(page);
});

const forget = (page: Page) =>
  page.evaluate(() => {
    (globalThis as unknown as { watched: { away: number } }).watched.away = 0;
  });

/** Nothing was run, the main thread was never away for long, and a click does what it should. */
async function expectHarmless(page: Page, what: string): Promise<void> {
  await page.getByRole('tab', { name: 'Overview' }).click();
  await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: 'Editor' }).click();
  const { pwned, away } = await page.evaluate(() => ({
    pwned: '__pwned' in window || 'polluted' in {},
    away: (globalThis as unknown as { watched: Watched }).watched.away,
  }));
  process.stdout.write(`${what}: the main thread was away for at most ${Math.round(away)} ms\n`);
  expect(pwned).toBe(false);
  expect(dialogs).toEqual([]);
  expect(away, what).toBeLessThan(AWAY_MS);
  await forget(page);
}

async function paste(page: Page, text: string): Promise<void> {
  await page
    .locator('.monaco-editor .view-lines')
    .first()
    .click({ position: { x: 40, y: 8 } });
  await page.keyboard.press('ControlOrMeta+a');
  await page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
  await page.keyboard.press('ControlOrMeta+v');
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
}

const rows = (page: Page) => page.locator('.xterm-rows');
const configMap = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hostile\n${data}`;
const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefgh'.split('').map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[at]}`)}]`),
];

/** Name, text, and what is said to it when it is applied in the editor. */
const APPLIED: readonly (readonly [string, string, RegExp])[] = [
  [
    'YAML 10,000 levels deep',
    configMap(`data:\n  a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`),
    /nested too deeply/,
  ],
  [
    'JSON 10,000 levels deep',
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
    /nested too deeply/,
  ],
  ['an alias bomb', configMap(`${BOMB.join('\n')}\n`), /[Ee]xcessive alias/],
  [
    '__proto__ and constructor in YAML',
    configMap('__proto__: { polluted: x }\nconstructor: { prototype: { polluted: x } }\n'),
    /field not declared in schema|unknown field|hostile (created|refused)/,
  ],
  [
    '__proto__ in JSON',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"json","__proto__":{"polluted":"x"},"labels":{"__proto__":"x"}},"data":{"__proto__":"x","constructor":"x"}}',
    /field not declared in schema|unknown field|Invalid value|json created/,
  ],
  [
    '20,000 keys',
    configMap(`data:\n${Array.from({ length: 20_000 }, (_, at) => `  k${at}: v\n`).join('')}`),
    /hostile created/,
  ],
  ['markup as a name', configMap('data: {}\n').replace('hostile', `'${SCRIPT}'`), /<img src=x.*refused/],
];

test('hostile manifests in the editor', async ({ page }) => {
  test.setTimeout(240_000);
  const results = page.getByRole('region', { name: 'Results and problems' });
  for (const [name, text] of [
    ['10 MB', configMap(`data:\n  a: ${'x'.repeat(10_000_000)}\n`)],
    [
      'a ConfigMap of 1,000,000 keys',
      configMap(`data:\n${Array.from({ length: 1e6 }, (_, at) => `  k${at}: v\n`).join('')}`),
    ],
  ] as const) {
    await paste(page, text);
    await expect(page.getByText(/web.yaml is too large for the editor: 1\d{4} kB, at most 1000/).first()).toBeVisible();
    await expect(page.locator('.monaco-editor .view-lines').first()).toContainText(/Deployment|targetPort/);
    await expectHarmless(page, name);
  }
  for (const [name, text, words] of APPLIED) {
    await paste(page, text);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(results, name).toContainText(words, { timeout: 30_000 });
    await expectHarmless(page, name);
  }
});

const LOOPS = `apiVersion: v1
kind: Pod
metadata: { name: loop }
spec: { containers: [{ name: a, image: busybox, command: [sh, -c, 'while true; do :; done'] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: stream }
spec: { containers: [{ name: a, image: busybox, command: ['yes'] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: probed }
spec:
  containers:
    - name: a
      image: nginx
      livenessProbe: { periodSeconds: 1, failureThreshold: 1, exec: { command: [sh, -c, 'while true; do :; done'] } }
      readinessProbe: { periodSeconds: 1, exec: { command: ['yes'] } }
`;

test('endless loops in containers and probes: the page and the shell answer', async ({ page }) => {
  test.setTimeout(240_000);
  await paste(page, LOOPS);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('region', { name: 'Results and problems' })).toContainText('pod/probed created', {
    timeout: 30_000,
  });
  await page.waitForTimeout(8000);
  await expectHarmless(page, 'endless loops in containers and probes');
  await type(page, 'clear; kubectl get pods; echo alive-$((6*7))');
  await expect(rows(page)).toContainText('alive-42', { timeout: 60_000 });
  await expectHarmless(page, 'the shell beside them');
  await type(
    page,
    "clear; until kubectl get events | grep -o 'Liveness probe failed: command timed out.*'; do sleep 1; done; echo timed-out-$((6*7))",
  );
  await expect(rows(page)).toContainText('timed-out-42', { timeout: 60_000 });
  const instant = () =>
    page.evaluate(async () => {
      const { podarium } = globalThis as unknown as TestWindow;
      return { virtual: Number((await podarium.run('date +%s%3N')).stdout), wall: performance.now() };
    });
  const [from, to] = [await instant(), await page.waitForTimeout(5000).then(instant)];
  const pace = (to.virtual - from.virtual) / (to.wall - from.wall);
  process.stdout.write(`beside endless loops: ${pace.toFixed(2)} virtual seconds a second\n`);
  expect(pace).toBeGreaterThan(0.5);
});

test('a billion replicas: the store is full before the page is', async ({ page }) => {
  test.setTimeout(300_000);
  await type(page, 'kubectl create deployment big --image=nginx --replicas=1000000000');
  await expect(rows(page)).toContainText('deployment.apps/big created', { timeout: 60_000 });
  const started = Date.now();
  await page.waitForTimeout(5000);
  await expectHarmless(page, 'a billion replicas, the first seconds');
  await type(
    page,
    "clear; until kubectl get deploy big -o jsonpath='{.status.conditions}' | grep -o 'database space exceeded'; do sleep 5; done; echo full-$((6*7))",
  );
  await expect(rows(page)).toContainText('full-42', { timeout: 200_000 });
  process.stdout.write(`full after ${Math.round((Date.now() - started) / 1000)} s\n`);
  await expectHarmless(page, 'a billion replicas, until the store is full');
  await type(page, 'clear; kubectl delete deployment big --wait=false; kubectl get nodes; echo alive-$((6*7))');
  await expect(rows(page)).toContainText('alive-42', { timeout: 60_000 });
  await expectHarmless(page, 'deleting them');
});
