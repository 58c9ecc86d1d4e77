import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectReady, openPage } from './opened-page.ts';

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** The built page below a path of its own, as a project page has it. */
function serve(prefix: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join('dist/page', normalize(pathname.slice(prefix.length) || 'index.html'));
    if (!pathname.startsWith(prefix) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, () => resolve(server)));
}

test.use({ serviceWorkers: 'allow' });

test('after one visit the page needs no server, also below a path', async ({ page, context }) => {
  const server = await serve('/some/where/');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const outside: string[] = [];
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== 'localhost') outside.push(request.url());
  });
  await openPage(page, { locale: 'en', firstMinuteDone: true }, `http://localhost:${port}/some/where/`);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });

  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await context.setOffline(true);
  await page.reload();
  await expectReady(page);
  // Parts that were never shown while there was a server.
  await page.getByRole('tab', { name: 'Editor' }).click();
  await expect(page.locator('.monaco-editor .view-lines').first()).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type('kubectl get nodes\n');
  await expect(page.locator('.xterm-rows')).toContainText('node-2', { timeout: 30_000 });
  expect(outside).toEqual([]);
});
