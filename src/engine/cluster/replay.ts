/** Running a recording again: the same options, seed and journal give the same trace, to the last event. */
import type { Host, JournalEntry, Millis, TraceEvent } from '#engine/sim';
import { TraceHash } from '#engine/sim';
import { createCluster } from './cluster.ts';
import type { Input } from './input.ts';
import type { ClusterOptions } from './options.ts';

/** All that is needed to bring a cluster back to an instant. */
export interface Recording {
  readonly options: ClusterOptions;
  readonly journal: readonly JournalEntry<Input>[];
  readonly until: Millis;
}

export interface Replay {
  /** Digest of every trace event of the run. */
  readonly hash: string;
  readonly events: number;
}

/** @param host the trace goes to `see` instead, every event as it comes */
export async function replay(
  recording: Recording,
  host: Omit<Host, 'trace'>,
  see?: (event: TraceEvent) => void,
): Promise<Replay> {
  const hash = new TraceHash();
  const trace = (event: TraceEvent) => {
    hash.add(event);
    see?.(event);
  };
  const cluster = await createCluster({ ...host, trace }, recording.options);
  const failed = (error: unknown) =>
    cluster.loop.emit('input.failed', { message: error instanceof Error ? error.message : String(error) });
  for (const { at, input } of recording.journal) {
    await cluster.loop.runUntil(at);
    cluster.submit(input).catch(failed);
  }
  await cluster.loop.runUntil(recording.until);
  cluster.stop();
  return { hash: hash.digest(), events: hash.count };
}
