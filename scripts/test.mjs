/** `npm test`: sets up and runs everything there is; the last line is the sum. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildNode, buildTestPages } from './build.mjs';
import { bin, chromium, root, run, setup } from './setup.mjs';

setup();
buildNode();
const browser = chromium();
const results = join(root, '.cache/results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const sum = { passed: 0, failed: 0, skipped: 0 };

const unit = join(results, 'vitest.json');
const unitStatus = run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`], {
  mayFail: true,
});
if (existsSync(unit)) {
  const report = JSON.parse(readFileSync(unit, 'utf8'));
  sum.passed += report.numPassedTests;
  sum.failed +=
    report.numFailedTests +
    report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  sum.skipped += report.numPendingTests + report.numTodoTests;
}
if (unitStatus !== 0 && sum.failed === 0) sum.failed++;

const specs = readdirSync(join(root, 'tests/e2e')).filter((name) => name.endsWith('.spec.ts'));
if (!browser) {
  process.stdout.write('notice: no Chromium found and none could be installed; the browser tests are skipped\n');
  sum.skipped += specs.length;
} else {
  const e2e = join(results, 'playwright.json');
  buildTestPages();
  const env = { ...process.env, CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: e2e };
  const status = run(bin('playwright'), ['test', '--reporter=list,json'], { env, mayFail: true });
  const failedBefore = sum.failed;
  if (existsSync(e2e)) {
    const { stats } = JSON.parse(readFileSync(e2e, 'utf8'));
    sum.passed += stats.expected + stats.flaky;
    sum.failed += stats.unexpected;
    sum.skipped += stats.skipped;
  }
  if (status !== 0 && sum.failed === failedBefore) sum.failed++;
}

process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
