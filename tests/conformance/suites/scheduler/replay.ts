/** Runs a scenario through our scheduler, whose effects on the cluster are done at once. */
import type { Namespace, PersistentVolumeClaim, Pod, PodDisruptionBudget, ReplicaSet, Service } from '#engine/api';
import {
  controllerOf,
  type KubeObject,
  labelSelectorAsMatcher,
  labelsAsMatcher,
  matchesLabels,
  objectKey,
} from '#engine/apimachinery';
import {
  type CycleExplanation,
  listedVolumes,
  Scheduler,
  type SchedulerEffects,
  type VolumeView,
} from '#engine/control-plane/scheduler';
import { createRng, Loop } from '#engine/sim';
import { firstCycleDifference } from './compare-cycle.ts';
import { defaultedNode, defaultedPod } from './defaulting.ts';
import type { Scenario } from './scenario.ts';

const START = Date.UTC(2026, 0, 2);
/** More cycles than any scenario has: a replay that goes on for ever is wrong. */
const MAX_CYCLES = 200;

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function nominatedTo(pod: Pod, nominatedNodeName: string): Pod {
  const { nominatedNodeName: _, ...status } = pod.status;
  return { ...pod, status: { ...status, ...(nominatedNodeName !== '' && { nominatedNodeName }) } };
}

export interface ObservedCycle {
  readonly explanation: CycleExplanation;
  readonly reason: string | undefined;
  readonly deletedPods: string[];
}

class Replay {
  readonly cycles: ObservedCycle[] = [];
  private readonly pods = new Map<string, Pod>();
  private failure: unknown;
  private readonly scheduler: Scheduler;

  constructor(private readonly scenario: Scenario) {
    const loop = new Loop({ settle: settled, trace: () => undefined }, START);
    const world = {
      clock: loop,
      rng: createRng(1),
      trace: { emit: (type: string, detail: unknown) => this.observe(type, detail) },
    };
    this.scheduler = new Scheduler(world, {
      ...(scenario.profile !== 'default' && { config: scenario.profile }),
      cluster: this.clusterView(),
      effects: this.effects(),
      currentPod: (key) => this.pods.get(key),
      onChange: () => undefined,
      onPanic: (error) => {
        this.failure ??= error;
      },
      chooseHost: (tied) => tied.reduce((first, node) => (node.name < first.name ? node : first)),
      chooseCandidate: (nodes) => this.recordedChoice(nodes),
    });
  }

  /** Ties of preemption were broken at random in the recording: the choice is an input, not a result. */
  private recordedChoice(nodes: readonly string[]): string {
    const wanted = this.scenario.result[this.cycles.length]?.preemption?.nominatedNode;
    return wanted !== undefined && nodes.includes(wanted) ? wanted : (nodes[0] as string);
  }

  private observe(type: string, detail: unknown): void {
    if (type === 'scheduler.cycle')
      this.cycles.push({ explanation: detail as CycleExplanation, reason: undefined, deletedPods: [] });
  }

  private objects<T>(kind: string): readonly T[] {
    return this.scenario.existing.filter((object) => object.kind === kind) as unknown as readonly T[];
  }

  private clusterView(): ConstructorParameters<typeof Scheduler>[1]['cluster'] {
    const inNamespace = (object: { readonly metadata: { readonly namespace?: string } }, pod: Pod) =>
      (object.metadata.namespace ?? 'default') === pod.metadata.namespace;
    return {
      namespaceLabels: (name) => ({
        'kubernetes.io/metadata.name': name,
        ...this.objects<Namespace>('Namespace').find((object) => object.metadata.name === name)?.metadata.labels,
      }),
      spreadSelectors: (pod) => {
        const services = this.objects<Service>('Service')
          .filter((service) => inNamespace(service, pod) && service.spec.selector)
          .map((service) => labelsAsMatcher(service.spec.selector))
          .filter((matcher) => matchesLabels(matcher, pod.metadata.labels));
        const owner = controllerOf(pod);
        const sets = owner?.kind === 'ReplicaSet' ? this.objects<ReplicaSet>('ReplicaSet') : [];
        const owning = sets.filter((set) => set.metadata.name === owner?.name && inNamespace(set, pod));
        return [...services, ...owning.map((set) => labelSelectorAsMatcher(set.spec.selector))];
      },
      podDisruptionBudgets: () =>
        this.objects<PodDisruptionBudget>('PodDisruptionBudget').map((budget) => ({
          ...budget,
          metadata: { ...budget.metadata, namespace: budget.metadata.namespace ?? 'default' },
        })),
      volumes: this.volumeView(),
    };
  }

  private volumeView(): VolumeView {
    const inDefault = <T extends KubeObject>(object: T): T =>
      object.metadata.namespace ? object : { ...object, metadata: { ...object.metadata, namespace: 'default' } };
    // A claim that names its volume counts as bound.
    const bound = (claim: PersistentVolumeClaim): PersistentVolumeClaim =>
      claim.spec?.volumeName
        ? { ...claim, metadata: { ...claim.metadata, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } }
        : claim;
    return listedVolumes({
      claims: this.objects<PersistentVolumeClaim>('PersistentVolumeClaim').map(inDefault).map(bound),
      volumes: this.objects('PersistentVolume'),
      storageClasses: this.objects('StorageClass'),
      csiNodes: this.objects('CSINode'),
      csiDrivers: this.objects('CSIDriver'),
      capacities: this.objects('CSIStorageCapacity'),
    });
  }

  private change(pod: Pod): void {
    const key = objectKey(pod);
    const previous = this.pods.get(key);
    this.pods.set(key, pod);
    if (previous) this.scheduler.podUpdated(previous, pod);
    else this.scheduler.podAdded(pod);
  }

  private effects(): SchedulerEffects {
    return {
      // The recorder's API took bindings without changing the Pod: nobody saw it assigned, it stayed assumed.
      bind: () => Promise.resolve(undefined),
      // The recorder stood in for the binder and for provisioners: all was bound at once.
      bindVolumes: () => Promise.resolve(undefined),
      scheduled: () => undefined,
      failed: (pod, failure) => {
        const cycle = this.cycles.at(-1);
        if (cycle) this.cycles[this.cycles.length - 1] = { ...cycle, reason: failure.reason };
        // The recorder's queue did not hear of these patches: a Pod kept the status it had when it came back to the queue.
        const nominated = failure.nomination?.nominatedNodeName ?? pod.status.nominatedNodeName ?? '';
        this.pods.set(objectKey(pod), nominatedTo(pod, nominated));
      },
      skipped: () => undefined,
      evict: async ({ pod }) => {
        await Promise.resolve();
        this.cycles.at(-1)?.deletedPods.push(pod.metadata.name);
        this.pods.delete(objectKey(pod));
        this.scheduler.podDeleted(pod);
        return true;
      },
      clearNomination: ({ pod }) => void this.pods.set(objectKey(pod), nominatedTo(pod, '')),
    };
  }

  async run(): Promise<void> {
    const { nodes, existing, pods } = this.scenario;
    // The recorder's informer listed Nodes by name.
    const byName = [...nodes].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    for (const node of byName) this.scheduler.nodeAdded(defaultedNode(node));
    for (const pod of this.objects<Pod>('Pod')) this.change(defaultedPod(pod, existing, 'Running'));
    for (const pod of pods) this.change(defaultedPod(pod, existing, 'Pending'));
    for (let i = 0; i < MAX_CYCLES && this.scheduler.scheduleOne(); i++) {
      await settled();
      if (this.failure !== undefined) throw this.failure;
    }
  }
}

/** The first difference to the recording, or undefined. */
export async function replay(scenario: Scenario): Promise<string | undefined> {
  const run = new Replay(scenario);
  try {
    await run.run();
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const order = run.cycles.map(({ explanation }) => explanation.facts.pod.split('/')[1] ?? '');
  for (const [index, recorded] of scenario.result.entries()) {
    const observed = run.cycles[index];
    const where = `cycle ${index} (${recorded.pod}, attempt ${recorded.attempt})`;
    if (!observed) return `${where}: never happened; order ${order.join()} instead of ${scenario.queueOrder.join()}`;
    const difference = firstCycleDifference(
      recorded,
      observed,
      scenario.nodes.map((node) => node.metadata.name),
    );
    if (difference) return `${where}: ${difference}`;
  }
  if (order.join() !== scenario.queueOrder.join())
    return `order ${order.join()} instead of ${scenario.queueOrder.join()}`;
  return undefined;
}
