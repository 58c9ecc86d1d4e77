/** A Pod tried on every Node with the real plugins, outside of any cluster: nothing is bound, nothing remembered. */
import type { Namespace, Node, Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '#engine/api';
import { type KubeObject, objectKey } from '#engine/apimachinery';
import type { Lister } from '#engine/client-go';
import { clusterView } from './cluster-view.ts';
import { SchedulerCache } from './framework/cache.ts';
import { CycleState } from './framework/cycle-state.ts';
import { Framework, SchedulingError } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import { Nominator } from './framework/nominator.ts';
import type { ClusterView, PluginHandle } from './framework/plugin.ts';
import { type PodInfo, podInfoOf } from './framework/pod-info.ts';
import { resolveProfile } from './framework/profile.ts';
import type { Verdict } from './framework/verdict.ts';
import { listedVolumes, type VolumeLists } from './framework/volume-view.ts';
import { createRegistry } from './plugins/registry.ts';

/** The cluster as plain lists, at one instant. */
export interface ClusterState {
  readonly nodes: readonly Node[];
  /** All Pods; finished ones and those on no Node do not count. */
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly services: readonly Service[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly statefulSets: readonly StatefulSet[];
  readonly replicationControllers: readonly ReplicationController[];
  /** Claims, volumes and what else Pods with volumes depend on. */
  readonly volumes?: VolumeLists;
}

/** One Node's answers. */
export interface NodeVerdict {
  readonly node: string;
  /** Of every plugin that refuses, in the order they run; none: the Pod fits. */
  readonly refusals: readonly Verdict[];
}

/** What all plugins say of a Pod. */
export interface Evaluation {
  /** Filter plugins in the order they run. */
  readonly plugins: readonly string[];
  /** PreEnqueue holds it back: it is not even tried. */
  readonly gate?: Verdict | undefined;
  /** PreFilter refuses it everywhere. */
  readonly preFilter?: Verdict | undefined;
  readonly nodes: readonly NodeVerdict[];
}

/** Tries Pods on one state of a cluster. */
export interface Evaluator {
  readonly state: ClusterState;
  /**
   * @param names the Nodes to try; all by default
   * @param instead a Node to be thought of in place of the one with its name, or as one more
   */
  evaluate(pod: Pod, names?: readonly string[], instead?: Node): Evaluation;
  node(name: string): NodeInfo | undefined;
}

const isLive = ({ spec, status }: Pod): boolean =>
  spec.nodeName !== undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';

function listerOf<T extends KubeObject>(objects: readonly T[]): Pick<Lister<T>, 'get'> {
  const byKey = new Map(objects.map((object) => [objectKey(object), object]));
  return { get: (key) => byKey.get(key) };
}

function viewOf(state: ClusterState): ClusterView {
  const namespaces = new Map(state.namespaces.map((namespace) => [namespace.metadata.name, namespace]));
  return clusterView(
    { get: (key) => namespaces.get(key) },
    {
      list: (namespace) => state.services.filter(({ metadata }) => !namespace || metadata.namespace === namespace),
    },
    {
      replicaSets: listerOf(state.replicaSets),
      statefulSets: listerOf(state.statefulSets),
      replicationControllers: listerOf(state.replicationControllers),
    },
    listedVolumes(state.volumes ?? {}),
  );
}

/** A scheduler's insides without its queue and its hands. @upstream pkg/scheduler/schedule_one.go findNodesThatFitPod */
export function createEvaluator(state: ClusterState): Evaluator {
  const cache = new SchedulerCache();
  for (const node of state.nodes) cache.addNode(node);
  for (const pod of state.pods) if (isLive(pod)) cache.addPod(pod);
  const idle = () => undefined;
  const handle: PluginHandle = {
    snapshot: cache,
    cluster: viewOf(state),
    runner: {
      filterWithNominatedPods: (cycle, pod, node) => framework.filterWithNominatedPods(cycle, pod, node),
      addPod: (cycle, toSchedule, pod, node) => framework.addPod(cycle, toSchedule, pod, node),
      removePod: (cycle, toSchedule, pod, node) => framework.removePod(cycle, toSchedule, pod, node),
    },
    now: () => 0,
    random: () => 0,
    chooseCandidate: (nodes) => nodes[0] as string,
    preempt: idle,
    isPreempting: () => false,
    explainPreemption: idle,
    allowWaiting: idle,
    rejectWaiting: idle,
    bind: () => Promise.resolve(undefined),
    bindVolumes: () => Promise.resolve(undefined),
  };
  const framework: Framework = new Framework(resolveProfile({}, createRegistry(handle)), new Nominator());
  return {
    state,
    node: (name) => cache.get(name),
    evaluate(pod, names, instead) {
      const before = instead && cache.get(instead.metadata.name)?.node;
      if (instead) cache.updateNode(instead);
      const chosen = names && new Set(names);
      const nodes = chosen ? cache.nodes.filter(({ name }) => chosen.has(name)) : cache.nodes;
      const evaluation = judge(framework, podInfoOf(pod), cache.nodes, nodes);
      if (before) cache.updateNode(before);
      else if (instead) cache.removeNode(instead);
      return evaluation;
    },
  };
}

function judge(framework: Framework, pod: PodInfo, all: readonly NodeInfo[], nodes: readonly NodeInfo[]): Evaluation {
  const plugins = framework.profile.points.filter.map(({ name }) => name);
  const gate = framework.preEnqueue(pod);
  const cycle = new CycleState();
  try {
    const { verdict, nodeNames, narrowedBy } = framework.preFilter(cycle, pod, all);
    const outside: Verdict = {
      code: 'UnschedulableAndUnresolvable',
      reasons: ["node(s) didn't satisfy plugin(s)"],
      plugin: narrowedBy[0] ?? '',
    };
    return {
      plugins,
      gate,
      preFilter: verdict,
      nodes: nodes.map((node) => ({
        node: node.name,
        refusals: [
          ...(verdict ? [verdict] : []),
          ...(nodeNames && !nodeNames.has(node.name) ? [outside] : []),
          ...(verdict ? [] : framework.refusals(cycle, pod, node)),
        ],
      })),
    };
  } catch (error) {
    if (!(error instanceof SchedulingError)) throw error;
    const failed: Verdict = { code: 'Error', reasons: [error.message] };
    return { plugins, gate, preFilter: failed, nodes: nodes.map(({ name }) => ({ node: name, refusals: [failed] })) };
  }
}
