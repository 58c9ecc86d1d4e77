import { expect, test } from '@playwright/test';
import { expectReady, openPage } from './opened-page.ts';

test('a first cluster has something broken in it, and one button puts it right; then the tour', async ({ page }) => {
  await openPage(page, { locale: 'en' });
  const steps = page.getByRole('region', { name: 'First steps' });
  await expect(steps).toContainText('ngnix:1.27', { timeout: 30_000 });
  const pods = page.locator('tr.row').filter({ hasText: /^hello-/ });
  await expect(pods.filter({ hasText: /ErrImagePull|ImagePullBackOff/ }).first()).toBeVisible({ timeout: 30_000 });
  await steps.getByRole('button', { name: 'Look into a Pod' }).click();
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('ngnix');

  await steps.getByRole('button', { name: 'Fix the image' }).click();
  await expect(page.locator('.xterm-rows')).toContainText('deployment.apps/hello image updated');
  await expect(steps).toContainText('Fixed: 3 of 3', { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(pods.filter({ hasText: 'Running' })).toHaveCount(3);

  await steps.getByRole('button', { name: 'Take the tour' }).click();
  const card = page.getByRole('dialog', { name: 'A cluster of your own' });
  await expect(card).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: 'The map' })).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(card).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(steps).toHaveCount(0);
  await page.reload();
  await expectReady(page);
  await expect(page.locator('tr.row').first()).toBeVisible({ timeout: 30_000 });
  await expect(steps).toHaveCount(0);
});

test('the tour is whole on a small screen, in Chinese, to its end', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPage(page, { locale: 'zh', firstMinuteDone: true });
  await page.getByRole('button', { name: '菜单' }).click();
  await page.getByRole('button', { name: '导览' }).click();
  const card = page.getByRole('dialog');
  for (let step = 1; step < 12; step++) {
    await expect(card).toContainText(`第 ${step} 步`);
    await expect
      .poll(async () => {
        const box = await card.boundingBox();
        return box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740;
      })
      .toBe(true);
    const last = card.getByRole('button', { name: '完成' });
    if ((await last.count()) > 0) {
      await last.click();
      break;
    }
    await card.getByRole('button', { name: '下一步' }).click();
  }
  await expect(card).toHaveCount(0);
});
