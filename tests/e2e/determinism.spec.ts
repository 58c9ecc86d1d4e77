import { expect, test } from '@playwright/test';
import { recordings } from '../determinism/journals.ts';
import { replayInNode } from './replay-in-node.ts';

for (const [name, recording] of Object.entries(recordings)) {
  test(`${name}: the same trace in a Chromium worker as in Node`, async ({ page }) => {
    await page.goto('/tests/e2e/replay.html');
    await page.waitForFunction(() => 'replay' in globalThis);
    const inBrowser = await page.evaluate(
      (one) => (globalThis as unknown as { replay(r: unknown): Promise<unknown> }).replay(one),
      recording,
    );
    expect(inBrowser).toEqual(replayInNode(name));
  });
}
