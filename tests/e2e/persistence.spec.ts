/** What is kept: across reloads, kills of the browser, two tabs. Each test has a profile of its own on the disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';

/** More on demand: PODARIUM_KILLS=30. */
const KILLS = Number(process.env.PODARIUM_KILLS ?? 4);

let profile: string;
test.beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'podarium-profile-'));
});
test.afterEach(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 }));

async function openBrowser(): Promise<BrowserContext> {
  const { launchOptions = {}, baseURL, viewport, deviceScaleFactor } = test.info().project.use;
  return chromium.launchPersistentContext(profile, {
    ...launchOptions,
    ...(baseURL && { baseURL }),
    ...(viewport && { viewport }),
    ...(deviceScaleFactor && { deviceScaleFactor }),
  });
}

async function openPage(context: BrowserContext): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(
    (state) => {
      if (!localStorage.getItem('podarium.session'))
        localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    },
    { locale: 'en', firstMinuteDone: true },
  );
  await page.goto('/');
  await ready(page);
  return page;
}

const ready = (page: Page) => expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 60_000 });

/** A command line at the workstation. */
const sh = (page: Page, line: string) =>
  page.evaluate((text) => (window as unknown as TestWindow).podarium.run(text), line);

interface TestWindow {
  readonly podarium: {
    run(line: string): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  };
}

async function ok(page: Page, line: string): Promise<string> {
  const { code, stdout, stderr } = await sh(page, line);
  expect(`${code} ${stderr}`).toBe('0 ');
  return stdout;
}

/** SIGKILL for every process that names this profile: the browser, and with it all of its children. */
function killBrowser(): void {
  let killed = 0;
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 1) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`)) continue;
      process.kill(pid, 'SIGKILL');
      killed++;
    } catch {
      // It ended by itself, or with its parent.
    }
  }
  expect(killed).toBeGreaterThan(0);
}

/** Chance that can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ALL =
  'kubectl get pods,rs,deploy,cm -o jsonpath=\'{range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.ownerReferences[0].uid}{"\\n"}{end}\'';

/** No half object, no name and no uid twice, no owner that is gone without its dependents being on their way. */
async function expectConsistent(page: Page): Promise<void> {
  const rows = (await ok(page, ALL))
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const names = rows.map(([name]) => name);
  const uids = rows.map(([, uid]) => uid);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids) expect(uid).toMatch(/^[0-9a-f-]{36}$/);
  expect(await ok(page, 'kubectl get nodes --no-headers | wc -l')).toBe('3\n');
}

test(`a browser killed ${KILLS} times in the middle of rollouts loses nothing that is older than a second`, async () => {
  test.setTimeout(120_000 + KILLS * 30_000);
  const chance = random(Number(process.env.PODARIUM_SEED ?? 7));
  const acknowledged: { readonly name: string; readonly at: number }[] = [];
  let context = await openBrowser();
  let page = await openPage(context);
  await ok(page, 'kubectl create deployment web --image=nginx:1.26 --replicas=8');
  for (let round = 0; round < KILLS; round++) {
    await ok(
      page,
      `kubectl set image deployment/web nginx=nginx:1.${26 + (round % 2)}; kubectl scale deployment web --replicas=${6 + (round % 5)}`,
    );
    const until = Date.now() + 300 + chance() * 3000;
    while (Date.now() < until) {
      const name = `mark-${acknowledged.length}`;
      await ok(page, `kubectl create configmap ${name} --from-literal=a=${round}`);
      acknowledged.push({ name, at: Date.now() });
    }
    const killedAt = Date.now();
    killBrowser();
    await context.close().catch(() => undefined);

    context = await openBrowser();
    page = await openPage(context);
    const there = new Set((await ok(page, 'kubectl get configmaps -o name')).trim().split('\n'));
    const lost = acknowledged.filter(({ name, at }) => at < killedAt - 1000 && !there.has(`configmap/${name}`));
    expect(lost).toEqual([]);
    for (let i = acknowledged.length - 1; i >= 0; i--)
      if (!there.has(`configmap/${acknowledged[i]?.name}`)) acknowledged.splice(i, 1);
    await expectConsistent(page);
  }
  await ok(page, 'kubectl rollout status deployment web --timeout=180s');
  await expectConsistent(page);
  await context.close();
});

test('a reload in the middle of a rollout: it goes on, and the desk is as it was', async () => {
  const context = await openBrowser();
  const page = await openPage(context);
  await ok(page, 'kubectl create deployment web --image=nginx:1.26 --replicas=6; echo mine > note');
  await ok(page, 'kubectl rollout status deployment web --timeout=120s');
  const before = await page.locator('.clock-bar time').getAttribute('datetime');
  await ok(page, 'kubectl set image deployment/web nginx=nginx:1.27');
  await page.waitForTimeout(1200);
  await page.reload();
  await ready(page);
  expect(await ok(page, 'cat note')).toBe('mine\n');
  await ok(page, 'kubectl rollout status deployment web --timeout=180s');
  expect(
    await ok(
      page,
      "kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[0].image} {.status.readyReplicas}'",
    ),
  ).toBe('nginx:1.27 6');
  expect(Date.parse((await page.locator('.clock-bar time').getAttribute('datetime')) ?? '')).toBeGreaterThan(
    Date.parse(before ?? ''),
  );
  await context.close();
});

test('a second tab looks on, and takes over when the first is closed', async () => {
  const context = await openBrowser();
  const first = await openPage(context);
  await ok(
    first,
    'kubectl create deployment web --image=nginx --replicas=2 && kubectl rollout status deployment web --timeout=60s',
  );
  const second = await context.newPage();
  await second.goto('/');
  await ready(second);
  await expect(second.getByRole('button', { name: /Clusters: default/ })).toHaveAccessibleName(/another tab/);
  expect(await ok(second, 'kubectl get pods --no-headers | wc -l')).toBe('2\n');
  await ok(second, 'kubectl scale deployment web --replicas=3');
  await expect(second.locator('tr.row').filter({ hasText: 'web-' })).toHaveCount(3, { timeout: 20_000 });
  await expect(first.locator('tr.row').filter({ hasText: 'web-' })).toHaveCount(3, { timeout: 20_000 });
  await first.close();
  await expect(second.locator('.message')).toContainText('This tab runs the cluster now', { timeout: 30_000 });
  await ok(second, 'kubectl scale deployment web --replicas=4 && kubectl rollout status deployment web --timeout=120s');
  await expect(second.locator('tr.row').filter({ hasText: 'web-' })).toHaveCount(4, { timeout: 30_000 });
  await context.close();
});

/** Turns a bit on the disk. */
const damage = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('podarium');
        opening.onerror = () => reject(new Error('no database'));
        opening.onsuccess = () => {
          const store = opening.result.transaction('records', 'readwrite').objectStore('records');
          const cursor = store.openCursor();
          cursor.onsuccess = () => {
            const record = cursor.result?.value as { readonly values: readonly string[] };
            cursor.result?.update({ ...record, values: record.values.map((value) => `${value} `) });
            opening.result.close();
            resolve();
          };
        };
      }),
  );

test('what cannot be read is set aside, and clusters are made, copied, saved to files, read back and deleted', async () => {
  const context = await openBrowser();
  const page = await openPage(context);
  await ok(page, 'kubectl create configmap treasure --from-literal=a=1');
  const menu = page.getByRole('dialog', { name: 'Clusters on this computer' });
  const openMenu = async () => {
    await page.getByRole('button', { name: /^Clusters/ }).click();
    await expect(menu.getByRole('listitem').first()).toBeVisible();
  };
  await openMenu();
  const downloading = page.waitForEvent('download');
  await menu.getByRole('button', { name: 'Export' }).click();
  const file = await (await downloading).path();
  const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Escape');

  // The context is gone before the disk is touched: nothing is written over it.
  await page.goto('/lessons/no-such-page');
  await damage(page);
  await page.goto('/');
  await ready(page);
  await expect(page.locator('.message')).toContainText('set aside');
  expect((await sh(page, 'kubectl get configmap treasure')).code).toBe(1);
  await openMenu();
  await expect(menu.getByRole('listitem').filter({ hasText: 'default (damaged)' })).toContainText('cannot be read');

  await menu
    .locator('input[type=file]')
    .setInputFiles({ name: 'kept.gz', mimeType: 'application/gzip', buffer: readFileSync(file) });
  const imported = menu.getByRole('listitem').filter({ hasText: 'default 2' });
  await imported.getByRole('button', { name: 'Rename' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('kept\n');
  await menu.getByRole('listitem').filter({ hasText: 'kept' }).getByRole('button', { name: 'Open' }).click();
  await ready(page);
  await expect(page.getByRole('button', { name: 'Clusters: kept' })).toBeVisible({ timeout: 30_000 });
  await ok(page, 'kubectl get configmap treasure');

  await openMenu();
  const broken = menu.getByRole('listitem').filter({ hasText: 'damaged' });
  await broken.getByRole('button', { name: 'Delete' }).click();
  await broken.getByRole('button', { name: 'Delete for good' }).click();
  await expect(broken).toHaveCount(0);
  await menu.getByRole('button', { name: 'New cluster' }).click();
  await page.keyboard.type('large');
  await menu.getByLabel('Kind').selectOption('hollow');
  await menu.getByLabel('Nodes').fill('40');
  await page.keyboard.press('Enter');
  await ready(page);
  await expect(page.getByRole('button', { name: 'Clusters: large' })).toBeVisible({ timeout: 30_000 });
  expect(await ok(page, 'kubectl get nodes --no-headers | wc -l')).toBe('40\n');
  await context.close();
});

test('where nothing can be kept the cluster runs all the same, and says so', async () => {
  const context = await openBrowser();
  await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get: () => undefined }));
  // In the worker too.
  await context.route(/engine\.worker.*\.js/, async (route) => {
    const response = await route.fetch();
    const blocked = `Object.defineProperty(globalThis, 'indexedDB', { value: { open() { throw new DOMException('blocked', 'SecurityError'); } } });`;
    await route.fulfill({ response, body: `${blocked}\n${await response.text()}` });
  });
  const page = await openPage(context);
  await expect(page.locator('.message')).toContainText('Nothing is kept', { timeout: 20_000 });
  expect(await ok(page, 'kubectl get nodes --no-headers | wc -l')).toBe('3\n');
  await context.close();
});

test('a bug in the worker is shown with what a report needs, and the disk restores', async () => {
  const context = await openBrowser();
  const page = await openPage(context);
  await ok(page, 'kubectl create configmap treasure --from-literal=a=1');
  await page.waitForTimeout(500);
  await context.route(/engine\.worker.*\.js/, async (route) => {
    const response = await route.fetch();
    const planted = "setTimeout(() => Promise.reject(new TypeError('a planted bug')), 4000);";
    await route.fulfill({ response, body: `${await response.text()}\n${planted}` });
  });
  await page.reload();
  const dialog = page.getByRole('dialog', { name: 'The cluster has stopped' });
  await expect(dialog).toContainText('a planted bug', { timeout: 40_000 });
  await dialog.getByText('What a report needs').click();
  const report = JSON.parse((await dialog.locator('pre').textContent()) ?? '');
  expect(report).toMatchObject({ error: 'a planted bug', options: { nodes: 3 } });
  expect(report.build).toBeTruthy();
  expect(report.journal.map(({ input }: { readonly input: { readonly type: string } }) => input.type)).toContain(
    'power-cycle',
  );
  await context.unroute(/engine\.worker.*\.js/);
  await dialog.getByRole('button', { name: 'Restore from the disk' }).click();
  await ready(page);
  await ok(page, 'kubectl get configmap treasure');
  await context.close();
});
