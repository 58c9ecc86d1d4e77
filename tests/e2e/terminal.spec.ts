import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const screen = (page: Page) => page.locator('.xterm-rows');

async function open(page: Page, settings: Record<string, unknown> = {}): Promise<void> {
  await page.addInitScript(
    (state) => {
      if (!localStorage.getItem('podarium.session'))
        localStorage.setItem('podarium.session', JSON.stringify({ state, version: 1 }));
    },
    { locale: 'en', firstMinuteDone: true, ...settings },
  );
  await page.goto('/');
  await expect(page.getByTestId('cluster-state')).toHaveText(/ready|就绪/, { timeout: 30_000 });
  await expect(screen(page)).toContainText('#', { timeout: 15_000 });
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.type(text);
}

/** The middle of a text on the screen, in the page. */
async function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  const place = await page.evaluate((wanted) => {
    const rows = [...document.querySelectorAll('.xterm-rows > div')];
    const row = rows.findLast((one) => one.textContent?.includes(wanted));
    const walker = row && document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = walker?.nextNode(); node; node = walker?.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    return undefined;
  }, text);
  if (!place) throw new Error(`not on the screen: ${text}`);
  return place;
}

test('kubectl edit opens beside the terminal: saved, refused with the reason, saved again', async ({ page }) => {
  await open(page);
  await type(page, 'kubectl create deployment web --image=nginx\n');
  await expect(screen(page)).toContainText('deployment.apps/web created');
  await type(page, 'kubectl edit deployment web\n');
  const banner = page.locator('.editor-banner');
  await expect(banner).toContainText('kubectl edit deployment web', { timeout: 30_000 });
  const lines = page.locator('.monaco-editor .view-lines');
  await expect(lines).toContainText('Please edit the object below', { timeout: 30_000 });
  const replace = async (from: string, to: string) => {
    await page.locator('.monaco-editor').first().click();
    await page.keyboard.press('Control+F');
    await page.keyboard.type(from);
    await page.keyboard.press('Escape');
    await page.keyboard.type(to);
  };
  await replace('replicas: 1', 'replicas: -2');
  await page.keyboard.press('Control+s');
  await expect(lines).toContainText('must be greater than or equal to 0', { timeout: 30_000 });
  await replace('replicas: -2', 'replicas: 2');
  await banner.getByRole('button', { name: 'Save and continue' }).click();
  await expect(screen(page)).toContainText('deployment.apps/web edited', { timeout: 30_000 });
  await expect(banner).toHaveCount(0);
  await page.keyboard.type('kubectl get deployment web -o name; echo done-$?\n');
  await expect(screen(page)).toContainText('done-0');
});

test('editor and shell share their files', async ({ page }) => {
  await open(page, { centreTab: 'editor' });
  await expect(page.locator('.monaco-editor .view-lines')).toContainText('Deployment', { timeout: 30_000 });
  await type(page, 'kubectl apply -f web.yaml\n');
  await expect(screen(page)).toContainText('deployment.apps/web created');
  await type(page, 'sed -i s/replicas:.3/replicas:\\ 1/ web.yaml\n');
  await expect(page.locator('.monaco-editor .view-lines')).toContainText('replicas: 1');
  await type(page, 'edit notes.txt\n');
  await expect(page.getByRole('tab', { name: 'notes.txt' })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.type('remember the milk');
  await page.keyboard.press('Control+s');
  await expect(page.locator('.editor-banner')).toHaveCount(0);
  await type(page, 'cat notes.txt\n');
  await expect(screen(page)).toContainText('remember the milk');
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('notes.txt');
});

test('names of objects can be clicked, and what a command made is lit up', async ({ page }) => {
  await open(page);
  await type(page, 'kubectl run solo --image=nginx\n');
  await expect(screen(page)).toContainText('pod/solo created');
  await expect.poll(() => page.locator('.xterm-rows').textContent(), { timeout: 15_000 }).toContain('pod/solo created');
  await type(page, 'kubectl get pods -o wide\n');
  await expect(screen(page)).toContainText('READINESS');
  const { x, y } = await placeOf(page, 'solo');
  await page.mouse.move(x - 3, y);
  await page.mouse.move(x, y);
  await expect(page.locator('.xterm-cursor-pointer')).toHaveCount(1, { timeout: 10_000 });
  await page.mouse.click(x, y);
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('solo');
});

test('a shell in a container follows the size of the window', async ({ page }) => {
  await open(page);
  await type(page, 'kubectl run box --image=busybox:1.36 --command -- sleep 10000\n');
  await type(page, 'kubectl wait --for=condition=Ready pod/box\n');
  await expect(screen(page)).toContainText('condition met', { timeout: 30_000 });
  await type(page, 'kubectl exec -it box -- sh\n');
  await expect(screen(page)).toContainText('/ #');
  await type(page, 'trap "echo resized" WINCH\n');
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.waitForTimeout(300);
  await type(page, 'echo still here\n');
  await expect(screen(page)).toContainText('resized');
  await type(page, 'sleep 1000\n');
  await page.keyboard.press('Control+C');
  await type(page, 'exit\n');
  await expect(screen(page)).toContainText('root@workstation');
});

test('three hundred pasted lines wait for Enter; a flood of output leaves the page alive', async ({ page }) => {
  await open(page);
  await page.keyboard.press('Alt+3');
  const text = Array.from({ length: 300 }, (_, line) => `echo line-${line}`).join('\n');
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    document
      .querySelector('.xterm-helper-textarea')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await expect(screen(page)).toContainText('echo line-299');
  await page.keyboard.press('Enter');
  await expect(screen(page)).toContainText(/^.*line-299/m, { timeout: 30_000 });
  await type(page, 'clear; yes\n');
  await page.waitForTimeout(1500);
  await page.keyboard.press('Control+C');
  await type(page, 'echo alive\n');
  await expect(screen(page)).toContainText('alive', { timeout: 15_000 });
});

test('a reading mode with a transcript, a menu, and a search', async ({ page }) => {
  await open(page);
  await type(page, 'echo hello transcript\n');
  await page.getByRole('button', { name: 'Screen reader mode' }).click();
  await expect(page.getByRole('region', { name: 'Transcript' }).first()).toContainText('hello transcript');
  await page.getByRole('button', { name: 'Terminal menu' }).click();
  await expect(page.getByRole('menuitem', { name: /Larger text/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await page.keyboard.press('Alt+3');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await page.keyboard.press('Control+Shift+F');
  await page.getByRole('searchbox', { name: 'Search the screen' }).fill('nowhere to be found');
  await expect(page.getByText('Not found')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('[data-pane="terminal"]').exclude('.xterm').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('a reload: the screen is there in grey, Ctrl-R finds what was typed, files are where they were', async ({
  page,
}) => {
  await open(page);
  await type(page, 'echo needle in the hay; echo kept > note.txt\n');
  await expect(screen(page)).toContainText('needle in the hay');
  // A relaxed disk is at most a second behind.
  await page.waitForTimeout(2000);
  await page.reload();
  await expect(screen(page)).toContainText('switched off and on', { timeout: 60_000 });
  await expect(screen(page)).toContainText('needle in the hay');
  await page.waitForTimeout(500);
  await page.keyboard.press('Alt+3');
  await page.keyboard.press('Control+R');
  await page.keyboard.type('needle');
  await expect(screen(page)).toContainText("(reverse-i-search)`needle': echo needle in the hay");
  await page.keyboard.press('Control+G');
  await type(page, 'cat note.txt\n');
  await expect(screen(page)).toContainText(/note\.txt\s*kept/);
});
