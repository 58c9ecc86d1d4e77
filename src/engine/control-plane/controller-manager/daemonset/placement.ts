/** On which Nodes a DaemonSet's Pods belong. Pure. @upstream pkg/controller/daemon/daemon_controller.go, pkg/controller/daemon/util/daemonset_util.go */
import type {
  Affinity,
  DaemonSet,
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Toleration,
} from '#engine/api';
import { tolerates } from '../tainteviction/tolerations.ts';

const exists = (key: string, effect: string): Toleration => ({ key, operator: 'Exists', effect });

const DAEMON_TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
];

const NETWORK_UNAVAILABLE = exists('node.kubernetes.io/network-unavailable', 'NoSchedule');

/** Daemons stay on Nodes in trouble. */
export function daemonTolerations(spec: PodSpec | undefined): readonly Toleration[] {
  const wanted = spec?.hostNetwork ? [...DAEMON_TOLERATIONS, NETWORK_UNAVAILABLE] : DAEMON_TOLERATIONS;
  let tolerations = spec?.tolerations ?? [];
  for (const toleration of wanted) {
    const at = tolerations.findIndex(
      (each) =>
        each.key === toleration.key &&
        each.effect === toleration.effect &&
        each.operator === toleration.operator &&
        (each.value ?? '') === '',
    );
    tolerations = at < 0 ? [...tolerations, toleration] : tolerations.map((each, i) => (i === at ? toleration : each));
  }
  return tolerations;
}

/** Affinity that only the Node of that name satisfies: the scheduler places the Pod, but has no choice. */
export function pinToNode(affinity: Affinity | undefined, node: string): Affinity {
  const terms: NodeSelectorTerm[] = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    },
  };
}

/** The Node a daemon Pod is on or is meant for. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    const field = term.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (field?.values?.length === 1) return field.values[0];
  }
  return undefined;
}

export interface Placement {
  readonly shouldRun: boolean;
  readonly shouldContinueRunning: boolean;
}

const NEITHER: Placement = { shouldRun: false, shouldContinueRunning: false };

export function placeOnNode({ spec: { template } }: DaemonSet, node: Node): Placement {
  const { spec } = template;
  if (spec?.nodeName && spec.nodeName !== node.metadata.name) return NEITHER;
  if (!fitsAffinity(template, node)) return NEITHER;
  const tolerations = daemonTolerations(spec);
  const untolerated = (node.spec.taints ?? []).filter((taint) => !tolerations.some((each) => tolerates(each, taint)));
  const shouldContinueRunning = !untolerated.some(({ effect }) => effect === 'NoExecute');
  return {
    shouldRun: shouldContinueRunning && !untolerated.some(({ effect }) => effect === 'NoSchedule'),
    shouldContinueRunning,
  };
}

/** The template's nodeSelector and required node affinity. @upstream staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go */
function fitsAffinity({ spec }: PodTemplateSpec, node: Node): boolean {
  const { labels = {}, name } = node.metadata;
  if (!Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length === 0 && matchFields.length === 0) return false;
    return (
      matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
      matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? name : undefined))
    );
  });
}

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [left, right] = [Number(value), Number(values[0])];
      return value !== undefined && (operator === 'Gt' ? left > right : left < right);
    }
    default:
      return false;
  }
}
