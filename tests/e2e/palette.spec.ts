import { expect, test } from '@playwright/test';
import { openPage } from './opened-page.ts';

test('the palette finds commands, kinds, objects and command lines; by keyboard alone', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const search = palette.getByRole('combobox');
  const best = palette.getByRole('option').first();

  await page.keyboard.press('Control+k');
  await expect(search).toBeFocused();
  await search.fill('最大化');
  await expect(best).toContainText('Maximise this pane');
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(page.locator('[data-pane="terminal"]')).toHaveCount(0);

  // What was used last comes first.
  await page.keyboard.press('F1');
  await expect(best).toContainText('Maximise this pane');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-pane="terminal"]')).toBeVisible();

  await page.keyboard.press('F1');
  await search.fill('kube-scheduler');
  await expect(best).toContainText('kube-scheduler-control-plane');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('kube-scheduler-control-plane');

  await page.keyboard.press('F1');
  await search.fill('deploy');
  await expect(best).toContainText('Deployment');
  await search.fill('get nodes');
  await expect(best).toContainText('kubectl get nodes');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows')).toContainText('node-2', { timeout: 30_000 });

  // The way in from the terminal, and Escape back to it.
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.press('F1');
  await expect(search).toBeFocused();
  await search.fill('zzzz');
  await expect(palette.getByRole('status')).toContainText('Nothing matches');
  await page.keyboard.press('Escape');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
});

test('the shell keeps its own keys', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 15_000 });
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type('echo gone');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('echo kept$((40+2))?\n');
  await expect(page.locator('.xterm-rows')).toContainText('kept42?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the key sheet has every key of the registry; how real this is can be searched', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  for (const keys of ['Ctrl+K', 'F1', 'F6', 'Alt+1', 'Alt+P', 'Alt+M', '/', '?']) {
    await expect(sheet.getByText(keys, { exact: true })).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('how real');
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: 'How real is this?' });
  await card.getByRole('searchbox').fill('kubelet');
  await expect(card.getByRole('status')).toContainText(/\d+ of \d{2,}/);
  expect(await card.getByRole('listitem').count()).toBeGreaterThan(3);
});
