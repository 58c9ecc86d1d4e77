/** Whom a trace event is about: the keys it is found under. */
import { resourcesServed } from '#engine/api';
import type { CycleExplanation, Decision, Fault, KubeletTraces, RequestTrace } from '#engine/cluster';
import type { TraceEvent } from '#engine/sim';

/** `pods/default/web-x`; an object without a namespace has an empty one. */
export const subjectKey = (plural: string, namespace: string | undefined, name: string): string =>
  `${plural}/${namespace ?? ''}/${name}`;

/** The command line that a run of kubectl was started with. */
export const sessionKey = (session: string): string => `session/${session}`;

/** Everything that was broken or mended on purpose. */
const FAULTS = 'faults';

const NOBODY: readonly string[] = [];

/** Resources whose writes explain nothing, and are many. */
const DULL = new Set(['events', 'leases', 'tokenreviews', 'subjectaccessreviews', 'selfsubjectaccessreviews']);
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

function ofRequest({ verb, resource, namespace, name, code, dryRun }: RequestTrace): readonly string[] {
  if (resource === undefined || name === undefined || dryRun) return NOBODY;
  if (!WRITES.has(verb)) return NOBODY;
  const slash = resource.indexOf('/');
  const plural = slash < 0 ? resource : resource.slice(0, slash);
  if (DULL.has(plural) || code === 404) return NOBODY;
  return [subjectKey(plural, namespace, name)];
}

const PLURAL_OF = {
  deployment: 'deployments',
  replicaset: 'replicasets',
  replicationcontroller: 'replicationcontrollers',
  daemonset: 'daemonsets',
  statefulset: 'statefulsets',
  job: 'jobs',
  cronjob: 'cronjobs',
  nodelifecycle: 'nodes',
  tainteviction: 'pods',
  podgc: 'pods',
} as const;

function ofDecision(decision: Decision): readonly string[] {
  const { namespace, name } = decision.about;
  if (decision.controller === 'garbagecollector') {
    const resource = resourcesServed.find(({ kind }) => kind === decision.about.kind);
    return resource ? [subjectKey(resource.plural, namespace, name)] : NOBODY;
  }
  const own = subjectKey(PLURAL_OF[decision.controller], namespace, name);
  if (decision.controller === 'cronjob')
    return decision.job ? [own, subjectKey('jobs', namespace, decision.job)] : [own];
  if (decision.controller === 'deployment') return [own, subjectKey('replicasets', namespace, decision.replicaSet)];
  const pods =
    decision.controller === 'statefulset' ? [decision.pod] : 'pods' in decision ? (decision.pods ?? NOBODY) : NOBODY;
  return pods.length === 0 ? [own] : [own, ...pods.map((pod) => subjectKey('pods', namespace, pod))];
}

function ofFault(fault: Fault): readonly string[] {
  if ('node' in fault) return [FAULTS, subjectKey('nodes', '', fault.node)];
  if (fault.do === 'container.kill') return [FAULTS, subjectKey('pods', fault.namespace, fault.pod)];
  return [FAULTS];
}

const ofPod = ({ namespace, pod }: KubeletTraces['kubelet.kill']): readonly string[] => [
  subjectKey('pods', namespace, pod),
];

type Read = (detail: never) => readonly string[];

const SUBJECTS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['apiserver.request', ofRequest],
  ['controller.decision', ofDecision],
  ['scheduler.cycle', ({ facts }: CycleExplanation) => [`pods/${facts.pod}`]],
  ['kubectl.command', ({ session }: { readonly session: string }) => [sessionKey(session)]],
  ['fault', ofFault],
  ['kubelet.pull', ofPod],
  ['kubelet.pulled', ofPod],
  ['kubelet.pull-failed', ofPod],
  ['kubelet.probe', ofPod],
  ['kubelet.back-off', ofPod],
  ['kubelet.kill', ofPod],
  ['kubelet.evict', ofPod],
  ['cri.started', ofPod],
  ['cri.exited', ofPod],
]);

/** Keys of an event; none when it explains nothing. */
export function subjectsOf(event: TraceEvent): readonly string[] {
  const read = SUBJECTS.get(event.type);
  return read ? read(event.detail as never) : NOBODY;
}

/** How much an event holds on to, in units of a plain one. */
export function weightOf(event: TraceEvent): number {
  if (event.type === 'apiserver.request') return 2 + (event.detail as RequestTrace).walk.steps.length / 4;
  if (event.type !== 'scheduler.cycle') return 1;
  const { feasible, scores, refused } = (event.detail as CycleExplanation).facts;
  return 1 + (feasible.length * (1 + (scores?.plugins.length ?? 0) * 2) + refused.size) / 16;
}
