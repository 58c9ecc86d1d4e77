/** Decisions of a real scheduler: each scenario is replayed Pod by Pod and every cycle's explanation compared. */
import type { FileResult, Oracle, Suite, SuiteOptions } from '../suite.ts';
import { Tally } from '../suite.ts';
import { replay } from './scheduler/replay.ts';
import type { Scenario } from './scheduler/scenario.ts';

const FILE = 'behaviour/scheduler.jsonl';

export const suite: Suite = {
  name: 'scheduler',
  needs: FILE,
  async run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]> {
    const tally = new Tally('scheduler', FILE, options);
    for (const [index, scenario] of oracle.lines<Scenario>(FILE).entries()) {
      if (tally.wants(scenario.id, index)) tally.record(scenario.id, await replay(scenario));
    }
    return [tally.result()];
  },
};
