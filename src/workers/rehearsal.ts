/** A recording replayed to its end, to see where it leads: before a branch is made, or to compare it with another. */
import { type Recording, resume } from '#engine/cluster';
import { loadAsset } from './assets.ts';
import type { Rehearsal } from './protocol.ts';
import { createSettle } from './settle.ts';

/** Wall milliseconds between two words of progress. */
const WORD_MS = 60;

/** See EngineApi. */
export async function rehearse(recording: Recording, port: MessagePort): Promise<Rehearsal> {
  let said = 0;
  const onProgress = (at: number) => {
    if (performance.now() - said < WORD_MS) return;
    said = performance.now();
    port.postMessage(at);
  };
  const host = { settle: createSettle(), load: loadAsset, trace: () => {} };
  const cluster = await resume(host, recording, { onProgress });
  const { until } = recording;
  const found = { digest: cluster.digestAt(until), facts: cluster.factsAt(until) };
  cluster.stop();
  return found;
}
