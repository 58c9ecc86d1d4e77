import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Oracle } from '../../suite.ts';
import { replay } from './replay.ts';
import { type Scenario, usesOnly } from './scenario.ts';

const DIRECTORY = process.env.PODARIUM_ORACLE ?? '../shared/oracle';

/** Agreement that must not fall, of the scenarios recorded. */
const FLOOR = { core: 0.99, servedKinds: 0.99 };

describe.skipIf(!existsSync(DIRECTORY))('recorded scheduling scenarios', () => {
  it('agree with a real scheduler', { timeout: 120_000 }, async () => {
    const counts = { core: [0, 0], servedKinds: [0, 0], all: [0, 0] };
    const differences: string[] = [];
    for (const scenario of new Oracle(DIRECTORY).lines<Scenario>('behaviour/scheduler.jsonl')) {
      const difference = await replay(scenario);
      const use = usesOnly(scenario);
      for (const [name, belongs] of [
        ['core', use.core],
        ['servedKinds', use.servedKinds],
        ['all', true],
      ] as const) {
        const count = counts[name];
        if (!belongs) continue;
        count[1] = (count[1] ?? 0) + 1;
        if (difference === undefined) count[0] = (count[0] ?? 0) + 1;
      }
      if (difference !== undefined && (use.servedKinds || process.env.ALL))
        differences.push(`${scenario.id}: ${difference}`);
    }
    const share = ([passed = 0, total = 1]: readonly number[]) => passed / total;
    const report = `${JSON.stringify(counts)}\n${differences.slice(0, 40).join('\n')}`;
    if (process.env.REPORT) process.stdout.write(`${report}\n`);
    expect(share(counts.core), report).toBeGreaterThanOrEqual(FLOOR.core);
    expect(share(counts.servedKinds), report).toBeGreaterThanOrEqual(FLOOR.servedKinds);
  });

  it('notices a wrong answer', async () => {
    const [scenario] = new Oracle(DIRECTORY).lines<Scenario>('behaviour/scheduler.jsonl');
    const [first, ...rest] = scenario?.result ?? [];
    expect(
      scenario && first && (await replay({ ...scenario, result: [{ ...first, feasible: [] }, ...rest] })),
    ).toContain('feasible');
  });
});
