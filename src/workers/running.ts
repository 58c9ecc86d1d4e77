/** One cluster that lives in this worker: made or resumed, kept in step with the wall clock. */
import { BOOT_TIME, type Cluster, createCluster, resume } from '#engine/cluster';
import { ChangeLog, type Host, type Millis, Saved } from '#engine/sim';
import { loadAsset } from './assets.ts';
import { BUILD } from './build.ts';
import { Classroom, Learner } from './classroom.ts';
import type { RecordStore } from './disk/record-store.ts';
import { Saver } from './disk/saver.ts';
import { Pacer } from './pacer.ts';
import type { Captured, Recipe, RunGoal, RunOutcome, Speed, StorageProblem } from './protocol.ts';
import { createSettle } from './settle.ts';
import { RequestLog } from './traces/request-log.ts';
import type { Sources } from './traces/scene.ts';
import { TraceStore } from './traces/trace-store.ts';
import { Traffic } from './traces/traffic.ts';
import { Views } from './views.ts';

const BOOT_LIMIT_MS = 600_000;
/** Virtual time without any write but heartbeats after which a cluster counts as settled: longer than probes and back-offs usually wait. */
const SETTLED_MS = 20_000;
const SETTLE_LIMIT_MS = 600_000;
const settle = createSettle();
const breathe = createSettle();
const turn = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : breathe());

/** How fast time passed when the page was left. */
interface Pace {
  readonly speed: Speed;
  readonly paused: boolean;
}

/** What is kept of a cluster, and where. */
export interface Kept {
  readonly store: RecordStore;
  /** What the store holds from before; empty: the cluster is to be made. */
  readonly texts: ReadonlyMap<string, string>;
  readonly onProblem: (problem: StorageProblem | undefined) => void;
}

/** After a power cut controllers wait for the Leases of those who died: nobody has to wait with them. */
const WAKE_LIMIT_MS = 60_000;

export class Running {
  readonly pacer: Pacer;
  readonly views: Views;
  readonly classroom: Classroom;
  private readonly saver: Saver | undefined;
  private readonly stopped = new AbortController();
  private readonly flushes: (() => void)[] = [];
  private pace: Pace | undefined;
  /** The state's digest where the replay ended, when there was one. */
  replayed: string | undefined;

  private constructor(
    readonly cluster: Cluster,
    readonly recipe: Recipe,
    /** What happened and why, as far as it is remembered. */
    readonly traces: TraceStore,
    /** The latest requests. */
    readonly requests: RequestLog,
    /** Who asks whom, for the map. */
    readonly traffic: Traffic,
    learner: Learner,
    private readonly ledger: ChangeLog | undefined,
    kept: Kept | undefined,
  ) {
    this.saver = kept && saverOf(cluster, kept);
    this.pacer = new Pacer(cluster.loop, 1, turn, () => this.rested());
    this.views = new Views(cluster, Date.parse(recipe.options.start ?? BOOT_TIME), (act) => this.nudged(act));
    this.classroom = new Classroom(cluster, learner);
  }

  /**
   * Makes it and runs until it is ready, or replays its inputs to where they end, or starts it again from what is kept; from then on time
   * passes by itself.
   */
  static async open(
    recipe: Recipe,
    kept: Kept | undefined,
    failed: (error: unknown, running: Running) => void,
    onProgress?: (at: Millis) => void,
  ): Promise<Running> {
    const traces = new TraceStore();
    const requests = new RequestLog();
    const traffic = new Traffic();
    const learner = new Learner();
    const trace: Host['trace'] = (event) => {
      traces.take(event);
      requests.take(event);
      traffic.take(event);
      learner.see(event);
    };
    const host: Host = { settle, load: loadAsset, trace };
    const ledger = kept && new ChangeLog();
    const cluster = await bring(host, recipe, kept, ledger, onProgress);
    const running = new Running(cluster, recipe, traces, requests, traffic, learner, ledger, kept);
    return running.started(kept, failed);
  }

  private started(kept: Kept | undefined, failed: (error: unknown, running: Running) => void): Running {
    const { cluster, pacer, recipe } = this;
    if (recipe.journal && !kept?.texts.size) this.replayed = cluster.digest();
    const pace = kept && (new Saved(kept.texts).section('host').get('pace') as Pace | undefined);
    if (pace) pacer.speed = pace.speed;
    if (pace?.paused ?? recipe.paused) pacer.pause();
    else if (!cluster.awake) {
      pacer.runUntil(cluster.loop.now() + WAKE_LIMIT_MS, () => cluster.awake).catch(() => undefined);
    }
    this.pace = pace;
    pacer.run(this.stopped.signal).catch((error) => failed(error, this));
    return this;
  }

  /** Terminals in the journal that the cluster was made with. */
  get shellsReplayed(): number {
    return this.recipe.journal?.filter(({ input }) => input.type === 'terminal.open').length ?? 0;
  }

  /** Puts on the disk what is not there yet. */
  flush(): Promise<void> {
    const { saver } = this;
    if (!saver) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.flushes.push(() => {
        saver.flush().then(resolve, reject);
      });
      this.pacer.nudge();
    });
  }

  /** Writes what is to be written; then nothing happens here any more. */
  async close(): Promise<void> {
    await this.flush();
    this.abandon();
  }

  /** Nothing happens here any more, and nothing is written: what is on the disk is from before something went wrong. */
  abandon(): void {
    this.saver?.close();
    this.stopped.abort();
  }

  private rested(): void {
    const { saver, pacer } = this;
    if (!saver) return;
    const { speed, paused } = pacer.state;
    if (this.pace?.speed !== speed || this.pace.paused !== paused) {
      const pace: Pace = { speed, paused };
      this.pace = pace;
      this.ledger?.section('host').put('pace', () => pace);
    }
    for (const flush of this.flushes.splice(0)) flush();
    saver.rested();
  }

  /** What explanations are made from. */
  get sources(): Sources {
    const { memory, history, loop } = this.cluster;
    return { traces: this.traces, requests: this.requests, memory, history, now: loop.now() };
  }

  /** At full speed up to an instant, or until the cluster has settled. */
  async runUntil(goal: RunGoal): Promise<RunOutcome> {
    const { cluster, pacer } = this;
    const { loop } = cluster;
    const asked = loop.now();
    const before = cluster.changedAt;
    const limit = ('withinMs' in goal ? goal.withinMs : undefined) ?? SETTLE_LIMIT_MS;
    const time = typeof goal.until === 'number' ? goal.until : asked + limit;
    const held = await pacer.runUntil(time, () => {
      if (goal.until === 'change') return cluster.changedAt !== before;
      return goal.until === 'settled' && loop.now() - Math.max(asked, cluster.changedAt) >= SETTLED_MS;
    });
    return { reached: typeof goal.until === 'number' ? loop.now() >= time : held, now: loop.now() };
  }

  /** What opens this cluster elsewhere as it is at the end of the present instant. */
  async captured(): Promise<Captured> {
    const { options } = this.recipe;
    const { journal, until, digest } = await this.nudged((cluster) => cluster.capture());
    return { build: BUILD, recipe: { options, journal, until, paused: this.pacer.state.paused }, digest };
  }

  /** An input goes in, and the pacer looks at once. */
  nudged<T>(act: (cluster: Cluster) => Promise<T>): Promise<T> {
    const outcome = act(this.cluster);
    this.pacer.nudge();
    return outcome;
  }
}

async function bring(
  host: Host,
  { options, journal = [], until = journal.at(-1)?.at }: Recipe,
  kept: Kept | undefined,
  ledger: ChangeLog | undefined,
  onProgress: ((at: Millis) => void) | undefined,
): Promise<Cluster> {
  const saved = kept && kept.texts.size > 0 ? { saved: new Saved(kept.texts) } : {};
  if (until !== undefined && !saved.saved)
    return resume(host, { options, journal, until }, onProgress ? { onProgress } : {}, ledger);
  const cluster = await createCluster(host, options, { ...(ledger && { ledger }), ...saved });
  await cluster.loop.runUntil(cluster.loop.now() + BOOT_LIMIT_MS, () => cluster.ready);
  return cluster;
}

const saverOf = (cluster: Cluster, { store, onProblem }: Kept): Saver =>
  new Saver({
    store,
    changes: () => cluster.changes(),
    onProblem,
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
