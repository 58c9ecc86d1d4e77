/** A Pod with what every plugin asks of it again and again, worked out once per version of the object. */
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '#engine/api';
import {
  type LabelMatcher,
  type LabelSelector,
  LabelSelectorError,
  labelSelectorAsMatcher,
  matchesLabels,
  objectKey,
  selectNothing,
} from '#engine/apimachinery';
import { podRequests, type ResourceVector } from './resource-vector.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A term of inter-Pod (anti-)affinity, its selectors compiled. */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelMatcher;
  readonly selector: LabelMatcher;
  readonly topologyKey: string;
}

export interface WeightedAffinityTerm extends AffinityTerm {
  readonly weight: number;
}

export interface PodInfo {
  readonly pod: Pod;
  readonly uid: string;
  /** `namespace/name` */
  readonly key: string;
  readonly namespace: string;
  readonly labels: { readonly [key: string]: string };
  readonly priority: number;
  readonly requests: ResourceVector;
  /** Requests with the defaults scores reckon with. */
  readonly scored: ResourceVector;
  readonly scoredByContainer: ResourceVector;
  readonly hostPorts: readonly HostPort[];
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedAffinityTerm[];
  readonly preferredAntiAffinity: readonly WeightedAffinityTerm[];
}

const none: readonly never[] = Object.freeze([]);
const noLabels: { readonly [key: string]: string } = Object.freeze({});

/**
 * @upstream pkg/scheduler/util/utils.go GetHostPorts
 */
function hostPortsOf(pod: Pod): readonly HostPort[] {
  let ports: HostPort[] | undefined;
  const collect = (list: Pod['spec']['containers']) => {
    for (const container of list) {
      for (const port of container.ports ?? none) {
        if (!port.hostPort || port.hostPort <= 0) continue;
        ports ??= [];
        ports.push({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol || 'TCP', port: port.hostPort });
      }
    }
  };
  if (pod.spec.initContainers)
    collect(pod.spec.initContainers.filter((container) => container.restartPolicy === 'Always'));
  collect(pod.spec.containers);
  return ports ?? none;
}

/** A selector that validation would have refused selects nothing. */
function matcherOf(selector: LabelSelector | undefined): LabelMatcher {
  try {
    return labelSelectorAsMatcher(selector);
  } catch (error) {
    if (error instanceof LabelSelectorError) return selectNothing;
    throw error;
  }
}

/** @upstream pkg/scheduler/framework/types.go newAffinityTerm */
function affinityTerm(namespace: string, term: PodAffinityTerm): AffinityTerm {
  const own = !term.namespaces?.length && !term.namespaceSelector;
  return {
    namespaces: new Set(own ? [namespace] : term.namespaces),
    namespaceSelector: matcherOf(term.namespaceSelector),
    selector: matcherOf(term.labelSelector),
    topologyKey: term.topologyKey,
  };
}

const required = (namespace: string, terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
  terms?.length ? terms.map((term) => affinityTerm(namespace, term)) : none;

const preferred = (
  namespace: string,
  terms: readonly WeightedPodAffinityTerm[] | undefined,
): readonly WeightedAffinityTerm[] =>
  terms?.length
    ? terms.map((term) => ({ ...affinityTerm(namespace, term.podAffinityTerm), weight: term.weight }))
    : none;

const built = new WeakMap<Pod, PodInfo>();

/** The Pod's facts; the same object is never read twice. */
export function podInfoOf(pod: Pod): PodInfo {
  let info = built.get(pod);
  if (!info) {
    info = build(pod);
    built.set(pod, info);
  }
  return info;
}

function build(pod: Pod): PodInfo {
  const namespace = pod.metadata.namespace ?? '';
  const { requests, scored, scoredByContainer } = podRequests(pod);
  const affinity = pod.spec.affinity;
  return {
    pod,
    uid: pod.metadata.uid ?? '',
    key: objectKey(pod),
    namespace,
    labels: pod.metadata.labels ?? noLabels,
    priority: pod.spec.priority ?? 0,
    requests,
    scored,
    scoredByContainer,
    hostPorts: hostPortsOf(pod),
    requiredAffinity: required(namespace, affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(
      namespace,
      affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    ),
    preferredAffinity: preferred(namespace, affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(
      namespace,
      affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution,
    ),
  };
}

/** The Pod is one the term speaks of. `namespaceLabels` are those of the Pod's namespace, for the namespaceSelector. */
export const termMatches = (
  term: AffinityTerm,
  pod: PodInfo,
  namespaceLabels: { readonly [key: string]: string } | undefined,
): boolean =>
  (term.namespaces.has(pod.namespace) || matchesLabels(term.namespaceSelector, namespaceLabels)) &&
  matchesLabels(term.selector, pod.labels);

export const hasAffinity = (pod: PodInfo): boolean =>
  pod.requiredAffinity.length +
    pod.requiredAntiAffinity.length +
    pod.preferredAffinity.length +
    pod.preferredAntiAffinity.length >
  0;

/** The same Pod as if it were bound there. */
export const withNodeName = (pod: Pod, nodeName: string): Pod => ({ ...pod, spec: { ...pod.spec, nodeName } });
