/** Why on everything: an image typo explained and put right in its YAML; a Pod that fits nowhere; a Node crashed and brought back. */
import { expect, type Page, test } from '@playwright/test';

async function open(page: Page): Promise<void> {
  await page.addInitScript(
    (state) => {
      localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    },
    { locale: 'en', firstMinuteDone: true },
  );
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready/, { timeout: 30_000 });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 15_000 });
}

const rowsNamed = (page: Page, text: string) => page.locator('tr.row').filter({ hasText: text });
const inspector = (page: Page) => page.getByRole('region', { name: 'Inspector' });

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
}

async function show(page: Page, resource: string, filter: string): Promise<void> {
  const back = inspector(page).getByRole('button', { name: 'Back to the list' });
  if (await back.isVisible()) await back.click();
  await page.getByLabel('Resources').selectOption(resource);
  await page.getByRole('searchbox', { name: 'Filter' }).fill(filter);
}

test('an image typo is explained, and put right in the YAML where it stands', async ({ page }) => {
  await open(page);
  await type(page, 'kubectl create deployment shop --image=ngnix:1.27');
  await show(page, '/pods', 'shop');
  await expect(rowsNamed(page, 'shop-').filter({ hasText: /ImagePull/ })).toHaveCount(1, { timeout: 30_000 });
  await rowsNamed(page, 'shop-').getByRole('button').click();
  await inspector(page).getByRole('tab', { name: 'Why?' }).click();
  const finding = inspector(page).locator('.finding[data-code=image]');
  await expect(finding).toContainText('ngnix:1.27 cannot be pulled');
  await expect(finding).toContainText('Did you mean nginx:1.27?');
  await expect(finding).toContainText('kubectl set image deployment/shop -n default ngnix=nginx:1.27');
  const steps = inspector(page).locator('.steps > li');
  await expect(steps.first()).toContainText(
    'kubectl create deployment shop --image=ngnix:1.27 was typed in terminal 1',
  );
  await expect(inspector(page).locator('.steps')).toContainText(/Scheduler: 2 of 3 Nodes fit, picked node-\d/);

  await show(page, 'apps/deployments', 'shop');
  await rowsNamed(page, 'shop').getByRole('button').click();
  await inspector(page).getByRole('tab', { name: 'YAML' }).click();
  await inspector(page).getByRole('button', { name: 'Edit', exact: true }).click();
  const text = inspector(page).getByRole('textbox', { name: 'YAML of shop' });
  const wrong = (await text.inputValue()).replace('replicas: 1', 'replicas: one');
  await text.fill(wrong);
  await inspector(page).getByRole('button', { name: 'Save' }).click();
  await expect(inspector(page).getByRole('alert')).toContainText('replicas');
  await text.fill(wrong.replace('replicas: one', 'replicas: 1').replace('image: ngnix', 'image: nginx'));
  await inspector(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.message')).toContainText('Saved');
  await show(page, '/pods', 'shop');
  await expect(rowsNamed(page, 'shop-').filter({ hasText: 'Running' })).toHaveCount(1, { timeout: 40_000 });
});

test('a Pod that fits nowhere: the funnel, and a change under which it would fit, and does', async ({ page }) => {
  await open(page);
  await type(page, 'kubectl create deployment big --image=nginx:1.27');
  await type(page, 'kubectl set resources deployment big --requests=cpu=100');
  await show(page, '/pods', 'big');
  await expect(rowsNamed(page, 'big-').filter({ hasText: 'Pending' })).toHaveCount(1, { timeout: 30_000 });
  await rowsNamed(page, 'big-').filter({ hasText: 'Pending' }).getByRole('button').click();
  await inspector(page).getByRole('tab', { name: 'Scheduling' }).click();
  await expect(inspector(page).locator('.funnel li')).toHaveCount(4);
  await expect(inspector(page).locator('.funnel')).toContainText('NodeResourcesFit refused 2');
  await expect(inspector(page).locator('.choices')).toContainText('Insufficient cpu');
  await inspector(page).getByRole('tab', { name: 'Why?' }).click();
  const finding = inspector(page).locator('.finding[data-code=unschedulable]');
  await expect(finding).toContainText('No Node fits: 3 were looked at');
  await expect(finding).toContainText(/its cpu request were at most \d+m?/);
  await finding.getByRole('button', { name: 'Type it into the terminal' }).first().click();
  await expect(page.locator('.xterm-rows')).toContainText('resource requirements updated', { timeout: 15_000 });
  await expect(rowsNamed(page, 'big-').filter({ hasText: 'Pending' })).toHaveCount(0, { timeout: 30_000 });
});

test('a Node is crashed from its menu, the fault is listed, and taken back', async ({ page }) => {
  await open(page);
  await show(page, '/nodes', 'node-1');
  await rowsNamed(page, 'node-1').getByRole('button').click();
  await inspector(page).getByRole('button', { name: 'Break …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Crash it' }).click();
  await expect(dialog.locator('.current-faults')).toContainText('Node node-1 is off');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Speed').selectOption('60');
  await expect(rowsNamed(page, 'node-1')).toContainText('NotReady', { timeout: 30_000 });
  await inspector(page).getByRole('tab', { name: 'Why?' }).click();
  await expect(inspector(page).locator('.finding')).toContainText('The Node is silent');
  await expect(inspector(page).locator('.steps')).toContainText('node.crash node-1');

  await page.getByRole('button', { name: /Break things \(1 at the moment\)/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nothing is broken on purpose');
  await page.keyboard.press('Escape');
  await expect(rowsNamed(page, 'node-1')).not.toContainText('NotReady', { timeout: 30_000 });
});
