/** One cluster that lives in this worker: made or resumed, kept in step with the wall clock. */
import { type Cluster, createCluster } from '#engine/cluster';
import { loadAsset } from './assets.ts';
import { Pacer } from './pacer.ts';
import type { Recipe, RunGoal, RunOutcome } from './protocol.ts';
import { createSettle } from './settle.ts';
import { TraceStore } from './traces/trace-store.ts';
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

  private constructor(
    readonly cluster: Cluster,
    readonly recipe: Recipe,
    /** What happened and why, as far as it is remembered. */
    readonly traces: TraceStore,
  ) {
    this.pacer = new Pacer(cluster.loop, 1, turn);
    this.views = new Views(cluster, (act) => this.nudged(act));
  }

  /** Boots it and runs until it is ready; from then on time passes by itself. */
  static async boot(recipe: Recipe, failed: (error: unknown) => void): Promise<Running> {
    const traces = new TraceStore();
    const cluster = await createCluster(
      { settle, load: loadAsset, trace: (event) => traces.take(event) },
      recipe.options,
    );
    await cluster.loop.runUntil(cluster.loop.now() + BOOT_LIMIT_MS, () => cluster.ready);
    const running = new Running(cluster, recipe, traces);
    running.pacer.run(new AbortController().signal).catch(failed);
    return running;
  }

  /** At full speed up to an instant, or until the cluster has settled. */
  async runUntil(goal: RunGoal): Promise<RunOutcome> {
    const { cluster, pacer } = this;
    const { loop } = cluster;
    const settled = goal.until === 'settled';
    const asked = loop.now();
    const time = goal.until === 'settled' ? asked + (goal.withinMs ?? SETTLE_LIMIT_MS) : goal.until;
    const held = await pacer.runUntil(
      time,
      () => settled && loop.now() - Math.max(asked, cluster.changedAt) >= SETTLED_MS,
    );
    return { reached: settled ? held : loop.now() >= time, now: loop.now() };
  }

  /** An input goes in, and the pacer looks at once. */
  nudged<T>(act: (cluster: Cluster) => Promise<T>): Promise<T> {
    const outcome = act(this.cluster);
    this.pacer.nudge();
    return outcome;
  }
}
