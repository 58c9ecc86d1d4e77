/** The page on a real API server: our own bridge behind kubectl proxy, which serves the page as well. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const children: ChildProcess[] = [];
const kubeconfig = join(tmpdir(), `podarium-real-${process.pid}.kubeconfig`);

function started(command: string, args: readonly string[], ready: RegExp): Promise<RegExpExecArray> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((done, failed) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      const found = ready.exec(text);
      if (found) done(found);
    });
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`${command} ended with ${code}: ${text}`)));
  });
}

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.afterAll(() => {
  for (const child of children) child.kill('SIGTERM');
  rmSync(kubeconfig, { force: true });
});

test('Pods of a cluster behind kubectl proxy are seen, and one is deleted', async ({ page }) => {
  test.skip(!hasKubectl(), 'notice: no kubectl on PATH');
  await started(
    process.execPath,
    ['dist/node/bridge.cjs', '--https', '--kubeconfig', kubeconfig, '--nodes', '2'],
    /ready (http\S+)/,
  );
  const kubectl = (args: readonly string[], input = '') =>
    execFileSync('kubectl', ['--kubeconfig', kubeconfig, ...args], { input }).toString();
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }),
  );
  const [, port] = await started(
    'kubectl',
    ['--kubeconfig', kubeconfig, 'proxy', '--port=0', `--www=${resolve('dist/page')}`, '--www-prefix=/podarium/'],
    /127\.0\.0\.1:(\d+)/,
  );
  await page.goto(`http://127.0.0.1:${port}/podarium/?server=/`);
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Pause time' })).toHaveCount(0);
  const rows = page.locator('tr.row').filter({ hasText: 'web-' });
  await expect(rows.filter({ hasText: 'Running' })).toHaveCount(2, { timeout: 60_000 });
  const name = (await rows.first().getByRole('button').textContent()) ?? '';
  await rows.first().getByRole('button').click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('button', { name: 'Shell' })).toBeDisabled();
  await expect(inspector.locator('#action-command')).toHaveText(`$ kubectl describe pod/${name} -n default`);
  await inspector.getByRole('button', { name: 'Add a label' }).click();
  await inspector.getByLabel('Key').fill('seen');
  await inspector.getByLabel('Value').fill('by-page');
  await inspector.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(inspector.getByTitle('seen=by-page')).toBeVisible({ timeout: 60_000 });
  await inspector.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.locator('tr.row').filter({ hasText: name })).toHaveCount(0, { timeout: 60_000 });
  await expect(rows.filter({ hasText: 'Running' })).toHaveCount(2, { timeout: 60_000 });
  expect(kubectl(['get', 'pods', '-o', 'name'])).not.toContain(name);

  // What an engine of ours would have is said to be missing.
  await expect(page.getByRole('button', { name: 'Break things' })).toHaveCount(0);
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('no workstation in this page').first()).toBeVisible();
});
