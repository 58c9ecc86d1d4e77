/** What the API server adds to the objects of a scenario before the scheduler sees them. */
import type {
  Container,
  Node,
  Pod,
  PodAffinityTerm,
  PodSpec,
  PriorityClass,
  ResourceRequirements,
  WeightedPodAffinityTerm,
} from '#engine/api';
import type { KubeObject, LabelSelector } from '#engine/apimachinery';
import type { Written } from './scenario.ts';

export function defaultedNode(node: Written<Node>): Node {
  const status = node.status ?? {};
  return {
    ...node,
    spec: node.spec ?? {},
    status: { ...status, ...(!status.allocatable && status.capacity && { allocatable: status.capacity }) },
  };
}

const withLimitsAsRequests = (resources: ResourceRequirements | undefined): ResourceRequirements =>
  resources?.limits ? { ...resources, requests: { ...resources.limits, ...resources.requests } } : (resources ?? {});

function defaultedContainer(container: Container, hostNetwork: boolean): Container {
  const ports = container.ports?.map((port) => ({
    ...port,
    protocol: port.protocol ?? 'TCP',
    ...(hostNetwork && { hostPort: port.hostPort ?? port.containerPort }),
  }));
  return { ...container, resources: withLimitsAsRequests(container.resources), ...(ports && { ports }) };
}

/** The create strategy writes the Pod's own values for matchLabelKeys and mismatchLabelKeys into the selector. */
function mergedSelector(
  selector: LabelSelector | undefined,
  labels: { readonly [key: string]: string },
  keys: { readonly matchLabelKeys?: readonly string[]; readonly mismatchLabelKeys?: readonly string[] },
): LabelSelector | undefined {
  const expressions = [
    ...(keys.matchLabelKeys ?? []).map((key) => ({ key, operator: 'In' })),
    ...(keys.mismatchLabelKeys ?? []).map((key) => ({ key, operator: 'NotIn' })),
  ].flatMap(({ key, operator }) =>
    labels[key] === undefined ? [] : [{ key, operator, values: [labels[key] as string] }],
  );
  if (!selector || expressions.length === 0) return selector;
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...expressions] };
}

function mergedAffinity(spec: PodSpec, labels: { readonly [key: string]: string }): Pick<PodSpec, 'affinity'> {
  if (!spec.affinity) return {};
  const term = (given: PodAffinityTerm): PodAffinityTerm => {
    const labelSelector = mergedSelector(given.labelSelector, labels, given);
    return { ...given, ...(labelSelector && { labelSelector }) };
  };
  const weighted = (given: WeightedPodAffinityTerm) => ({ ...given, podAffinityTerm: term(given.podAffinityTerm) });
  const both = <T extends NonNullable<PodSpec['affinity']>['podAffinity']>(affinity: T) =>
    affinity && {
      ...affinity,
      ...(affinity.requiredDuringSchedulingIgnoredDuringExecution && {
        requiredDuringSchedulingIgnoredDuringExecution:
          affinity.requiredDuringSchedulingIgnoredDuringExecution.map(term),
      }),
      ...(affinity.preferredDuringSchedulingIgnoredDuringExecution && {
        preferredDuringSchedulingIgnoredDuringExecution:
          affinity.preferredDuringSchedulingIgnoredDuringExecution.map(weighted),
      }),
    };
  const { podAffinity, podAntiAffinity, ...rest } = spec.affinity;
  return {
    affinity: {
      ...rest,
      ...(podAffinity && { podAffinity: both(podAffinity) }),
      ...(podAntiAffinity && { podAntiAffinity: both(podAntiAffinity) }),
    },
  };
}

/** Priority comes from the class, unless the scenario set it directly. */
function priorityOf(spec: PodSpec, classes: readonly PriorityClass[]): Pick<PodSpec, 'priority' | 'preemptionPolicy'> {
  const builtIn: { readonly [name: string]: number } = {
    'system-cluster-critical': 2_000_000_000,
    'system-node-critical': 2_000_001_000,
  };
  const named = classes.find((candidate) => candidate.metadata.name === spec.priorityClassName);
  const chosen = spec.priorityClassName ? named : classes.find((candidate) => candidate.globalDefault);
  const priority = spec.priority ?? chosen?.value ?? builtIn[spec.priorityClassName ?? ''] ?? 0;
  return { priority, preemptionPolicy: spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority' };
}

/** @param phase of a Pod that names none */
export function defaultedPod(
  pod: Omit<Pod, 'status'> & Partial<Pick<Pod, 'status'>>,
  others: readonly KubeObject[],
  phase: string,
): Pod {
  const { spec, metadata } = pod;
  const hostNetwork = spec.hostNetwork ?? false;
  const labels = metadata.labels ?? {};
  const initContainers = spec.initContainers?.map((container) => defaultedContainer(container, hostNetwork));
  const spread = spec.topologySpreadConstraints?.map((constraint) => {
    const labelSelector = mergedSelector(constraint.labelSelector, labels, constraint);
    return { ...constraint, ...(labelSelector && { labelSelector }) };
  });
  const namespace = metadata.namespace ?? 'default';
  return {
    ...pod,
    metadata: { ...metadata, namespace, uid: `${namespace}/${metadata.name}` },
    spec: {
      ...spec,
      containers: spec.containers.map((container) => defaultedContainer(container, hostNetwork)),
      ...(initContainers && { initContainers }),
      ...(spread && { topologySpreadConstraints: spread }),
      ...(spec.resources && { resources: withLimitsAsRequests(spec.resources) }),
      ...mergedAffinity(spec, labels),
      ...priorityOf(spec, others.filter((object) => object.kind === 'PriorityClass') as readonly PriorityClass[]),
      schedulerName: spec.schedulerName ?? 'default-scheduler',
    },
    status: { ...pod.status, phase: pod.status?.phase ?? phase },
  };
}
