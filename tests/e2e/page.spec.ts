import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

async function open(page: Page, settings: Record<string, unknown> = {}): Promise<void> {
  await page.addInitScript((state) => {
    if (!localStorage.getItem('podarium.session')) {
      localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    }
  }, settings);
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 30_000 });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 15_000 });
}

const rowsNamed = (page: Page, text: string) => page.locator('tr.row').filter({ hasText: text });

test('typed kubectl makes Pods that the explorer shows; a deleted one is replaced', async ({ page }) => {
  await open(page, { locale: 'en', firstMinuteDone: true });
  await page.keyboard.press('Alt+3');
  await page.keyboard.type('kubectl create deployment web --image=nginx --replicas=3\n');
  await expect(page.locator('.xterm-rows')).toContainText('deployment.apps/web created');
  await expect(rowsNamed(page, 'web-').filter({ hasText: 'Running' })).toHaveCount(3, { timeout: 30_000 });

  const first = rowsNamed(page, 'web-').first();
  const name = (await first.getByRole('button').textContent()) ?? '';
  await first.getByRole('button').click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toContainText('Scheduled');
  await inspector.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`kubectl delete pod/${name} -n default`);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(rowsNamed(page, name)).toHaveCount(0, { timeout: 30_000 });
  await expect(rowsNamed(page, 'web-').filter({ hasText: 'Running' })).toHaveCount(3, { timeout: 30_000 });
  await expect(page.locator('.message')).toContainText('deleted');
});

test('the first thing to do is one button', async ({ page }) => {
  await open(page, { locale: 'en' });
  await page.getByRole('button', { name: 'Run three nginx Pods' }).click();
  await expect(page.locator('.xterm-rows')).toContainText('deployment.apps/web created');
  await expect(rowsNamed(page, 'web-')).toHaveCount(3, { timeout: 30_000 });
  await page.reload();
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Run three nginx Pods' })).toHaveCount(0);
});

test('the terminal is a shell: interrupts, pipes, a second tab', async ({ page }) => {
  await open(page, { locale: 'en', firstMinuteDone: true });
  await page.keyboard.press('Alt+3');
  await page.keyboard.type('sleep 1000\n');
  await page.waitForTimeout(300);
  await page.keyboard.press('Control+C');
  await page.keyboard.type('echo one two | wc -w\n');
  await expect(page.locator('.xterm-rows')).toContainText(/^\s*2$|2\s*root@/m);
  await page.getByRole('button', { name: 'New terminal' }).click();
  await expect(page.getByRole('tab', { name: 'Terminal 2' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: 'Terminal 1' }).click();
  await expect(page.locator('.xterm-rows')).toContainText('echo one two');
});

test('time pauses and goes on', async ({ page }) => {
  await open(page, { locale: 'en', firstMinuteDone: true });
  const time = page.locator('.clock-bar time');
  await page.getByRole('button', { name: 'Pause time' }).click();
  await expect(page.getByRole('button', { name: 'Resume time' })).toBeVisible();
  const paused = await time.textContent();
  await page.waitForTimeout(1500);
  expect(await time.textContent()).toBe(paused);
  await page.getByRole('button', { name: 'Resume time' }).click();
  await expect(time).not.toHaveText(paused ?? '', { timeout: 5000 });
});

test('by keyboard alone: from the list into an object and back, panes, the key sheet', async ({ page }) => {
  await open(page, { locale: 'en', firstMinuteDone: true });
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.press('F6');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Filter' })).toBeFocused();
  await page.keyboard.type('kube-scheduler');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('kube-scheduler-control-plane');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Inspector' })).toHaveCount(0);
  await page.keyboard.press('Alt+2');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+m');
  await expect(page.locator('[data-pane="terminal"]')).toHaveCount(0);
  await page.keyboard.press('Alt+m');
  await expect(page.locator('[data-pane="terminal"]')).toBeVisible();
});

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
  ).toEqual([]);
}

for (const [theme, locale] of [
  ['light', 'en'],
  ['dark', 'zh'],
  ['contrast', 'en'],
] as const) {
  test(`axe finds nothing: ${theme}, ${locale}`, async ({ page }) => {
    await open(page, { theme, locale, centreTab: 'overview' });
    await expect(page.locator('.room').first()).toBeVisible();
    await expectAccessible(page);
    await page.locator('.row-open').first().click();
    await expect(page.locator('.events li').first()).toBeVisible();
    await expectAccessible(page);
    for (const tab of await page.locator('.inspector [role="tab"]').all()) {
      await tab.click();
      await page.waitForTimeout(200);
      await expectAccessible(page);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
  });
}

test('one pane at a time on a small screen', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 30_000 });
  const switcher = page.getByRole('navigation', { name: 'Panes' });
  for (const pane of ['Explorer', 'Terminal', 'Workspace']) {
    await switcher.getByRole('button', { name: pane }).click();
    await page.waitForTimeout(500);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
});
