/** Whether a Pod that was assigned to this Node may run on it. @upstream pkg/kubelet/lifecycle/predicate.go, pkg/scheduler/framework/plugins */
import type { Node, NodeSelectorTerm, Pod } from '#engine/api';
import { amountOf, requestedAmounts } from './pod-resources.ts';
import { isStaticPod } from './types.ts';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Rejected for what the Node is, not for what runs on it. */
export const isAboutNode = ({ reason }: Rejection): boolean =>
  reason === 'NodeAffinity' || reason === 'TaintToleration';

const TERMINAL = ['Succeeded', 'Failed'];

/**
 * @param others Pods that hold resources of the Node already
 * @fidelity partial: no preemption by critical Pods, no topology or device admission
 */
export function admit(
  pod: Pod,
  others: readonly Pod[],
  allocatable: { readonly [resource: string]: string },
  node: Pick<Node, 'metadata' | 'spec'> | undefined,
): Rejection | undefined {
  const alive = others.filter((other) => !TERMINAL.includes(other.status?.phase ?? ''));
  const resources = insufficient(pod, alive, allocatable);
  if (resources) return resources;
  if (node && !matchesNode(pod, node)) {
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    };
  }
  if (portsTaken(pod, alive)) {
    return {
      reason: 'NodePorts',
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    };
  }
  if (node && !isStaticPod(pod) && untolerated(pod, node)) {
    return { reason: 'TaintToleration', message: 'Predicate TaintToleration failed: node(s) had untolerated taint(s)' };
  }
  return undefined;
}

function insufficient(
  pod: Pod,
  others: readonly Pod[],
  allocatable: { readonly [resource: string]: string },
): Rejection | undefined {
  const capacity = Number(allocatable.pods ?? 110);
  if (others.length + 1 > capacity) {
    return outOf('pods', 1, others.length, capacity);
  }
  for (const [resource, requested] of requestedAmounts(pod)) {
    if (requested === 0) continue;
    let used = 0;
    for (const other of others) used += requestedAmounts(other).get(resource) ?? 0;
    const total = allocatable[resource] === undefined ? 0 : amountOf(resource, allocatable[resource]);
    if (used + requested > total) return outOf(resource, requested, used, total);
  }
  return undefined;
}

const outOf = (resource: string, requested: number, used: number, capacity: number): Rejection => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

function portsTaken(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  return others.some((other) =>
    hostPorts(other).some((held) =>
      wanted.some(
        (port) => port.key === held.key && (port.ip === held.ip || port.ip === '0.0.0.0' || held.ip === '0.0.0.0'),
      ),
    ),
  );
}

const hostPorts = (pod: Pod): readonly { readonly key: string; readonly ip: string }[] =>
  pod.spec.containers.flatMap((container) =>
    (container.ports ?? [])
      .filter((port) => port.hostPort)
      .map((port) => ({ key: `${port.protocol ?? 'TCP'} ${port.hostPort}`, ip: port.hostIP || '0.0.0.0' })),
  );

function untolerated(pod: Pod, node: Pick<Node, 'spec'>): boolean {
  return (node.spec?.taints ?? []).some(
    (taint) =>
      taint.effect === 'NoExecute' &&
      !(pod.spec.tolerations ?? []).some(
        (toleration) =>
          (!toleration.effect || toleration.effect === taint.effect) &&
          (!toleration.key || toleration.key === taint.key) &&
          (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')),
      ),
  );
}

function matchesNode(pod: Pod, node: Pick<Node, 'metadata'>): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, labels, node.metadata.name));
}

function matchesTerm(term: NodeSelectorTerm, labels: { readonly [key: string]: string }, name: string): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((wanted) => matchesValue(wanted.operator, wanted.values ?? [], labels[wanted.key])) &&
    fields.every((wanted) =>
      matchesValue(wanted.operator, wanted.values ?? [], wanted.key === 'metadata.name' ? name : undefined),
    )
  );
}

function matchesValue(operator: string, values: readonly string[], actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return actual !== undefined && Number(actual) > Number(values[0]);
    case 'Lt':
      return actual !== undefined && Number(actual) < Number(values[0]);
    default:
      return false;
  }
}
