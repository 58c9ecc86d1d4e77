/** Sessions of the real kubectl, typed into our shell at a hollow cluster. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { Desk } from './kubectl/desk.ts';
import { type Played, play } from './kubectl/play.ts';
import type { Scenario } from './kubectl/transcript.ts';

const TOPICS = [
  'apply',
  'auth',
  'config',
  'create',
  'delete',
  'describe',
  'discovery',
  'get',
  'nodes',
  'pages-concepts',
  'pages-tasks',
  'pages-tutorials',
  'status',
  'templates',
  'workloads',
];

type Normalise = (text: string) => string;

export const suite: Suite = {
  name: 'kubectl',
  needs: 'kubectl',
  async run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]> {
    const own = join(oracle.directory, 'kubectl/normalise.mjs');
    const normaliser = existsSync(own) ? own : '../shared/oracle/kubectl/normalise.mjs';
    const module = (await import(/* @vite-ignore */ pathToFileURL(resolve(normaliser)).href)) as {
      readonly normalise: Normalise;
    };
    const results: FileResult[] = [];
    for (const topic of TOPICS) {
      const file = `kubectl/${topic}.jsonl`;
      if (!oracle.has(file)) continue;
      const tally = new Tally('kubectl', file, options);
      for (const [index, scenario] of oracle.lines<Scenario>(file).entries()) {
        if (tally.wants(scenario.id, index)) await runScenario(scenario, tally, module.normalise);
      }
      results.push(tally.result());
    }
    return results;
  },
};

async function runScenario(scenario: Scenario, tally: Tally, normalise: Normalise): Promise<void> {
  const desk = await Desk.boot();
  let played: readonly Played[];
  try {
    played = await play(desk, scenario);
  } catch (error) {
    played = scenario.steps.map((step) => ({ step, outcome: { exit: undefined, stdout: '', stderr: String(error) } }));
  } finally {
    desk.stop();
  }
  played.forEach((one, index) => {
    const { step } = one;
    if (step.unstable === 'text' || step.unstable === 'distribution' || step.timedOut) return;
    tally.record(`${scenario.id}=${index}`, difference(one, normalise));
  });
}

/** What differs first, or undefined. */
function difference({ step, outcome }: Played, normalise: Normalise): string | undefined {
  if (!step.background && outcome.exit !== step.exit)
    return `${step.cmd}: exit ${outcome.exit} instead of ${step.exit}: ${outcome.stderr.slice(0, 200)}`;
  for (const stream of ['stdout', 'stderr'] as const) {
    const got = lines(normalise(outcome[stream]), step.unstable === 'order');
    const wanted = lines(normalise(step[stream]), step.unstable === 'order');
    const at = wanted.findIndex((line, index) => line !== got[index]);
    if (at >= 0 || got.length !== wanted.length) {
      const line = at < 0 ? wanted.length : at;
      return `${step.cmd}: ${stream} line ${line + 1}: ${excerpt(got[line], wanted[line])} instead of ${excerpt(wanted[line], got[line])}`;
    }
  }
  return undefined;
}

const lines = (text: string, unordered: boolean): readonly string[] =>
  unordered ? text.split('\n').sort() : text.split('\n');

const LONGEST = 300;
const AROUND = 100;

/** A line; of a long one, what stands around the first difference. */
function excerpt(line: string | undefined, other: string | undefined): string {
  if (line === undefined || line.length <= LONGEST) return JSON.stringify(line);
  let at = 0;
  while (at < line.length && line[at] === other?.[at]) at++;
  const from = Math.max(0, at - AROUND);
  return `${from > 0 ? '…' : ''}${JSON.stringify(line.slice(from, at + AROUND))}…`;
}
