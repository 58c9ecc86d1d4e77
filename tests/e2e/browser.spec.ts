import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

async function open(page: Page, settings: Record<string, unknown> = {}): Promise<void> {
  await page.addInitScript(
    (state) => {
      localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    },
    { locale: 'en', firstMinuteDone: true, centreTab: 'browser', ...settings },
  );
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 60_000 });
  await expect(page.locator('.xterm-rows')).toContainText('#', { timeout: 30_000 });
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(`${line}\n`);
}

/** A web application of a few files: a page with a form, a style sheet, a link, and things that want to run. */
const PAGES = `apiVersion: v1
kind: ConfigMap
metadata: { name: pages }
data:
  index.html: |
    <!doctype html><html><head><title>Votes</title><link rel="stylesheet" href="look.css">
    <meta http-equiv="refresh" content="0;url=https://example.com/">
    <script>parent.__pwned = 1; document.title = "pwned"</script></head>
    <body onload="parent.__pwned = 2"><h1>Votes</h1><a href="second.html?from=first">Second page</a>
    <img src="x" onerror="parent.__pwned = 3"><iframe src="https://example.com/"></iframe>
    <form action="/second.html"><input name="colour" aria-label="Colour"><button>Send</button></form>
    <a id="js" href="javascript:parent.__pwned=4">Run</a></body></html>
  second.html: |
    <!doctype html><title>Second</title><p>The second page</p><a href="/">First</a>
  look.css: |
    h1 { color: rgb(1, 2, 3); background: url(https://example.com/x.png) }
`;

test('a NodePort opens: style, links and forms work, nothing runs, nothing leaves', async ({ page }) => {
  const outside: string[] = [];
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost|data:|blob:|about:)/.test(request.url())) outside.push(request.url());
  });
  await open(page);
  const panel = page.getByRole('region', { name: 'Browser', exact: true });
  await expect(panel).toContainText('No Service is reachable from outside yet.');
  await type(page, `kubectl apply -f - <<'END'\n${PAGES}END`);
  await type(
    page,
    `kubectl create deployment web --image=nginx --dry-run=client -o yaml | sed 's/resources: {}/volumeMounts: [{name: p, mountPath: \\/usr\\/share\\/nginx\\/html}]/; s/^    spec:/    spec:\\n      volumes: [{name: p, configMap: {name: pages}}]/' | kubectl apply -f -`,
  );
  await type(page, 'kubectl rollout status deployment web && kubectl expose deployment web --type=NodePort --port=80');
  const opening = panel.getByRole('button', { name: /^172\.18\.0\.\d+:\d+$/ });
  await opening.click({ timeout: 60_000 });
  const content = page.frameLocator('.browser-page');
  // The Service is a moment older than the rules on the Nodes.
  await expect(async () => {
    if (await panel.getByRole('alert').isVisible()) await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(content.getByRole('heading', { name: 'Votes' })).toHaveCSS('color', 'rgb(1, 2, 3)', { timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await expect(panel).toContainText('One script of this page is not run here');
  await content.getByRole('link', { name: 'Run' }).click();
  await content.getByRole('link', { name: 'Second page' }).click();
  await expect(content.getByText('The second page')).toBeVisible();
  const address = page.getByRole('textbox', { name: 'Address' });
  await expect(address).toHaveValue(/second\.html\?from=first$/);
  await panel.getByRole('button', { name: 'Back' }).click();
  await content.getByLabel('Colour').fill('blue & red');
  await content.getByLabel('Colour').press('Enter');
  await expect(address).toHaveValue(/second\.html\?colour=blue\+%26\+red$/);
  await expect(content.getByText('The second page')).toBeVisible();

  await address.fill('node-1:1');
  await address.press('Enter');
  await expect(panel.getByRole('alert')).toContainText('ERR_CONNECTION_REFUSED');
  await address.fill('https://172.18.0.2:6443/version');
  await address.press('Enter');
  await panel.getByRole('button', { name: /^Go on to 172\.18\.0\.2:6443/ }).click();
  await expect(panel).toContainText('"gitVersion": "v1.36');
  await address.fill('javascript:alert(1)');
  await address.press('Enter');
  await expect(panel.getByRole('alert')).toContainText('This is no address');

  expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
  expect(outside).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).include('.browser').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join()}`)).toEqual([]);
});
