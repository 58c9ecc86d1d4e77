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
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
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

test('the terminal is a shell: interrupts, pipes, a second tab', async ({ page }) => {
  await open(page, { locale: 'en', firstMinuteDone: true });
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
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
  await expect(rowsNamed(page, 'kube-scheduler')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
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
