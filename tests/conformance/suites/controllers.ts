/** Histories of a real controller manager, replayed: answers to requests, core Events, what is left at the end, and the states on the way. */
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { replay } from './controllers/replay.ts';
import { isServed, type Scenario } from './controllers/scenario.ts';

const FILE = 'behaviour/controllers.jsonl';

export const suite: Suite = {
  name: 'controllers',
  needs: FILE,
  async run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]> {
    const tally = new Tally('controllers', FILE, options);
    for (const [index, scenario] of oracle.lines<Scenario>(FILE).entries()) {
      if (!tally.wants(scenario.id, index)) continue;
      const served = isServed(scenario);
      const not = 'its controllers are not here yet';
      const verdicts = served ? await replay(scenario) : { requests: not, events: not, final: not, histories: not };
      for (const [what, difference] of Object.entries(verdicts))
        tally.record(`${scenario.id}/${what}`, served, difference);
    }
    return [tally.result()];
  },
};
