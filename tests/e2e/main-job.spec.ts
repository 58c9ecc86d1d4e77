/** The main job of the page from end to end, by one person in one profile, as its issue tells it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Browser as BrowserType, chromium, expect, type Page, test } from '@playwright/test';
import { expectReady, openPage } from './opened-page.ts';

const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
`;

const inspector = (page: Page) => page.getByRole('region', { name: 'Inspector' });
const screen = (page: Page) => page.locator('.xterm-rows');
const rows = (page: Page, text: string | RegExp) => page.locator('tr.row').filter({ hasText: text });
const web = (page: Page) => rows(page, 'web-');
const running = (page: Page) => web(page).filter({ hasText: 'Running' });
const names = (page: Page) => web(page).locator('.row-open').allTextContents();
const speed = (page: Page, value: string) => page.getByRole('combobox', { name: 'Speed' }).selectOption(value);
const instant = (page: Page) => page.locator('.clock-bar time').getAttribute('datetime');

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(screen(page)).toContainText('#', { timeout: 20_000 });
  await page.keyboard.type(`${line}\n`);
}

/** Into what has the focus. Not through the clipboard of the system, which a window without the focus waits for forever. */
const paste = (page: Page, pasted: string) =>
  page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, pasted);

async function show(page: Page, resource: string): Promise<void> {
  const back = inspector(page).getByRole('button', { name: 'Back to the list' });
  if (await back.isVisible()) await back.click();
  await page.getByRole('combobox', { name: 'Resource' }).selectOption(resource);
}

/** Selects the Pod and reads its Node in the inspector. */
async function expectOnNode(page: Page, pod: string, node: string): Promise<void> {
  await rows(page, pod).getByRole('button').first().click();
  await expect(inspector(page)).toContainText(pod);
  await expect(inspector(page)).toContainText(node);
  await page.keyboard.press('Escape');
}

/** What can be broken about a Node, opened from its inspector. */
async function faultOfNode(page: Page, node: string, button: string): Promise<void> {
  await show(page, '/nodes');
  await rows(page, node).getByRole('button').first().click();
  await inspector(page)
    .getByRole('button', { name: /^Break/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
}

/** Name and Node of each Pod of the Deployment, as the cluster tells now. */
async function placed(page: Page): Promise<readonly (readonly [name: string, node: string])[]> {
  const line = `kubectl get pods -l app=web -o jsonpath='{range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}'`;
  const { code, stdout, stderr } = await page.evaluate(
    (text) => (window as unknown as TestWindow).podarium.run(text),
    line,
  );
  expect(`${code} ${stderr}`).toBe('0 ');
  return stdout
    .trim()
    .split('\n')
    .map((row) => row.split(' '))
    .map(([name = '', node = '']) => [name, node] as const);
}

interface TestWindow {
  readonly podarium: {
    run(line: string): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  };
}

let profile: string;
let context: BrowserContext;
let elsewhere: BrowserType | undefined;
test.beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'podarium-profile-'));
  const { launchOptions = {}, baseURL = '', viewport = null } = test.info().project.use;
  context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL, viewport });
});
test.afterEach(async () => {
  await elsewhere?.close();
  await context.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
});

test('the main job, from a pasted manifest to a link that opens the same cluster', async () => {
  test.setTimeout(360_000);
  const page = context.pages()[0] ?? (await context.newPage());
  let before: readonly string[] = [];
  let crashed = '';
  let onCrashed = '';

  await test.step('paste a Deployment and a Service, apply: all Ready', async () => {
    await openPage(page, { locale: 'en', firstMinuteDone: true, resource: '/pods', centreTab: 'editor' });
    await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled({ timeout: 60_000 });
    await page.locator('.monaco-editor .view-lines').first().click();
    await page.keyboard.press('ControlOrMeta+a');
    await paste(page, MANIFESTS);
    await page.keyboard.press('ControlOrMeta+Enter');
    const results = page.getByRole('region', { name: 'Results and problems' });
    await expect(results).toContainText('deployment.apps/web created');
    await expect(results).toContainText('service/web created');
    await speed(page, '10');
    await expect(running(page).filter({ hasText: '1/1' })).toHaveCount(3, { timeout: 60_000 });
    await speed(page, '1');
  });

  await test.step('curl to the Service from a Pod', async () => {
    await type(page, 'kubectl run client --image=curlimages/curl --restart=Never -it --rm -- curl -s http://web');
    await expect(screen(page)).toContainText('Welcome to nginx!', { timeout: 60_000 });
    await expect(screen(page)).toContainText('pod "client" deleted', { timeout: 60_000 });
  });

  await test.step('delete a Pod: another takes its place', async () => {
    const [gone = ''] = await names(page);
    await type(page, `clear; kubectl delete pod ${gone}`);
    await expect(screen(page)).toContainText(`pod "${gone}" deleted`, { timeout: 60_000 });
    await expect(rows(page, gone)).toHaveCount(0, { timeout: 60_000 });
    await expect(running(page).filter({ hasText: '1/1' })).toHaveCount(3, { timeout: 60_000 });
    before = await names(page);
    expect(before).not.toContain(gone);
  });

  await test.step('crash a Node at 100x: its Pods return elsewhere', async () => {
    [onCrashed, crashed] = (await placed(page))[0] ?? ['', ''];
    await faultOfNode(page, crashed, 'Crash it');
    await speed(page, '100');
    await expect(rows(page, crashed)).toContainText('NotReady', { timeout: 60_000 });
    await page.keyboard.press('Escape');
    await show(page, '/pods');
    await expect(rows(page, onCrashed)).toContainText('Terminating', { timeout: 60_000 });
    await expect(running(page).filter({ hasText: '1/1' })).toHaveCount(3, { timeout: 60_000 });
    const now = await placed(page);
    const elsewhere = now.filter(([, node]) => node !== crashed);
    expect(elsewhere).toHaveLength(3);
    expect(elsewhere.map(([name]) => name)).not.toContain(onCrashed);
  });

  await test.step('switch it on: what was left on it goes', async () => {
    await faultOfNode(page, crashed, 'Switch it on');
    await expect(rows(page, crashed)).not.toContainText('NotReady', { timeout: 60_000 });
    await page.keyboard.press('Escape');
    await show(page, '/pods');
    await expect(rows(page, onCrashed)).toHaveCount(0, { timeout: 60_000 });
    await expect(web(page)).toHaveCount(3);
  });

  await test.step('scale to 30', async () => {
    await speed(page, '10');
    await type(page, 'clear; kubectl scale deployment web --replicas=30 && kubectl rollout status deployment web');
    await expect(screen(page)).toContainText('successfully rolled out', { timeout: 60_000 });
    expect(await placed(page)).toHaveLength(30);
    expect(new Set((await placed(page)).map(([, node]) => node)).size).toBe(2);
  });

  await test.step('roll out an image that is not there, see ImagePullBackOff, undo', async () => {
    await type(page, 'clear; kubectl set image deployment/web nginx=nginx:1.72.99');
    await expect(web(page).filter({ hasText: 'ImagePullBackOff' }).first()).toBeVisible({ timeout: 60_000 });
    await type(page, 'clear; kubectl rollout undo deployment/web && kubectl rollout status deployment web');
    await expect(screen(page)).toContainText('deployment.apps/web rolled back', { timeout: 60_000 });
    await expect(screen(page)).toContainText('successfully rolled out', { timeout: 60_000 });
    await expect(web(page).filter({ hasText: /ErrImagePull|ImagePullBackOff/ })).toHaveCount(0, { timeout: 60_000 });
    expect(await placed(page)).toHaveLength(30);
  });

  await test.step('reload in the middle of a rollout: it goes on to the end', async () => {
    await speed(page, '1');
    const old = new Set((await placed(page)).map(([name]) => name));
    await type(page, 'clear; kubectl set image deployment/web nginx=nginx:1.26');
    await expect(screen(page)).toContainText('image updated', { timeout: 60_000 });
    await expect
      .poll(async () => (await placed(page)).some(([name]) => !old.has(name)), { timeout: 60_000 })
      .toBe(true);
    await page.waitForTimeout(1200);
    const middle = await instant(page);
    await page.reload();
    await expectReady(page);
    expect((await placed(page)).some(([name]) => old.has(name))).toBe(true);
    expect(Date.parse((await instant(page)) ?? '')).toBeGreaterThanOrEqual(Date.parse(middle ?? '') - 1000);
    await speed(page, '10');
    await type(page, 'clear; kubectl rollout status deployment web');
    await expect(screen(page)).toContainText('successfully rolled out', { timeout: 60_000 });
    await expect.poll(async () => (await placed(page)).length, { timeout: 60_000 }).toBe(30);
    expect((await placed(page)).filter(([name]) => old.has(name))).toEqual([]);
    await speed(page, '1');
  });

  await test.step('scrub back to before the crash: the old state', async () => {
    await page.getByRole('button', { name: 'List of marks' }).click();
    const marks = page.getByRole('dialog', { name: 'What happened' });
    await marks.getByRole('combobox', { name: 'All kinds' }).selectOption({ label: 'Fault' });
    await marks.getByRole('searchbox', { name: 'Filter' }).fill(`node.crash ${crashed}`);
    await marks.getByRole('listitem').last().getByRole('button').click();
    await expect(marks).toHaveCount(0);
    await page.getByRole('slider', { name: 'Point in time' }).focus();
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByRole('region', { name: 'Timeline' }).filter({ hasText: 'You see' })).toBeVisible();
    await show(page, '/pods');
    await expect(running(page)).toHaveCount(3, { timeout: 60_000 });
    expect([...(await names(page))].sort()).toEqual([...before].sort());
    await expectOnNode(page, onCrashed, crashed);
  });

  await test.step('branch there: the old state goes on', async () => {
    const then = await instant(page);
    await page.locator('.timeline-controls').getByRole('button', { name: 'Branch here' }).click();
    const branch = page.getByRole('dialog', { name: /^Branch at/ });
    await branch.getByRole('textbox', { name: 'Name' }).fill('before the crash');
    const loaded = page.waitForEvent('load', { timeout: 120_000 });
    await branch.getByRole('button', { name: 'Make the branch' }).click();
    await loaded;
    await expectReady(page);
    await expect(page.getByRole('button', { name: 'Clusters: before the crash' })).toBeVisible({ timeout: 60_000 });
    await expect(running(page)).toHaveCount(3, { timeout: 60_000 });
    const there = await placed(page);
    expect(there.map(([name]) => name).sort()).toEqual([...before].sort());
    expect(there).toContainEqual([onCrashed, crashed]);
    await expect.poll(async () => Date.parse((await instant(page)) ?? '')).toBeGreaterThan(Date.parse(then ?? ''));
  });

  await test.step('the link opens the same cluster in a fresh profile: same hash, same instant', async () => {
    await page.getByRole('button', { name: 'Pause time' }).click();
    await expect(page.getByRole('button', { name: 'Resume time' })).toBeVisible();
    await page.getByRole('button', { name: 'Share' }).click();
    const field = page.getByRole('dialog').getByRole('textbox', { name: 'Link' });
    await expect(field).toHaveValue(/#s=/, { timeout: 60_000 });
    const link = await field.inputValue();
    const digest = /State (\w+)/.exec((await page.getByRole('dialog').textContent()) ?? '')?.[1] ?? 'none';
    const time = await instant(page);

    const { launchOptions = {} } = test.info().project.use;
    elsewhere = await chromium.launch(launchOptions);
    const other = await (await elsewhere.newContext({ serviceWorkers: 'block' })).newPage();
    await openPage(other, { locale: 'en', firstMinuteDone: true, resource: '/pods' }, link);
    const dialog = other.getByRole('dialog');
    await expect(dialog).toContainText('The very same cluster', { timeout: 60_000 });
    await expect(dialog).toContainText(`same hash ${digest}`);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    expect(await instant(other)).toBe(time);
    expect([...(await names(other))].sort()).toEqual([...before].sort());
    await expectOnNode(other, onCrashed, crashed);
  });
});
