/** `npm run bench -- [--json FILE] [--save] [NAME …]`: each benchmark in a process of its own, next to the committed baseline. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import { type Figures, measure } from './measure.ts';

const BASELINE = 'tests/bench/baseline.json';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, save: { type: 'boolean', default: false }, child: { type: 'string' } },
});

/** One figure with its ratio to the baseline. */
function cell(value: number, before: number | undefined, digits: number): string {
  const ratio = before ? ` (${(value / before).toFixed(2)}x)` : '';
  return `${value.toFixed(digits)}${ratio}`;
}

function row(name: string, now: Figures, before: Figures | undefined): string {
  return [
    name.padEnd(34),
    cell(now.cpuSeconds, before?.cpuSeconds, 2).padStart(16),
    cell(now.wallSeconds, before?.wallSeconds, 2).padStart(16),
    cell(now.peakMegabytes, before?.peakMegabytes, 0).padStart(16),
    cell(now.longestTaskMs, before?.longestTaskMs, 0).padStart(16),
    String(now.result),
  ].join('  ');
}

function parent(): void {
  const baseline: Record<string, Figures> = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, 'utf8')) : {};
  const figures: Record<string, Figures> = {};
  process.stdout.write(
    `${'benchmark'.padEnd(34)}  ${['CPU s', 'wall s', 'peak MB', 'longest task ms'].map((head) => head.padStart(16)).join('  ')}  result\n`,
  );
  for (const name of positionals.length > 0 ? positionals : benchmarks.keys()) {
    const { status, stdout } = spawnSync(
      process.execPath,
      [...process.execArgv, process.argv[1] as string, '--child', name],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (status !== 0) throw new Error(`${name} failed`);
    const now = JSON.parse(stdout) as Figures;
    figures[name] = now;
    process.stdout.write(`${row(name, now, baseline[name])}\n`);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  if (values.save) writeFileSync(BASELINE, `${JSON.stringify({ ...baseline, ...figures }, undefined, 2)}\n`);
}

if (values.child === undefined) {
  parent();
} else {
  const run = benchmarks.get(values.child);
  if (!run) throw new Error(`no benchmark ${values.child}; there are ${[...benchmarks.keys()].join(', ')}`);
  measure(run).then(
    (figures) => process.stdout.write(JSON.stringify(figures), () => process.exit(0)),
    (error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(1);
    },
  );
}
