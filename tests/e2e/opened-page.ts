/** The page in a state of one's choice, with the cluster ready. */
import { expect, type Page } from '@playwright/test';

/** @param settings of the session; with `firstMinuteDone` the cluster starts with nothing broken in it */
export async function openPage(page: Page, settings: Record<string, unknown> = {}, path = '/'): Promise<void> {
  await page.addInitScript((state) => {
    if (!localStorage.getItem('podarium.session')) {
      localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    }
  }, settings);
  await page.goto(path);
  await expectReady(page);
}

export async function expectReady(page: Page): Promise<void> {
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 60_000 });
}
