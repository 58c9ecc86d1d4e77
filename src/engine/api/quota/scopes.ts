/** Which Pods a quota with scopes is about. @upstream pkg/quota/v1/evaluator/core/pods.go */
import type { Pod, ResourceQuota, ScopedResourceSelectorRequirement } from '../generated/types.ts';

function isBestEffort({ spec }: Pod): boolean {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return containers.every(({ resources: { requests = {}, limits = {} } = {} }) =>
    ['cpu', 'memory'].every((name) => requests[name] === undefined && limits[name] === undefined),
  );
}

const crossesNamespaces = ({ spec: { affinity } }: Pod): boolean =>
  [affinity?.podAffinity, affinity?.podAntiAffinity].some((side) =>
    [
      ...(side?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined),
  );

function matches({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  const deadline = pod.spec.activeDeadlineSeconds;
  if (scopeName === 'Terminating') return deadline !== undefined && deadline >= 0;
  if (scopeName === 'NotTerminating') return deadline === undefined || deadline < 0;
  if (scopeName === 'BestEffort') return isBestEffort(pod);
  if (scopeName === 'NotBestEffort') return !isBestEffort(pod);
  if (scopeName === 'CrossNamespacePodAffinity') return crossesNamespaces(pod);
  if (scopeName !== 'PriorityClass') return false;
  const priorityClass = pod.spec.priorityClassName ?? '';
  if (operator === 'Exists') return priorityClass !== '';
  if (operator === 'DoesNotExist') return priorityClass === '';
  return values.includes(priorityClass) === (operator === 'In');
}

/** Whether the quota is about such a Pod. */
export function quotaIsAbout({ spec = {} }: ResourceQuota, pod: Pod): boolean {
  const requirements = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => matches(requirement, pod));
}
