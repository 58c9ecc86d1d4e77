import { expect, test } from '@playwright/test';

test('the page boots a cluster and runs kubectl on it', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('status')).toHaveText('The cluster is ready.', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByTestId('screen')).toContainText('kube-apiserver-control-plane');
  await expect(page.getByTestId('screen')).toContainText('Running');
});
