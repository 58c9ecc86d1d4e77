/** Running a recording again: the same options, seed and journal give the same trace, to the last event. */
import type { Host, JournalEntry, Millis, TraceEvent } from '#engine/sim';
import { TraceHash } from '#engine/sim';
import { type Cluster, createCluster } from './cluster.ts';
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

export interface Progress {
  /** Told the instant reached, each time the run has gone on by a step. */
  readonly onProgress?: (at: Millis) => void;
  /** Gives up between two steps. */
  readonly signal?: AbortSignal;
}

/** Virtual time from one word of progress to the next. */
const STEP_MS = 5000;

/**
 * Brings a cluster to where a recording ends, and hands it over as it is then, its journal equal to the recording's.
 * Rejects with the signal's reason when that aborts.
 */
export async function resume(host: Host, recording: Recording, progress: Progress = {}): Promise<Cluster> {
  const cluster = await createCluster(host, recording.options);
  const { loop } = cluster;
  const goTo = async (at: Millis) => {
    while (loop.now() < at) {
      await loop.runUntil(Math.min(at, loop.now() + STEP_MS));
      if (progress.signal?.aborted) {
        cluster.stop();
        progress.signal.throwIfAborted();
      }
      progress.onProgress?.(loop.now());
    }
    // What is due at this very instant comes before its inputs.
    await loop.runUntil(at);
  };
  const failed = (error: unknown) =>
    loop.emit('input.failed', { message: error instanceof Error ? error.message : String(error) });
  for (const { at, input } of recording.journal) {
    if (at > recording.until) break;
    await goTo(at);
    cluster.submit(input).catch(failed);
  }
  await goTo(recording.until);
  return cluster;
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
  const cluster = await resume({ ...host, trace }, recording);
  cluster.stop();
  return { hash: hash.digest(), events: hash.count };
}
