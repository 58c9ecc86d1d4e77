/**
 * `npm run screenshots`: docs/screenshots/*.png from the built page. Every picture is of a cluster brought to an instant by a recording
 * and paused there, so that the same build makes the same pictures.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage } from './build.mjs';
import { scenes } from './screenshots/scenes.mjs';
import { linkOf, worlds } from './screenshots/worlds.mjs';
import { chromium as findChromium, root, setup } from './setup.mjs';

setup();
buildPage();
const { createServer, preview } = await import('vite');
const { chromium } = await import('@playwright/test');

const only = process.argv.slice(2);
const directory = join(root, 'docs/screenshots');
if (only.length === 0) rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });

const loader = await createServer({ root, server: { middlewareMode: true }, appType: 'custom', logLevel: 'error' });
const links = {};
for (const name of new Set(scenes.map(({ world }) => world))) {
  links[name] = await linkOf(worlds[name], (path) => loader.ssrLoadModule(path));
}
await loader.close();

const server = await preview({ root, preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
});

const SIZES = { wide: [1440, 900], small: [1024, 768], phone: [360, 740] };
const READY = /ready|就绪/;

for (const { name, world, size, theme, locale, settings = {}, act } of scenes) {
  if (only.length > 0 && !only.includes(name)) continue;
  const [width, height] = SIZES[size];
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
    permissions: ['clipboard-read', 'clipboard-write'],
    colorScheme: theme === 'light' ? 'light' : 'dark',
  });
  const page = await context.newPage();
  const state = { theme, locale, firstMinuteDone: true, ...settings };
  await page.addInitScript((chosen) => {
    localStorage.setItem('podarium.session', JSON.stringify({ state: chosen, version: 1 }));
  }, state);
  await page.goto(`http://127.0.0.1:${port}/${links[world]}`);
  await page.waitForFunction(
    (ready) => new RegExp(ready).test(document.querySelector('[data-testid=cluster-state]')?.textContent ?? ''),
    READY.source,
    { timeout: 240_000 },
  );
  await page.locator('main .skeleton').first().waitFor({ state: 'detached', timeout: 90_000 });
  // What a link says when it has opened.
  await page.getByRole('dialog').getByRole('button').last().click();
  await page.waitForTimeout(1500);
  for (const close of await page.locator('.messages button').all()) await close.click();
  await act?.(page);
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(directory, `${name}.png`) });
  process.stdout.write(`${name}\n`);
  await context.close();
}
await browser.close();
await server.close();
process.exit(0);
