/** What is kept: across reloads, kills of the browser, two tabs. Each test has a profile of its own on the disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
