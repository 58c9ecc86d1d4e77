import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Oracle } from '../../suite.ts';
import { replay } from './replay.ts';
import type { Scenario } from './scenario.ts';

const DIRECTORY = process.env.PODARIUM_ORACLE ?? '../shared/oracle';

/** Agreement that must not fall, of the scenarios recorded. */
const FLOOR = 0.99;

describe.skipIf(!existsSync(DIRECTORY))('recorded scheduling scenarios', () => {
  it('agree with a real scheduler', { timeout: 120_000 }, async () => {
    const scenarios = new Oracle(DIRECTORY).lines<Scenario>('behaviour/scheduler.jsonl');
    const differences: string[] = [];
    for (const scenario of scenarios) {
      const difference = await replay(scenario);
      if (difference !== undefined) differences.push(`${scenario.id}: ${difference}`);
    }
    expect(1 - differences.length / scenarios.length, differences.join('\n')).toBeGreaterThanOrEqual(FLOOR);
  });

  it('notices a wrong answer', async () => {
    const [scenario] = new Oracle(DIRECTORY).lines<Scenario>('behaviour/scheduler.jsonl');
    const [first, ...rest] = scenario?.result ?? [];
    expect(
      scenario && first && (await replay({ ...scenario, result: [{ ...first, feasible: [] }, ...rest] })),
    ).toContain('feasible');
  });
});
