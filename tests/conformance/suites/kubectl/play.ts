/** Playing a scenario step by step. */
import type { Desk, Outcome, Running } from './desk.ts';
import type { Scenario, Step } from './transcript.ts';

/** Virtual time that passes between two lines. */
const TYPING_MS = 150;
const SETTLE_MS = 2500;
const UNTIL_TRIES = 120;

export interface Played {
  readonly step: Step;
  readonly outcome: Outcome;
}

const NOTHING: Outcome = { exit: undefined, stdout: '', stderr: '' };

export async function play(desk: Desk, scenario: Scenario): Promise<readonly Played[]> {
  await desk.forget();
  desk.writeKubeconfig(scenario.kubeconfig);
  for (const [name, content] of Object.entries(scenario.files ?? {})) desk.writeFile(name, content);
  const outcomes = new Map<Step, Outcome>();
  const background = new Map<Step, Running>();
  for (const [index, step] of scenario.steps.entries()) {
    await waitBefore(desk, step);
    const running = desk.type(step.cmd, step.stdin, step.env);
    if (step.background) background.set(step, running);
    else outcomes.set(step, await ended(desk, running));
    await desk.pass(TYPING_MS);
    for (const [one, other] of background) {
      if (one.stopAfterStep !== index) continue;
      await desk.pass(SETTLE_MS);
      other.interrupt();
      outcomes.set(one, await ended(desk, other));
      background.delete(one);
    }
  }
  return scenario.steps.map((step) => ({ step, outcome: outcomes.get(step) ?? NOTHING }));
}

async function ended(desk: Desk, running: Running): Promise<Outcome> {
  try {
    return await desk.until(running.outcome);
  } catch (error) {
    running.interrupt();
    return { exit: undefined, stdout: '', stderr: String(error) };
  }
}

async function waitBefore(desk: Desk, step: Step): Promise<void> {
  for (const wait of step.wait ?? []) {
    if (wait.seconds !== undefined) await desk.pass(wait.seconds * 1000);
    else if (wait.until !== undefined && wait.cmd !== undefined) {
      for (let i = 0; i < UNTIL_TRIES; i++) {
        const { stdout } = await ended(desk, desk.type(wait.cmd));
        if (stdout.trim() === wait.until) break;
        await desk.pass(500);
      }
    } else await desk.pass(SETTLE_MS);
  }
}
