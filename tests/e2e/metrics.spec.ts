/** A cluster with metrics-server, made in the page: what its Nodes use is told after two rounds. */
import { expect, test } from '@playwright/test';
import { openPage } from './opened-page.ts';

test('a new cluster with metrics-server answers kubectl top', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  const type = async (line: string) => {
    await page.keyboard.press('Alt+3');
    await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
    await page.keyboard.type(`${line}\n`);
  };
  await type('kubectl top nodes');
  await expect(page.locator('.xterm-rows')).toContainText('error: Metrics API not available', { timeout: 15_000 });
  await page.getByRole('button', { name: /^Clusters/ }).click();
  await page.getByRole('button', { name: 'New cluster' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('measured');
  await page.getByRole('checkbox', { name: /^metrics-server/ }).check();
  await page.getByRole('button', { name: 'Create and open' }).click();
  await expect(page.getByRole('button', { name: 'Clusters: measured' })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('60');
  await expect(page.locator('tr.row').filter({ hasText: 'metrics-server' })).toContainText('1/1', { timeout: 30_000 });
  await type('while ! kubectl top nodes; do sleep 5; done');
  await expect(page.locator('.xterm-rows')).toContainText(/control-plane\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%/, {
    timeout: 30_000,
  });
});
