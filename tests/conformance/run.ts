/** The suites there are, run in order. */
import type { FileResult, Oracle, Suite, SuiteOptions } from './suite.ts';
import { suites as api } from './suites/api.ts';
import { suite as controllers } from './suites/controllers.ts';
import { suite as hashes } from './suites/hashes.ts';
import { suite as kubectl } from './suites/kubectl.ts';
import { suite as lifecycle } from './suites/lifecycle.ts';
import { suite as reads } from './suites/reads.ts';
import { suite as scheduler } from './suites/scheduler.ts';

export const suites: readonly Suite[] = [...api, reads, scheduler, controllers, hashes, lifecycle, kubectl];

export async function runSuites(
  oracle: Oracle,
  names: readonly string[] | undefined,
  options: SuiteOptions,
): Promise<FileResult[]> {
  const unknown = names?.filter((name) => !suites.some((suite) => suite.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`no such suite: ${unknown.join(', ')}; there are ${suites.map((s) => s.name).join(', ')}`);
  const results: FileResult[] = [];
  for (const suite of suites) {
    if (names && !names.includes(suite.name)) continue;
    if (oracle.has(suite.needs)) results.push(...(await suite.run(oracle, options)));
    else
      process.stderr.write(
        `notice: no ${suite.needs} in ${oracle.directory}; suite ${suite.name} has nothing to compare\n`,
      );
  }
  return results;
}
