/** The kube-scheduler process: informers in, one Pod after the other, bindings out. @upstream cmd/kube-scheduler/app/server.go */

import { namespaces, nodes, pods, replicaSets, replicationControllers, services, statefulSets } from '#engine/api';
import {
  type Client,
  createEventsV1Recorder,
  createInformerFactory,
  panic,
  runLeaderElection,
} from '#engine/client-go';
import { randomUuid, type World } from '#engine/sim';
import { ApiEffects } from './api-effects.ts';
import { clusterView } from './cluster-view.ts';
import type { KubeSchedulerConfiguration } from './framework/configuration.ts';
import type { ExplanationRing } from './framework/explanation.ts';
import { Scheduler } from './scheduler.ts';
import { tellOfVolumes, volumeView } from './volume-informers.ts';

export interface SchedulerOptions {
  /** Who leads, in the Lease: the host's name. */
  readonly identity: string;
  /** Several schedulers may run, one works. Default true. */
  readonly leaderElect?: boolean;
  readonly config?: KubeSchedulerConfiguration;
  /** Virtual milliseconds a scheduling cycle takes, so that watchers can see Pods wait. Default 1. */
  readonly cycleMs?: number;
  /** Where the latest explanations are kept; a fresh one by default. */
  readonly explanations?: ExplanationRing;
  /** `first` takes the alphabetically first of equally good Nodes, as the recordings do. Default `random`. */
  readonly chooseHost?: 'random' | 'first';
}

const LIVE_PODS = 'status.phase!=Succeeded,status.phase!=Failed';

/**
 * Runs until `signal` aborts. Losing leadership stops scheduling; the process then stands for election again, where
 * upstream would exit and be restarted.
 * @upstream cmd/kube-scheduler/app/server.go
 * @fidelity partial: no extenders, no DRA, no Pod groups
 */
export async function runScheduler(
  world: World,
  client: Client,
  options: SchedulerOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.leaderElect === false) {
    await schedule(world, client, options, signal);
    return;
  }
  const identity = `${options.identity}_${randomUuid(world.rng.fork('scheduler/identity'))}`;
  const lead = (leading: AbortSignal) => {
    schedule(world, client, options, leading).catch((error: unknown) => panic(world, error));
  };
  while (!signal.aborted)
    await runLeaderElection(
      world,
      client,
      { namespace: 'kube-system', name: 'kube-scheduler', identity },
      lead,
      signal,
    );
}

async function schedule(world: World, client: Client, options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  const onPanic = (error: unknown) => panic(world, error);
  const informers = createInformerFactory(world, client, signal);
  const podInformer = informers.informer(pods, { fieldSelector: LIVE_PODS });
  const nodeInformer = informers.informer(nodes);
  const owners = {
    replicaSets: informers.informer(replicaSets).lister,
    statefulSets: informers.informer(statefulSets).lister,
    replicationControllers: informers.informer(replicationControllers).lister,
  };
  const view = clusterView(
    informers.informer(namespaces).lister,
    informers.informer(services).lister,
    owners,
    volumeView(informers),
  );
  const recorder = createEventsV1Recorder(
    world,
    client,
    { controller: 'default-scheduler', instance: `default-scheduler-${options.identity}` },
    signal,
  );
  const driver = new Driver(world, options.cycleMs ?? 1, signal, onPanic);
  const scheduler = new Scheduler(world, {
    ...(options.config && { config: options.config }),
    cluster: view,
    effects: new ApiEffects(world, client, recorder, onPanic, signal),
    currentPod: (key) => podInformer.lister.get(key),
    onChange: () => driver.wake(),
    onPanic,
    ...(options.chooseHost === 'first' && {
      chooseHost: (tied) => tied.reduce((first, node) => (node.name < first.name ? node : first)),
      chooseCandidate: (names) => names[0] as string,
    }),
    explanations: options.explanations,
  });
  nodeInformer.addEventHandler({
    added: (node) => scheduler.nodeAdded(node),
    updated: (previous, node) => scheduler.nodeUpdated(previous, node),
    deleted: (node) => scheduler.nodeDeleted(node),
  });
  podInformer.addEventHandler({
    added: (pod) => scheduler.podAdded(pod),
    updated: (previous, pod) => scheduler.podUpdated(previous, pod),
    deleted: (pod) => scheduler.podDeleted(pod),
  });
  tellOfVolumes(informers, scheduler);
  await informers.synced();
  await driver.run(scheduler);
}

/** Pops Pods while there are any, one per `cycleMs`, and sleeps without a timer otherwise. */
class Driver {
  private running: Scheduler | undefined;
  private looping: Promise<void> | undefined;
  private flushAt: number | undefined;
  private cancelFlush: (() => void) | undefined;

  constructor(
    private readonly world: World,
    private readonly cycleMs: number,
    private readonly signal: AbortSignal,
    private readonly onPanic: (error: unknown) => void,
  ) {}

  /** Resolves when the signal aborts. */
  run(scheduler: Scheduler): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.cancelFlush?.();
        resolve();
      };
      if (this.signal.aborted) {
        end();
        return;
      }
      this.signal.addEventListener('abort', end, { once: true });
      this.running = scheduler;
      this.wake();
    });
  }

  wake(): void {
    if (!this.running || this.signal.aborted) return;
    this.looping ??= this.loop(this.running).catch(this.onPanic);
  }

  private async loop(scheduler: Scheduler): Promise<void> {
    const { clock } = this.world;
    try {
      // What else happens in this turn comes first.
      await Promise.resolve();
      while (!this.signal.aborted && scheduler.scheduleOne()) {
        if (this.cycleMs > 0) await clock.sleep(this.cycleMs, 'scheduling cycle', this.signal);
      }
    } finally {
      this.looping = undefined;
    }
    this.planFlush(scheduler);
  }

  /** Backoffs are looked at each second and the unschedulable Pods each half minute upstream; here only when one is due. */
  private planFlush(scheduler: Scheduler): void {
    const next = scheduler.queue.nextFlush;
    if (next === undefined || this.signal.aborted || this.flushAt === next) return;
    this.cancelFlush?.();
    const timer = this.world.clock.after(Math.max(next - this.world.clock.now(), 0), 'scheduling queue', () => {
      this.flushAt = undefined;
      scheduler.queue.flush();
      this.planFlush(scheduler);
    });
    this.flushAt = next;
    this.cancelFlush = () => timer.cancel();
  }
}
