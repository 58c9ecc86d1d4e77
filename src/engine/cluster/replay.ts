/** Running a recording again: the same options, seed and journal give the same trace, to the last event. */
import {
  applyChanges,
  ChangeLog,
  type Host,
  type JournalEntry,
  type Millis,
  Saved,
  type TraceEvent,
  TraceHash,
} from '#engine/sim';
import { type Cluster, createCluster } from './cluster.ts';
import type { Input } from './input.ts';
import type { ClusterOptions } from './options.ts';
import type { SiteDisk } from './stable.ts';

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

/** A cluster that goes through power cuts: each time another one starts from the disks of the last. */
class Powered {
  /** All that is on the disks; nobody keeps it when no cut is to come. */
  private readonly texts = new Map<string, string>();
  private readonly ledger: ChangeLog | undefined;
  private alive = { trace: true };

  /** @param ledger where the host wants everything written down */
  constructor(
    private readonly host: Host,
    private readonly recording: Recording,
    private readonly kept: ChangeLog | undefined,
  ) {
    const cuts = recording.journal.some(({ input }) => input.type === 'power-cycle');
    this.ledger = kept ?? (cuts ? new ChangeLog() : undefined);
  }

  boot(): Promise<Cluster> {
    return this.create({ ...(this.ledger && { ledger: this.ledger }) });
  }

  async cycle(cluster: Cluster): Promise<Cluster> {
    const { ledger, texts, kept } = this;
    const changes = cluster.changes();
    // The cut itself must make no noise: what dies with the power says nothing any more.
    this.alive.trace = false;
    cluster.stop();
    if (!ledger) throw new Error('a cut without a disk');
    if (changes) applyChanges(texts, changes);
    kept?.refill(texts);
    return this.create({ ledger, saved: new Saved(texts) });
  }

  private create(disk: SiteDisk): Promise<Cluster> {
    const alive = { trace: true };
    this.alive = alive;
    const trace = (event: TraceEvent) => {
      if (alive.trace) this.host.trace(event);
    };
    return createCluster({ ...this.host, trace }, this.recording.options, disk);
  }
}

/**
 * Brings a cluster to where a recording ends, and hands it over as it is then, its journal equal to the recording's.
 * Rejects with the signal's reason when that aborts.
 * @param ledger where everything that survives a power cut is written down
 */
export async function resume(
  host: Host,
  recording: Recording,
  progress: Progress = {},
  ledger?: ChangeLog,
): Promise<Cluster> {
  const powered = new Powered(host, recording, ledger);
  let cluster = await powered.boot();
  const goTo = async (at: Millis) => {
    const { loop } = cluster;
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
    cluster.loop.emit('input.failed', { message: error instanceof Error ? error.message : String(error) });
  for (const { at, input } of recording.journal) {
    if (at > recording.until) break;
    await goTo(at);
    if (input.type === 'power-cycle') cluster = await powered.cycle(cluster);
    else cluster.submit(input).catch(failed);
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
