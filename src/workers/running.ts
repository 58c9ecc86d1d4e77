/** One cluster that lives in this worker: made or resumed, kept in step with the wall clock. */
import { BOOT_TIME, type Cluster, createCluster, resume } from '#engine/cluster';
import type { Host, Millis } from '#engine/sim';
import { loadAsset } from './assets.ts';
import { BUILD } from './build.ts';
import { Classroom, Learner } from './classroom.ts';
import { Pacer } from './pacer.ts';
import type { Captured, Recipe, RunGoal, RunOutcome } from './protocol.ts';
import { createSettle } from './settle.ts';
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

export class Running {
  readonly pacer: Pacer;
  readonly views: Views;
  readonly classroom: Classroom;
  /** The state's digest where the replay ended, when there was one. */
  replayed: string | undefined;

  private constructor(
    readonly cluster: Cluster,
    readonly recipe: Recipe,
    /** What happened and why, as far as it is remembered. */
    readonly traces: TraceStore,
    /** Who asks whom, for the map. */
    readonly traffic: Traffic,
    learner: Learner,
  ) {
    this.pacer = new Pacer(cluster.loop, 1, turn);
    this.views = new Views(cluster, Date.parse(recipe.options.start ?? BOOT_TIME), (act) => this.nudged(act));
    this.classroom = new Classroom(cluster, learner);
  }

  /** Boots it and runs until it is ready, or replays its inputs to where they end; from then on time passes by itself. */
  static async boot(
    recipe: Recipe,
    failed: (error: unknown) => void,
    onProgress?: (at: Millis) => void,
  ): Promise<Running> {
    const { options, journal = [], until = journal.at(-1)?.at } = recipe;
    const traces = new TraceStore();
    const traffic = new Traffic();
    const learner = new Learner();
    const trace: Host['trace'] = (event) => {
      traces.take(event);
      traffic.take(event);
      learner.see(event);
    };
    const host: Host = { settle, load: loadAsset, trace };
    if (until === undefined) {
      const cluster = await createCluster(host, options);
      await cluster.loop.runUntil(cluster.loop.now() + BOOT_LIMIT_MS, () => cluster.ready);
      return new Running(cluster, recipe, traces, traffic, learner).started(failed);
    }
    const cluster = await resume(host, { options, journal, until }, onProgress ? { onProgress } : {});
    const running = new Running(cluster, recipe, traces, traffic, learner);
    running.replayed = cluster.digest();
    return running.started(failed);
  }

  private started(failed: (error: unknown) => void): Running {
    if (this.recipe.paused) this.pacer.pause();
    this.pacer.run(new AbortController().signal).catch(failed);
    return this;
  }

  /** What explanations are made from. */
  get sources(): Sources {
    const { memory, history, loop } = this.cluster;
    return { traces: this.traces, memory, history, now: loop.now() };
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
