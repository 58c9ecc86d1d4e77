import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: pasted
spec:
  replicas: 2
  selector:
    matchLabels:
      app: pasted
  template:
    metadata:
      labels:
        app: pasted
    spec:
      containers:
        - name: web
          image: nginx:1.27
`;

async function openEditor(page: Page, settings: object = {}): Promise<void> {
  await page.addInitScript((chosen) => {
    const hidden = ['explorer', 'terminal'];
    const shown = { locale: 'en', centreTab: 'editor', firstMinuteDone: true, narrowPane: 'centre', hidden };
    const state = { ...shown, ...chosen };
    localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
  }, settings);
  await page.goto('/');
}

/** As somebody pastes: text into the field that has the focus, in one piece. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
  await page.keyboard.press('ControlOrMeta+v');
}

test.describe('with a keyboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('paste, apply, see what the server did; a wrong field and a refusal are at their lines', async ({ page }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await openEditor(page);
    const results = page.getByRole('region', { name: 'Results and problems' });
    await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled({ timeout: 60_000 });
    await paste(page, DEPLOYMENT);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(results).toContainText('kubectl apply --server-side --field-manager=podarium-editor -f web.yaml');
    await expect(results).toContainText('deployment.apps/pasted created');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(results).toContainText('deployment.apps/pasted unchanged');

    await paste(page, DEPLOYMENT.replace('replicas: 2', 'replicsa: 2'));
    await expect(results).toContainText('line 6Property replicsa is not allowed.');
    await expect(page.locator('.monaco-editor .squiggly-warning').first()).toBeVisible();

    await paste(page, DEPLOYMENT.replace('replicas: 2', 'replicas: -2'));
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(results).toContainText('deployment.apps/pasted refused');
    await expect(
      results.getByRole('button', { name: /^Go to line 6: spec.replicas: Invalid value: -2/ }),
    ).toBeVisible();
    await expect(page.locator('.monaco-editor .squiggly-error').first()).toBeVisible();

    await paste(page, DEPLOYMENT.replace('replicas: 2', 'replicas: 3'));
    await page.keyboard.press('ControlOrMeta+Shift+Enter');
    await expect(page.getByRole('region', { name: 'Diff' })).toContainText('after applying');
    await page.getByRole('button', { name: 'Back to editing' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    expect(errors).toEqual([]);
  });

  test('completion knows the fields of the kind; a quick fix mends a link; files outlive a reload', async ({
    page,
  }) => {
    await openEditor(page);
    const results = page.getByRole('region', { name: 'Results and problems' });
    await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled({ timeout: 60_000 });
    await paste(page, `${DEPLOYMENT}          envFrom:\n            - configMapRef:\n                name: settings\n`);
    await results.getByRole('button', { name: 'Add a ConfigMap "settings" to this file' }).click();
    await expect(results).toContainText('No problems found.');
    await page.locator('.monaco-editor .view-lines').first().click();
    await page.keyboard.press('ControlOrMeta+Home');
    for (let line = 1; line < 6; line++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('progr');
    await expect(page.locator('.suggest-widget')).toContainText('progressDeadlineSeconds');
    await page.keyboard.press('Enter');
    await page.keyboard.type('77');
    await page.getByRole('button', { name: 'Examples' }).click();
    await page.getByRole('button', { name: /^probes/ }).click();
    await expect(page.getByRole('tab', { name: 'probes.yaml' })).toHaveAttribute('aria-selected', 'true');
    await page.reload();
    await page.getByRole('tab', { name: 'web.yaml' }).click();
    await expect(page.locator('.monaco-editor .view-lines').first()).toContainText('progressDeadlineSeconds: 77');
  });
});

test.describe('with a finger', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a plain text field, the same answers', async ({ page }) => {
    await openEditor(page, { locale: 'zh' });
    const field = page.getByRole('textbox', { name: 'web.yaml 的文本' });
    await field.fill(DEPLOYMENT.replace('replicas: 2', 'replicas: -2'));
    await page.getByRole('button', { name: '应用' }).click({ timeout: 60_000 });
    const results = page.getByRole('region', { name: '结果与问题' });
    await expect(results).toContainText('被拒绝');
    await results.getByRole('button', { name: /第 6 行/ }).click();
    await expect(field).toBeFocused();
    await expect(page.locator('.monaco-editor')).toHaveCount(0);
  });
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`no violation that axe knows, ${theme}`, async ({ page }) => {
    await openEditor(page, { theme });
    await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled({ timeout: 60_000 });
    await expect(page.locator('.monaco-editor .view-line').first()).toBeVisible();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await expect(page.getByText('(server dry run)').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include('.editor').analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
    ).toEqual([]);
    await page.getByRole('button', { name: 'Examples' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    const inDialog = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
    expect(inDialog.violations.map(({ id }) => id)).toEqual([]);
  });
}
