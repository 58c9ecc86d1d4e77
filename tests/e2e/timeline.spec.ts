import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { expectReady, openPage } from './opened-page.ts';

const rows = (page: Page, text: string) => page.locator('tr.row').filter({ hasText: text });
const track = (page: Page) => page.getByRole('slider', { name: 'Point in time' });

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 20_000 });
  await page.keyboard.type(`${line}\n`);
}

/** Goes to the instant of a mark, by the list of marks. */
async function goToMark(page: Page, kind: string, label: string): Promise<void> {
  await page.getByRole('button', { name: 'List of marks' }).click();
  const dialog = page.getByRole('dialog', { name: 'What happened' });
  await dialog.getByRole('combobox', { name: 'All kinds' }).selectOption({ label: kind });
  await dialog.getByRole('searchbox', { name: 'Filter' }).fill(label);
  await dialog.getByRole('listitem').last().getByRole('button').click();
  await expect(dialog).toHaveCount(0);
}

test('scrub back to before a crash, look around, return to live, compare, branch there', async ({ page }) => {
  test.setTimeout(240_000);
  await openPage(page, { locale: 'en', firstMinuteDone: true, resource: '/nodes' });
  await type(page, 'kubectl create deployment web --image=nginx --replicas=4 && kubectl rollout status deployment web');
  await expect(page.locator('.xterm-rows')).toContainText('successfully rolled out', { timeout: 60_000 });

  // node-1 loses its power, and five minutes later its Pods are given up.
  await rows(page, 'node-1').getByRole('button').first().click();
  await page
    .getByRole('region', { name: 'Inspector' })
    .getByRole('button', { name: /^Break/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Crash it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('300');
  await expect(rows(page, 'node-1')).toContainText('NotReady', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Resource' }).selectOption('/pods');
  await expect(rows(page, 'web-').filter({ hasText: 'Terminating' }).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('1');

  // Back to the fault, and one mark further back.
  await goToMark(page, 'Fault', 'node.crash node-1');
  const notice = page.getByRole('region', { name: 'Timeline' }).filter({ hasText: 'You see' });
  await expect(notice).toBeVisible();
  await track(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(track(page)).toHaveAttribute('aria-valuetext', /mark/);
  await expect(rows(page, 'web-')).toHaveCount(4);
  await expect(rows(page, 'web-').filter({ hasText: 'Running' })).toHaveCount(4);
  const map = page.locator('[data-pane="centre"]');
  await expect(map.getByText('NotReady')).toHaveCount(0);
  const then = await page.locator('.clock-bar time').textContent();

  // What would change something is disabled.
  await rows(page, 'web-').first().getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Inspector' }).getByRole('button', { name: 'Delete' })).toBeDisabled();
  await page.keyboard.press('Escape');
  expect((await new AxeBuilder({ page }).include('.timeline').include('.page-notice').analyze()).violations).toEqual(
    [],
  );

  // Home is the beginning; live is live.
  await track(page).focus();
  await page.keyboard.press('Home');
  await expect(rows(page, 'web-')).toHaveCount(0);
  await page.keyboard.press('End');
  await expect(notice).toHaveCount(0);
  await expect(rows(page, 'web-').filter({ hasText: 'Terminating' }).first()).toBeVisible();

  // What is different between before the crash and now.
  await goToMark(page, 'Fault', 'node.crash node-1');
  await track(page).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'Compare' }).click();
  const compare = page.getByRole('dialog', { name: 'Compare' });
  await expect(compare.getByRole('status')).toContainText(/[1-9]\d* only right, [1-9]\d* changed/, { timeout: 20_000 });
  await compare.getByRole('searchbox', { name: 'Filter' }).fill('node-1');
  await expect(compare.getByRole('table')).toContainText('status.conditions[Ready].status');
  expect((await new AxeBuilder({ page }).include('.dialog').analyze()).violations).toEqual([]);
  await compare.getByRole('button', { name: 'Close' }).click();

  // A branch from there: the old state, going on.
  await page.locator('.timeline-controls').getByRole('button', { name: 'Branch here' }).click();
  const branch = page.getByRole('dialog', { name: /^Branch at/ });
  await branch.getByRole('textbox', { name: 'Name' }).fill('what if');
  await branch.getByRole('button', { name: 'Make the branch' }).click();
  await page.waitForEvent('load', { timeout: 120_000 });
  await expectReady(page);
  await expect(rows(page, 'web-').filter({ hasText: 'Running' })).toHaveCount(4, { timeout: 30_000 });
  await expect(rows(page, 'web-').filter({ hasText: 'Terminating' })).toHaveCount(0);
  const now = page.locator('.clock-bar time');
  await expect.poll(async () => ((await now.textContent()) ?? '') > (then ?? '')).toBe(true);

  // Beside the cluster that it came from, at the same instant.
  await page.getByRole('button', { name: 'Compare' }).click();
  const apart = page.getByRole('dialog', { name: 'Compare' });
  await apart
    .getByRole('combobox', { name: 'On the left' })
    .selectOption({ label: 'default, at the instant of the other side' });
  await expect(apart.getByRole('status')).toContainText(/only left, .* only right, .* changed|No difference/, {
    timeout: 60_000,
  });
  await apart.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: /^Clusters/ }).click();
  await expect(page.getByRole('dialog', { name: /Clusters/ })).toContainText('Branched off default at');
});
