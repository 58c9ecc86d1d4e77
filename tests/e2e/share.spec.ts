import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const SETTINGS = { locale: 'en', firstMinuteDone: true };

async function settle(page: Page, settings: Record<string, unknown> = {}): Promise<void> {
  await page.addInitScript(
    (state) => {
      if (!localStorage.getItem('podarium.session'))
        localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    },
    { ...SETTINGS, ...settings },
  );
}

async function ready(page: Page): Promise<void> {
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 60_000 });
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
}

async function shareLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  const link = page.getByRole('dialog').getByRole('textbox', { name: 'Link' });
  await expect(link).toHaveValue(/#s=/, { timeout: 30_000 });
  return link.inputValue();
}

const violations = async (page: Page, inside: string) =>
  (await new AxeBuilder({ page }).include(inside).analyze()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );

test('a link opens the same cluster at the same instant in a fresh profile', async ({ page, browser }) => {
  await settle(page, { resource: '/pods' });
  await page.goto('/');
  await ready(page);
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
  await type(page, 'kubectl create deployment web --image=nginx --replicas=3');
  await expect(page.locator('tr.row').filter({ hasText: 'web-' })).toHaveCount(3, { timeout: 30_000 });
  await page.locator('tr.row').filter({ hasText: 'web-' }).first().getByRole('button').click();
  await page.getByRole('button', { name: 'Pause time' }).click();
  await expect(page.getByRole('button', { name: 'Resume time' })).toBeVisible();
  const link = await shareLink(page);
  expect(link.length).toBeLessThan(8000);
  expect(await violations(page, '[role=dialog]')).toEqual([]);
  const time = await page.locator('.clock-bar time').textContent();
  const names = await page.locator('.row-open').allTextContents();

  const fresh = await browser.newContext({ baseURL: new URL(link).origin });
  const other = await fresh.newPage();
  await settle(other);
  await other.goto(link);
  const dialog = other.getByRole('dialog');
  await expect(dialog).toContainText('The very same cluster', { timeout: 60_000 });
  await expect(dialog).toContainText('same hash');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await expect(other.locator('.clock-bar time')).toHaveText(time ?? '');
  expect(await other.locator('.row-open').allTextContents()).toEqual(names);
  await expect(other.getByRole('region', { name: 'Inspector' })).toContainText('web-');
  expect(new URL(other.url()).hash).toBe('');
  await fresh.close();
});

test('secrets are shown before there is a link; a link of another build falls back to its manifests', async ({
  page,
}) => {
  await settle(page);
  await page.goto('/');
  await ready(page);
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
  await type(
    page,
    'kubectl create secret generic db --from-literal=password=hunter2 && kubectl create configmap kept --from-literal=a=b',
  );
  await expect(page.locator('.xterm-rows')).toContainText('configmap/kept created');
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('alert')).toContainText('default/db', { timeout: 30_000 });
  await expect(dialog.getByRole('textbox', { name: 'Link' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Make the link all the same' }).click();
  const field = dialog.getByRole('textbox', { name: 'Link' });
  await expect(field).toHaveValue(/#s=/);
  const link = await field.inputValue();
  const older = await page.evaluate(async (packed) => {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const inflate = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const text = (await new Response(inflate).text()).replace(/"build":"[^"]*"/, '"build":"000000000000"');
    const deflate = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const packedAgain = String.fromCharCode(...new Uint8Array(await new Response(deflate).arrayBuffer()));
    return btoa(packedAgain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  }, link.split('#s=')[1] ?? '');
  await page.goto(`/#s=${older}`);
  await expect(page.getByRole('dialog')).toContainText('From another build', { timeout: 60_000 });
  await expect(page.getByRole('dialog')).toContainText('configmap/kept created');
});

test('embedded: one pane, no chrome, nothing of the visitor touched, also without storage', async ({ page }) => {
  await page.goto('/?embed&view=terminal');
  await ready(page);
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
  await expect(page.getByRole('link', { name: 'Open in Podarium' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Share' })).toHaveCount(0);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key !== 'podarium.editor'))).toEqual([]);
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'] as const)
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
  });
  await page.goto('/?embed&view=map&readonly');
  await ready(page);
  await expect(page.locator('[data-pane="centre"]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause time' })).toHaveCount(0);
  expect(await violations(page, '.page')).toEqual([]);
});
