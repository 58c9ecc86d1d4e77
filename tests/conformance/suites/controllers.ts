/** Histories of a real controller manager, replayed: answers to requests, core Events, what is left at the end, and the states on the way. */
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { replay } from './controllers/replay.ts';
import type { Scenario } from './controllers/scenario.ts';

const FILE = 'behaviour/controllers.jsonl';

export const suite: Suite = {
  name: 'controllers',
  needs: FILE,
  async run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]> {
    const tally = new Tally('controllers', FILE, options);
    for (const [index, scenario] of oracle.lines<Scenario>(FILE).entries()) {
      if (!tally.wants(scenario.id, index)) continue;
      for (const [what, difference] of Object.entries(await replay(scenario)))
        tally.record(`${scenario.id}/${what}`, difference);
    }
    return [tally.result()];
  },
};
