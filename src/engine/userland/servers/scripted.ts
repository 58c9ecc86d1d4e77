/** A server made of data: what a lesson says an image does. */
import { textResponse } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import type { Millis } from '#engine/sim';
import { SCRIPT_PATH, type ScriptedCurvePoint, type ScriptedImage } from '../images/scripted.ts';

const STEP_MS = 1000;

/** The value of a curve at an instant: straight between points, level after the last. */
function valueAt(curve: readonly ScriptedCurvePoint[], at: Millis): number {
  const next = curve.findIndex((point) => point.atMs > at);
  const before = curve[next < 0 ? curve.length - 1 : next - 1];
  const after = next < 0 ? undefined : curve[next];
  if (!before) return after?.value ?? 0;
  if (!after) return before.value;
  return before.value + ((after.value - before.value) * (at - before.atMs)) / (after.atMs - before.atMs);
}

function listen(process: Process, script: ScriptedImage, started: Millis): void {
  for (const [port, paths] of Object.entries(script.serves)) {
    const known = Object.keys(paths).sort((a, b) => b.length - a.length);
    process.net.listen(Number(port), async (request) => {
      await process.compute(0.2);
      const path = known.find(
        (one) => request.path === one || request.path.startsWith(one.endsWith('/') ? one : `${one}/`),
      );
      const answer = path === undefined ? undefined : paths[path];
      if (!answer) return textResponse(404, 'not found\n');
      if (answer.latencyMs > 0) await process.clock.sleep(answer.latencyMs, 'scripted latency', process.killed);
      if (process.clock.now() < started + answer.afterMs) return textResponse(503, 'not yet\n');
      return textResponse(answer.status, answer.text);
    });
  }
}

/**
 * Runs the script of its image: starts late, serves, holds memory and burns CPU by curves, exits.
 * @fidelity full
 */
export const scripted: Program = async (process) => {
  const script = JSON.parse(new TextDecoder().decode(process.fs.readFile(SCRIPT_PATH))) as ScriptedImage;
  const started = process.clock.now();
  let stop = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.onSignal(signal, () => wake());
  let wake: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    wake = () => {
      stop = true;
      resolve();
    };
  });
  const rest = (ms: Millis) => Promise.race([process.clock.sleep(ms, 'scripted', process.killed), stopped]);
  for (const line of script.log) await print(process.stdout, `${line}\n`);
  if (script.startMs > 0) await rest(script.startMs);
  if (!stop) listen(process, script, started);
  const busy = script.memory.length > 0 || script.cpu.length > 0;
  const end = script.exit ? started + script.exit.afterMs : Number.POSITIVE_INFINITY;
  while (!stop && !process.killed.aborted) {
    const age = process.clock.now() - started;
    if (script.memory.length > 0) process.setMemory(Math.max(0, valueAt(script.memory, age)));
    const cpuMs = Math.max(0, Math.min(STEP_MS, valueAt(script.cpu, age)));
    if (cpuMs > 0) await process.compute(cpuMs);
    if (process.clock.now() >= end) return script.exit?.code ?? 0;
    if (!busy && end === Number.POSITIVE_INFINITY) await process.until(stopped);
    else await rest(Math.min(busy ? STEP_MS : end - process.clock.now(), Math.max(1, end - process.clock.now())));
  }
  return 0;
};
