import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openPage } from './opened-page.ts';

async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
    where,
  ).toEqual([]);
}

/** Whatever is loaded lazily has come, and nothing moves. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('main .skeleton')).toHaveCount(0, { timeout: 30_000 });
  await page.waitForTimeout(250);
}

/** Every tab of a list, and what is below it. */
async function eachTab(page: Page, tabs: ReturnType<Page['locator']>, where: string): Promise<void> {
  for (const tab of await tabs.all()) {
    await tab.click();
    await settled(page);
    await expectAccessible(page, `${where}: ${await tab.textContent()}`);
  }
}

for (const [theme, locale, lesson] of [
  ['light', 'en', undefined],
  ['light', 'zh', 'course/01-pods-deployments-nodes'],
  ['dark', 'en', 'course/01-pods-deployments-nodes'],
  ['dark', 'zh', undefined],
  ['contrast', 'en', 'course/01-pods-deployments-nodes'],
  ['contrast', 'zh', 'course/01-pods-deployments-nodes'],
] as const) {
  test(`axe finds nothing in any pane: ${theme}, ${locale}`, async ({ page }) => {
    // The list of lessons in some, a lesson in the others.
    await openPage(page, {
      theme,
      locale,
      firstMinuteDone: true,
      centreTab: 'overview',
      hidden: [],
      ...(lesson && { lesson }),
    });
    await settled(page);
    await eachTab(page, page.locator('[data-pane="centre"] [role="tablist"]').first().getByRole('tab'), 'centre');
    await page.locator('.row-open').first().click();
    await expect(page.locator('.inspector')).toBeVisible();
    await eachTab(page, page.locator('.inspector [role="tab"]'), 'inspector');
    await page.getByRole('button', { name: /^(Menu|菜单)$/ }).click();
    await expectAccessible(page, 'menu');
    await page.keyboard.press('Escape');
    for (const [id, words] of OVERLAYS) await openOverlay(page, id, words);
    await page.keyboard.press('F1');
    await page
      .getByRole('dialog')
      .getByRole('combobox')
      .fill(locale === 'en' ? 'tour' : '导览');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible({ timeout: 20_000 });
    await expectAccessible(page, 'tour');
  });
}

/** What lies over the page: a command, and words that find it. */
const OVERLAYS = [
  ['help.keys', 'keys'],
  ['help.fidelity', 'how real'],
  ['faults.open', 'break something'],
  ['share.link', 'share this cluster'],
  ['share.export', 'take it to a real cluster'],
  ['share.real', 'connect to a real cluster'],
  ['timeline.compare', 'compare two instants'],
] as const;

async function openOverlay(page: Page, id: string, words: string): Promise<void> {
  await page.locator('.top-bar h1').click();
  await page.keyboard.press('F1');
  await page.getByRole('dialog').getByRole('combobox').fill(words);
  await page.locator(`[cmdk-item][data-value$=" ${id}"]`).first().click();
  await expect(page.locator('[cmdk-root]')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toBeVisible({ timeout: 20_000 });
  await page.waitForTimeout(250);
  await expectAccessible(page, id);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('one pane at a time on a small screen', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPage(page, { locale: 'en', firstMinuteDone: true });
  const switcher = page.getByRole('navigation', { name: 'Panes' });
  for (const pane of await switcher.getByRole('button').all()) {
    await pane.click();
    await settled(page);
    await expectAccessible(page, (await pane.textContent()) ?? '');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(
      await page.evaluate(() => [...document.querySelectorAll('.page > *')].every((part) => part.scrollWidth <= 360)),
    ).toBe(true);
  }
});

/** In the page: how an element is told apart, whatever its state. */
const NAMED = `window.named = (element) =>
  [element.tagName, element.id, element.getAttribute('aria-label'), element.textContent.slice(0, 40)].join(' ')`;

test('the keyboard reaches every part and is held nowhere', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true, centreTab: 'overview', hidden: [] });
  await settled(page);
  // What Tab reaches, once around; composite widgets count once and are walked by arrows. Terminals are left by F6.
  await page.evaluate(NAMED);
  const reached = new Set<string>();
  await page.locator('.top-bar h1').click();
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement === document.body`)) break;
    if (await page.locator('.xterm-helper-textarea:focus').count()) {
      await page.keyboard.press('F6');
      // What lies between the terminal and where F6 leads is reached backwards.
      await page.keyboard.press('Shift+Tab');
    }
    const at = String(await page.evaluate('named(document.activeElement)'));
    if (reached.has(at) && reached.size > 60) break;
    reached.add(at);
  }
  const missing = await page.evaluate(
    (seen) => {
      const shown = [...document.querySelectorAll('button, a[href], input, select, textarea, [tabindex="0"]')].filter(
        (element) =>
          element.getClientRects().length > 0 &&
          getComputedStyle(element).visibility !== 'hidden' &&
          !element.matches(':disabled, [tabindex="-1"], .xterm-helper-textarea') &&
          !element.closest('[role="tablist"], [role="grid"], [role="tree"], [role="radiogroup"], table'),
      );
      const { named } = window as unknown as { readonly named: (element: Element) => string };
      return shown.map(named).filter((name) => !seen.includes(name));
    },
    [...reached],
  );
  expect(missing).toEqual([]);
});

test('Monaco lets Tab out, the terminal lets F6 out, and the key sheet says so', async ({ page }) => {
  await openPage(page, { locale: 'en', firstMinuteDone: true, centreTab: 'editor', hidden: ['explorer', 'lesson'] });
  await page
    .locator('.monaco-editor .view-lines')
    .first()
    .click({ position: { x: 60, y: 8 }, timeout: 60_000 });
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Tab');
  await expect(page.locator('.monaco-editor textarea:focus, .monaco-editor [role="textbox"]:focus')).toHaveCount(0);
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(page.locator('.xterm-helper-textarea')).not.toBeFocused();
  await page.locator('.top-bar h1').click();
  await page.keyboard.press('?');
  for (const keys of ['Ctrl+M', 'F6'])
    await expect(page.getByRole('dialog').getByText(keys, { exact: true })).toBeVisible();
});
