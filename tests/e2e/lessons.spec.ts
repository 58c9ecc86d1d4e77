import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { parse } from 'yaml';
import { expectReady, openPage } from './opened-page.ts';

const LESSONS = ['01-pods-deployments-nodes', '02-redis', '03-five-parts'] as const;
const root = join(import.meta.dirname, '../../public/lessons/course');

interface Front {
  readonly title: string;
  readonly checks: readonly { readonly id: string }[];
  readonly solution: readonly { readonly run: string }[];
}

function front(folder: string, locale: string): Front {
  const text = readFileSync(join(root, folder, `lesson.${locale}.md`), 'utf8');
  return parse(text.slice(4, text.indexOf('\n---\n', 3)));
}

const WORDS = {
  en: { start: 'Start the lesson', next: 'Next', speed: 'Speed', solved: 'Solved', result: 'Solved with' },
  zh: { start: '开始这一课', next: '下一步', speed: '速度', solved: '全部完成', result: '条命令' },
} as const;

/** The last line of the terminal. */
const lastLine = (page: Page): Promise<string> =>
  page.locator('.xterm-rows').evaluate((rows) => {
    const lines = [...rows.children].map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd());
    return lines.findLast((line) => line !== '') ?? '';
  });

/** A prompt with nothing behind it: the shell waits. */
const untilPrompt = (page: Page): Promise<void> =>
  expect.poll(() => lastLine(page), { timeout: 60_000, intervals: [100] }).toMatch(/[#>]$/);

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
  await untilPrompt(page);
}

async function start(page: Page, locale: 'en' | 'zh', folder: string): Promise<void> {
  await openPage(page, { locale, firstMinuteDone: true }, `/#lesson=course/${folder}`);
  const begin = page.getByRole('button', { name: WORDS[locale].start });
  await expect(begin).toBeEnabled({ timeout: 30_000 });
  await Promise.all([page.waitForEvent('load', { timeout: 60_000 }), begin.click()]);
  await expectReady(page);
  await expect(begin).toHaveCount(0);
  await untilPrompt(page);
}

for (const folder of LESSONS) {
  for (const locale of ['en', 'zh'] as const) {
    test(`${folder} is solved through the terminal (${locale})`, async ({ page }) => {
      test.setTimeout(240_000);
      const { solution, checks } = front(folder, 'en');
      await start(page, locale, folder);
      await expect(page.getByRole('heading', { name: front(folder, locale).title })).toBeVisible();
      await expect(page.getByTestId('lesson-progress')).toContainText(`0/${checks.length}`);
      await page.locator('.clock-bar select').selectOption('60');
      await page.locator('.xterm-helper-textarea').focus();
      for (const { run } of solution) {
        await type(page, run);
        // As long as a learner looks at the result: at this speed, more than half a minute of the cluster's time.
        await page.waitForTimeout(600);
      }
      await expect(page.getByTestId('lesson-progress')).toContainText(`${checks.length}/${checks.length}`, {
        timeout: 60_000,
      });
      await expect(page.getByTestId('lesson-news')).toContainText(WORDS[locale].solved);
      await page.locator('.lesson-steps button').last().click();
      await expect(page.locator('.lesson-result')).toContainText(WORDS[locale].result);
      await expect(page.locator('.lesson-debrief li').first()).toBeVisible();
    });
  }
}

test('a whole lesson by keyboard alone', async ({ page }) => {
  test.setTimeout(300_000);
  await openPage(page, { locale: 'en', firstMinuteDone: true }, `/#lesson=course/${LESSONS[0]}`);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const name = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      const kind = element?.getAttribute('type') === 'radio' ? 'radio' : (element?.tagName.toLowerCase() ?? '');
      return { name: name.trim(), kind, inLesson: element?.closest('[data-pane="lesson"]') !== null };
    });
  const tabTo = async (wanted: RegExp) => {
    for (let i = 0; i < 60; i++) {
      const { name, inLesson } = await focused();
      if (inLesson && wanted.test(name)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reaches ${wanted}`);
  };
  await expect(page.getByRole('button', { name: 'Start the lesson' })).toBeEnabled({ timeout: 30_000 });
  await page.keyboard.press('Alt+5');
  await tabTo(/^Start the lesson$/);
  await Promise.all([page.waitForEvent('load', { timeout: 60_000 }), page.keyboard.press('Enter')]);
  await expectReady(page);
  await untilPrompt(page);
  await page.keyboard.press('Alt+5');
  const steps = await page.locator('.lesson-steps button').count();
  for (let step = 0; step < steps; step++) {
    const commands = await page.locator('.lesson-command button').count();
    const news: string[] = [];
    for (let run = 0; run < commands; ) {
      await page.keyboard.press('Tab');
      const { name, kind, inLesson } = await focused();
      expect(inLesson).toBe(true);
      if (kind === 'radio') await page.keyboard.press('Space');
      if (!name.startsWith('Run in the terminal')) continue;
      run++;
      news.push(name);
      await page.keyboard.press('Enter');
      await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
      await page.waitForTimeout(400);
      await untilPrompt(page);
      await page.keyboard.press('Alt+5');
      // Back where the learner was, not at the top of the pane.
      expect((await focused()).name).toBe(name);
    }
    expect(new Set(news).size).toBe(commands);
    await expect(page.locator('.lesson-check:not([data-state="done"])')).toHaveCount(0, { timeout: 60_000 });
    if (step === steps - 1) break;
    await tabTo(/^Next$/);
    await page.keyboard.press('Enter');
  }
  await expect(page.locator('.lesson-result')).toContainText('Solved with');
});

test('hints, undo, starting over, the language, and the way back', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page, 'en', LESSONS[0]);
  await page.locator('.lesson-steps button').nth(2).click();
  const task = page.locator('[data-check="lonely"]');
  await expect(task).toContainText('There is no Pod named lonely.');
  await task.getByRole('button', { name: 'Hint' }).click();
  await expect(task).toContainText('kubectl run lonely --image=nginx:1.27');
  await page.locator('.xterm-helper-textarea').focus();
  await type(page, 'kubectl run lonely --image=ngnix:1.27');
  await expect(page.locator('[data-mistake="image"]')).toContainText('cannot be pulled', { timeout: 30_000 });
  await expect(task).toContainText(/ErrImagePull|ImagePullBackOff/);

  await page.getByRole('button', { name: 'Reset, undo and more' }).click();
  await Promise.all([
    page.waitForEvent('load', { timeout: 60_000 }),
    page.getByRole('button', { name: 'Undo the last command' }).click(),
  ]);
  await expectReady(page);
  await untilPrompt(page);
  await expect(task).toContainText('There is no Pod named lonely.', { timeout: 30_000 });
  await page.locator('.xterm-helper-textarea').focus();
  await type(page, 'kubectl get pods');
  await expect(page.locator('.xterm-rows')).toContainText('No resources found in default namespace.');

  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.locator('.lesson-step-title')).toHaveText('Pod：能运行的最小单位');
  await expect(task).toContainText('还没有名为 lonely 的 Pod。');

  await page.getByRole('button', { name: '重置、撤销等' }).click();
  await page.getByRole('button', { name: '参考答案' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '填入终端：kubectl get nodes' }).click();
  await expect.poll(() => lastLine(page)).toMatch(/# kubectl get nodes$/);
  await page.getByRole('button', { name: '重置、撤销等' }).click();
  await Promise.all([
    page.waitForEvent('load', { timeout: 60_000 }),
    page.getByRole('button', { name: '回到我的集群' }).click(),
  ]);
  await expectReady(page);
  await expect(page.getByRole('button', { name: '继续这一课' })).toBeEnabled({ timeout: 30_000 });
});

test('the pane holds against axe, and at 360 pixels', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page, 'en', LESSONS[0]);
  const violations = async () => {
    const { violations: found } = await new AxeBuilder({ page }).include('.lessons').analyze();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };
  for (const step of [3, 7]) {
    await page.locator('.lesson-steps button').nth(step).click();
    for (const theme of ['light', 'dark', 'contrast']) {
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
      }, theme);
      expect(await violations()).toEqual([]);
    }
  }
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page.getByRole('button', { name: /Redis on the cluster/ })).toBeVisible();
  expect(await violations()).toEqual([]);

  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator('.lesson-entry').filter({ hasText: 'Pods, Deployments and Nodes' }).click();
  await page.locator('.lesson-steps button').nth(1).click();
  await page.getByRole('button', { name: 'Run in the terminal: kubectl get nodes' }).click();
  await expect(page.locator('.xterm-rows')).toContainText('node-2');
  await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: 'Lessons' }).click();
  await expect(page.locator('[data-check="nodes"]')).toHaveAttribute('data-state', 'done');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(360);
});
