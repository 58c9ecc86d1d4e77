/** Runs one Pod of a DaemonSet on every Node that fits. @upstream pkg/controller/daemon/daemon_controller.go */
import {
  type ControllerRevision,
  controllerRevisions,
  type DaemonSet,
  type DaemonSetStatus,
  daemonSets,
  type Node,
  nodes,
  type Pod,
  type PodTemplateSpec,
  pods,
} from '#engine/api';
import { isNotFound, labelSelectorAsMatcher, matchesLabels, objectKey, semanticEqual } from '#engine/apimachinery';
import {
  type Client,
  type Controller,
  type EventRecorder,
  Expectations,
  isPanic,
  type Lister,
  type Result,
  startController,
  watch,
  watchWith,
} from '#engine/client-go';
import type { Millis, World } from '#engine/sim';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { createPodControl, isNamespaceTerminating, type PodControl, slowStart } from '../pod-control.ts';
import { isPodTerminal } from '../pod-status.ts';
import { CONTROLLER_INDEX, claimObjects, controllerIndex, orphansOf } from '../ref-manager.ts';
import { decided } from '../traces.ts';
import { nodeHandlers, podHandlers } from './handlers.ts';
import { cleanUpHistory, constructHistory } from './history.ts';
import { daemonTolerations, pinToNode, targetNode } from './placement.ts';
import {
  type DaemonPlan,
  GENERATION_LABEL,
  HASH_LABEL,
  type Look,
  type PodsByNode,
  planPlacement,
  planRollingUpdate,
  templateGeneration,
} from './plan.ts';
import { calculateStatus } from './status.ts';

const BURST_REPLICAS = 250;
const BACKOFF_START_MS = 1_000;
const BACKOFF_LIMIT_MS = 900_000;
/** From here on back-offs that are over are forgotten. */
const BACKOFF_ENTRIES = 1_000;

/** @fidelity full */
export function startDaemonSetController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('daemon-set-controller');
  const recorder = recorderFor(context, client, 'daemonset-controller');
  const list = informers.informer(daemonSets).lister;
  const expectations = new Expectations(world.clock);
  let queue: Controller['queue'] | undefined;
  const later = (key: string, ms: Millis) => queue?.addAfter(key, ms);
  const sync = new DaemonSetSync(context, client, recorder, expectations, later);
  const watches = [
    watch(daemonSets, (daemonSet) => [objectKey(daemonSet)]),
    watchWith(controllerRevisions, () => ({})),
    watchWith(nodes, (handlers) => nodeHandlers(handlers, list)),
    watchWith(pods, (handlers) => podHandlers(handlers, list, expectations)),
  ];
  const reconcile = (key: string) => sync.run(key, list.get(key));
  const spec = { name: 'daemonset', workers: 2, watches, settleMs: SETTLE_MS, reconcile };
  queue = startController(world, informers, spec, signal).queue;
}

class DaemonSetSync {
  private readonly pods: Lister<Pod>;
  private readonly nodes: Lister<Node>;
  private readonly revisions: Lister<ControllerRevision>;
  private readonly podControl: PodControl;
  private readonly backoffs = new Map<string, { readonly ms: Millis; readonly at: Millis }>();

  constructor(
    private readonly context: ControllerContext,
    private readonly client: Client,
    private readonly recorder: EventRecorder,
    private readonly expectations: Expectations,
    private readonly later: (key: string, ms: Millis) => void,
  ) {
    const { informers } = context;
    const indexers = { [CONTROLLER_INDEX]: controllerIndex };
    this.pods = informers.informer(pods, { indexers }).lister;
    this.nodes = informers.informer(nodes).lister;
    this.revisions = informers.informer(controllerRevisions, { indexers }).lister;
    this.podControl = createPodControl(client, recorder);
  }

  async run(key: string, daemonSet: DaemonSet | undefined): Promise<Result | undefined> {
    if (!daemonSet) {
      this.expectations.forget(key);
      return undefined;
    }
    const matcher = labelSelectorAsMatcher(daemonSet.spec.selector);
    if (!matcher.nothing && matcher.requirements.length === 0) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.recorder.event(daemonSet, 'Warning', 'SelectingAll', message);
      return undefined;
    }
    if (daemonSet.metadata.deletionTimestamp !== undefined) return undefined;
    const history = await constructHistory(this.client, daemonSet, await this.claimRevisions(daemonSet));
    const hash = history.current.metadata.labels?.[HASH_LABEL] ?? '';
    const look = (): Look => ({ daemonSet, hash, now: this.context.world.clock.now() });
    if (!this.expectations.satisfied(key)) {
      return this.updateStatus(look(), await this.podsByNode(daemonSet), false);
    }
    const failure = await this.manage(key, look());
    if (failure === undefined) await cleanUpHistory(this.client, daemonSet, history.old, this.podsOf(daemonSet));
    const result = await this.updateStatus(look(), await this.podsByNode(daemonSet), true);
    if (failure !== undefined) throw failure;
    return result;
  }

  private podsOf({ metadata }: DaemonSet): readonly Pod[] {
    return this.pods.byIndex(CONTROLLER_INDEX, metadata.uid ?? '');
  }

  private claimRevisions(daemonSet: DaemonSet): Promise<readonly ControllerRevision[]> {
    const { uid = '', namespace = '' } = daemonSet.metadata;
    const matcher = labelSelectorAsMatcher(daemonSet.spec.selector);
    const candidates = [
      ...this.revisions.byIndex(CONTROLLER_INDEX, uid),
      ...this.revisions.byIndex(CONTROLLER_INDEX, orphansOf(namespace)),
    ];
    const matches = ({ metadata }: ControllerRevision) => matchesLabels(matcher, metadata.labels);
    return claimObjects(this.client, daemonSets, daemonSet, controllerRevisions, candidates, matches);
  }

  private async podsByNode(daemonSet: DaemonSet): Promise<PodsByNode> {
    const orphans = this.pods.byIndex(CONTROLLER_INDEX, orphansOf(daemonSet.metadata.namespace ?? ''));
    const matcher = labelSelectorAsMatcher(daemonSet.spec.selector);
    const matches = (pod: Pod) => matchesLabels(matcher, pod.metadata.labels);
    const candidates = [...this.podsOf(daemonSet), ...orphans];
    const claimed = await claimObjects(this.client, daemonSets, daemonSet, pods, candidates, matches);
    const byNode = new Map<string, Pod[]>();
    for (const pod of claimed) {
      if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
      const node = targetNode(pod);
      if (node === undefined) continue;
      const here = byNode.get(node);
      if (here) here.push(pod);
      else byNode.set(node, [pod]);
    }
    return byNode;
  }

  /** Resolves with what went wrong. */
  private async manage(key: string, look: Look): Promise<unknown> {
    const { daemonSet } = look;
    const finished = { mayReplace: (pod: Pod, node: string) => this.mayReplace(key, daemonSet, pod, node) };
    const plan = planPlacement(look, this.nodes.list(), await this.podsByNode(daemonSet), finished);
    const failure = await this.perform(key, look, plan);
    if (failure !== undefined || !this.expectations.satisfied(key)) return failure;
    if (daemonSet.spec.updateStrategy?.type === 'OnDelete') return undefined;
    return this.perform(key, look, planRollingUpdate(look, this.nodes.list(), await this.podsByNode(daemonSet)));
  }

  /** Replacing finished Pods backs off per Node: a kubelet that rejects them would be fought for ever. */
  private mayReplace(key: string, daemonSet: DaemonSet, pod: Pod, node: string): boolean {
    const now = this.context.world.clock.now();
    const backoffKey = `${daemonSet.metadata.uid}/${daemonSet.metadata.generation}/${node}`;
    const last = this.backoffs.get(backoffKey);
    if (last && now - last.at < last.ms) {
      this.later(key, last.ms);
      return false;
    }
    if (this.backoffs.size > BACKOFF_ENTRIES) {
      for (const [old, { at }] of this.backoffs) if (now - at > 2 * BACKOFF_LIMIT_MS) this.backoffs.delete(old);
    }
    const idle = !last || now - last.at > 2 * BACKOFF_LIMIT_MS;
    this.backoffs.set(backoffKey, { at: now, ms: idle ? BACKOFF_START_MS : Math.min(last.ms * 2, BACKOFF_LIMIT_MS) });
    const { namespace, name } = pod.metadata;
    const failed = pod.status.phase === 'Failed';
    const text = `Found ${failed ? 'failed' : 'succeeded'} daemon pod ${namespace}/${name} on node ${node}, will try to ${failed ? 'kill' : 'delete'} it`;
    if (failed) this.recorder.event(daemonSet, 'Warning', 'FailedDaemonPod', text);
    else this.recorder.event(daemonSet, 'Normal', 'SucceededDaemonPod', text);
    return true;
  }

  private async perform(key: string, look: Look, plan: DaemonPlan): Promise<unknown> {
    const create = plan.create.slice(0, BURST_REPLICAS);
    const remove = plan.remove.slice(0, BURST_REPLICAS);
    if (create.length === 0 && remove.length === 0) return undefined;
    tell(this.context.world, look.daemonSet, create, remove);
    this.expectations.expect(
      key,
      create.length,
      remove.map(({ metadata }) => metadata.uid ?? ''),
    );
    const template = daemonTemplate(look);
    const { successes, error } = await slowStart(create.length, async (index) => {
      try {
        await this.podControl.create(look.daemonSet, pinned(template, create[index] ?? ''));
      } catch (failure) {
        if (!isNamespaceTerminating(failure)) throw failure;
      }
    });
    if (successes < create.length) this.expectations.creationObserved(key, create.length - successes);
    const failures = await Promise.all(remove.map((pod) => this.deletePod(key, look.daemonSet, pod)));
    return error ?? failures.find((failure) => failure !== undefined);
  }

  private async deletePod(key: string, daemonSet: DaemonSet, pod: Pod): Promise<unknown> {
    try {
      await this.podControl.delete(daemonSet, pod);
      return undefined;
    } catch (error) {
      if (isPanic(error)) throw error;
      this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
      return isNotFound(error) ? undefined : error;
    }
  }

  private async updateStatus(look: Look, byNode: PodsByNode, observed: boolean): Promise<Result | undefined> {
    const { daemonSet } = look;
    const status = calculateStatus(look, this.nodes.list(), byNode, observed);
    if (!semanticEqual(daemonSet.status, status)) await this.writeStatus(daemonSet, status);
    const { minReadySeconds = 0 } = daemonSet.spec;
    const waiting = minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0);
    return waiting ? { requeueAfterMs: minReadySeconds * 1000 } : undefined;
  }

  /** Tries twice, as upstream: once with what the cache has, once with a fresh read. */
  private async writeStatus(daemonSet: DaemonSet, status: DaemonSetStatus): Promise<void> {
    try {
      await this.client.updateStatus(daemonSets, { ...daemonSet, status });
    } catch (error) {
      if (isPanic(error)) throw error;
      const { namespace, name } = daemonSet.metadata;
      const fresh = await this.client.get(daemonSets, { namespace, name });
      await this.client.updateStatus(daemonSets, { ...fresh, status });
    }
  }
}

/** The template with the daemon's tolerations and the labels of its revision. */
function daemonTemplate({ daemonSet, hash }: Look): PodTemplateSpec {
  const { template } = daemonSet.spec;
  const generation = templateGeneration(daemonSet);
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
        [HASH_LABEL]: hash,
      },
    },
    ...(template.spec && { spec: { ...template.spec, tolerations: daemonTolerations(template.spec) } }),
  };
}

const pinned = (template: PodTemplateSpec, node: string): PodTemplateSpec =>
  template.spec
    ? { ...template, spec: { ...template.spec, affinity: pinToNode(template.spec.affinity, node) } }
    : template;

function tell(world: World, { metadata }: DaemonSet, create: readonly string[], remove: readonly Pod[]): void {
  const { namespace, name } = metadata;
  const said = { controller: 'daemonset', about: { namespace, name } } as const;
  if (create.length > 0) decided(world, { ...said, did: 'create', nodes: create });
  if (remove.length > 0) decided(world, { ...said, did: 'delete', pods: remove.map((pod) => pod.metadata.name) });
}
