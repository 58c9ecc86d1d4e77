/** What strangers may send, paste and run: the page stays alive, nothing of theirs runs in it, and a clear word is said. */
import { deflateRawSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';

const SETTINGS = { locale: 'en', firstMinuteDone: true, resource: '/pods' };
const SCRIPT = '<img src=x onerror="window.__pwned=1"><script>window.__pwned=2</script>';

let dialogs: string[];
let outside: string[];

test.beforeEach(async ({ page }) => {
  dialogs = [];
  outside = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost|data:|blob:|about:)/.test(request.url())) outside.push(request.url());
  });
  await page.addInitScript((state) => {
    localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
  }, SETTINGS);
});

/** The main thread answers within a moment, nothing was run, nothing left the page. */
async function expectHarmless(page: Page): Promise<void> {
  const started = Date.now();
  const pwned = await page.evaluate(() => '__pwned' in window || 'polluted' in {});
  expect(Date.now() - started).toBeLessThan(3000);
  expect(pwned).toBe(false);
  expect(dialogs).toEqual([]);
  expect(outside).toEqual([]);
}

async function ready(page: Page): Promise<void> {
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 60_000 });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
}

const pack = (text: string | Buffer): string => deflateRawSync(text).toString('base64url');
const START = Date.UTC(2026, 0, 1);

const link = (change: Record<string, unknown>): string =>
  pack(
    JSON.stringify({
      podarium: 1,
      title: SCRIPT,
      build: 'somewhere else',
      options: { nodes: 2 },
      manifests: '',
      view: {},
      ...change,
    }),
  );

const LINKS: readonly (readonly [string, string, RegExp])[] = [
  ['garbage', '%3Cscript%3E', /damaged/],
  ['a bomb', pack(Buffer.alloc(100_000_000, ' ')), /larger than any link/],
  ['deep nesting', pack(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), /damaged/],
  ['__proto__', pack('{"podarium":1,"__proto__":{"polluted":1},"options":{"__proto__":{"polluted":1}}}'), /damaged/],
  [
    'a million inputs',
    link({ journal: Array.from({ length: 1e6 }, () => 1), until: START + 1e6, digest: '' }),
    /damaged/,
  ],
  [
    'a negative time',
    link({ journal: [[-1, { type: 'command', line: 'x' }]], until: START + 1, digest: '' }),
    /damaged/,
  ],
  ['another program', pack('{"excalidraw":true}'), /no link of Podarium/],
];

for (const [name, packed, words] of LINKS) {
  test(`a link with ${name}: a clear word and an empty cluster`, async ({ page }) => {
    await page.goto(`/#s=${packed}`);
    await expect(page.getByRole('dialog')).toContainText(words, { timeout: 60_000 });
    await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
    await ready(page);
    await expectHarmless(page);
  });
}

const MANIFESTS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: markup
  labels: { app: markup }
  annotations:
    note: '${SCRIPT.replaceAll("'", "''")}'
    link: 'javascript:window.__pwned=3'
data:
  '..': '${SCRIPT}'
  page.html: '${SCRIPT}'
---
apiVersion: v1
kind: Event
metadata: { name: markup.1, namespace: default }
involvedObject: { kind: Pod, name: markup, namespace: default }
reason: 'Pwned'
message: '${SCRIPT}'
type: Warning
---
apiVersion: v1
kind: Pod
metadata: { name: markup, annotations: { a: '${SCRIPT}' } }
spec:
  containers:
    - name: main
      image: busybox
      env: [{ name: SCRIPT, value: '${SCRIPT}' }]
      command: [sh, -c, 'printf "%s \\033]0;pwned\\007\\033]52;c;cHduZWQ=\\007\\033]8;;javascript:alert(1)\\007click\\033]8;;\\007\\033[2J\\033[31mred\\n" "$SCRIPT"; sleep 9999']
---
apiVersion: v1
kind: Pod
metadata: { name: '${SCRIPT}' }
spec: { containers: [{ name: a, image: busybox }] }
`;

test('markup in every string: shown as text wherever it appears', async ({ page }) => {
  await page.goto(`/#s=${link({ manifests: MANIFESTS.replace("  '..'", "  'dots'") })}`);
  const dialog = page.getByRole('dialog');
  await expect(dialog)
    .toContainText('From another build', { timeout: 60_000 })
    .catch(async () => {
      await expect(dialog).toContainText('Manifests applied');
    });
  await expect(dialog).toContainText('pod/markup created');
  await expect(dialog).toContainText('Invalid value: "<img src=x onerror=');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await ready(page);
  await page.locator('.row-open', { hasText: /^markup$/ }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toContainText('<img src=x onerror=');
  for (const tab of await inspector.getByRole('tab').all()) {
    await tab.click();
    await page.waitForTimeout(300);
  }
  // What a container prints may clear the screen, as on every terminal; it may do no more.
  await type(page, "clear; kubectl logs markup; kubectl get pod markup -o jsonpath='{.metadata.annotations.a}'");
  await expect(page.locator('.xterm-rows')).toContainText('onerror', { timeout: 60_000 });
  await type(page, "touch '<img src=x onerror=window.__pwned=5>'; ls; cat /dev/urandom | head -c 3000");
  await page.waitForTimeout(1500);
  expect(await page.title()).not.toContain('pwned');
  await expectHarmless(page);
});

const COMMANDS: readonly (readonly [string, string])[] = [
  ['an endless loop', 'while true; do :; done'],
  ['an endless stream', 'yes'],
  ['a fork bomb', ':(){ :|:& };:'],
  ['a growing string', 'x=a; while true; do x=$x$x; done'],
  ['endless recursion', 'f(){ f; }; f'],
];

test('commands that never end: the page answers, Ctrl-C ends them', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('/');
  await ready(page);
  for (const [, line] of COMMANDS) {
    await type(page, line);
    await page.waitForTimeout(1500);
    await expectHarmless(page);
    await page.keyboard.press('Control+c');
    // A shell that found no memory ends, as bash does; Enter brings a new one.
    await expect(async () => {
      await type(page, '');
      await type(page, 'clear; echo alive-$((6*7))');
      await expect(page.locator('.xterm-rows')).toContainText('alive-42', { timeout: 8000 });
    }).toPass({ timeout: 60_000 });
  }
  await type(page, 'kubectl get nodes');
  await expect(page.locator('.xterm-rows')).toContainText('control-plane', { timeout: 30_000 });
});

test('a document too large, an alias bomb: the words of a real cluster, and the page lives', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('/');
  await ready(page);
  await type(
    page,
    'clear; head -c 4000000 /dev/zero | tr "\\0" a > big; kubectl create configmap big --from-file=big 2>&1 | tail -c 300',
  );
  await expect(page.locator('.xterm-rows')).toContainText(/Request entity too large|Too long: may not be more than/, {
    timeout: 60_000,
  });
  await expectHarmless(page);
  await type(
    page,
    "clear; printf 'a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\\n' | kubectl apply -f -",
  );
  await expect(page.locator('.xterm-rows')).toContainText(/excessive aliasing/, { timeout: 60_000 });
  await expectHarmless(page);
});
