/** A request's walk: from a terminal's command to the picture of its way, a denial with the rules that came nearest, and back to a grant. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openPage } from './opened-page.ts';

async function type(page: Page, line: string, answer: RegExp): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
  await expect(page.locator('.xterm-rows')).toContainText(answer, { timeout: 15_000 });
}

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Requests' });
const stations = (page: Page) => dialog(page).getByRole('tab');

test('a denial explains itself, and the grant it offers helps', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  await type(page, 'kubectl create role reader --verb=get --resource=pods', /reader created/);
  await type(page, 'kubectl create rolebinding anna --role=reader --user=anna', /anna created/);
  await type(page, 'kubectl get pods --as=anna', /cannot list/);
  await page.getByRole('button', { name: 'Terminal menu' }).click();
  await page.getByRole('menuitem', { name: 'Requests of its commands' }).click();
  await dialog(page).locator('.requests-row').filter({ hasText: '403' }).first().click();
  await expect(stations(page)).toHaveText([
    /Connection/,
    /Authentication/,
    /Impersonation/,
    /Priority and fairness/,
    /Authorization/,
    /Read/,
    /Answer/,
  ]);
  await expect(stations(page).nth(4)).toHaveAttribute('aria-selected', 'true');
  const misses = dialog(page).locator('.near-misses > li');
  await expect(misses.first()).toContainText(
    'RoleBinding default/anna gives Role default/reader, but for the verbs get only',
  );
  const axe = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
  expect(axe.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await misses
    .filter({ hasText: 'ClusterRole view' })
    .getByRole('button', { name: 'Type it into the terminal' })
    .click();
  await expect(page.locator('.xterm-rows')).toContainText('view-anna created', { timeout: 15_000 });
  await type(page, 'kubectl get pods --as=anna', /No resources found/);
});

test('a created Pod: from Why? to the plugin that changed it, by keyboard', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  await type(page, 'kubectl run web --image=nginx:1.27', /web created/);
  await page.locator('tr.row').filter({ hasText: 'web' }).getByRole('button').click();
  await page.getByRole('tab', { name: 'Why?' }).click();
  await page
    .locator('.steps > li')
    .filter({ hasText: 'POST' })
    .getByRole('button', { name: "The request's walk" })
    .click();
  const plugin = dialog(page).getByRole('tab', { name: /Default.*Toleration.*Seconds/ });
  await expect(plugin).toHaveAttribute('aria-selected', 'true');
  await expect(dialog(page).getByRole('tabpanel')).toContainText(
    'spec.tolerations[node.kubernetes.io/not-ready].tolerationSeconds',
  );
  await plugin.focus();
  await page.keyboard.press('End');
  await expect(dialog(page).getByRole('tabpanel')).toContainText('"stage": "ResponseComplete"');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});
