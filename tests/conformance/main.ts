/** `npm run conformance -- [--oracle DIR] [--suite NAME] [--filter TEXT] [--quick] [--json FILE]` */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderReport } from './report.ts';
import { runSuites } from './run.ts';
import { Oracle } from './suite.ts';

const { values } = parseArgs({
  options: {
    oracle: { type: 'string', default: '../shared/oracle' },
    suite: { type: 'string', multiple: true },
    filter: { type: 'string' },
    quick: { type: 'boolean', default: false },
    differences: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
if (!existsSync(values.oracle)) {
  process.stderr.write(`no recordings at ${values.oracle}: name a folder of the same form with --oracle\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const results = await runSuites(new Oracle(values.oracle), values.suite, {
    quick: values.quick,
    filter: values.filter,
    differences: Number(values.differences),
  });
  for (const { suite, file, passed, total, firstDifferences } of results) {
    process.stdout.write(`${suite} ${file} ${passed}/${total}\n`);
    for (const difference of firstDifferences) process.stdout.write(`    ${difference}\n`);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
  if (!values.quick && values.filter === undefined && values.suite === undefined)
    writeFileSync('docs/CONFORMANCE.md', renderReport(results));
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
