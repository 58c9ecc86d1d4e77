/** What a quota with scopes is about. @upstream pkg/quota/v1/evaluator/core/pods.go */
import type { KubeObject } from '#engine/apimachinery';
import type {
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '../generated/types.ts';
import type { Resource } from '../resource.ts';

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

type Requirement = Pick<ScopedResourceSelectorRequirement, 'scopeName' | 'operator' | 'values'>;

/** The class a claim has, had or gets. @upstream pkg/quota/v1/evaluator/core/persistent_volume_claims.go */
function claimMatches(
  { scopeName, operator, values = [] }: Requirement,
  { spec, status }: PersistentVolumeClaim,
): boolean {
  if (scopeName !== 'VolumeAttributesClass') return false;
  const names = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name) => name);
  if (operator === 'Exists') return names.length > 0;
  if (operator === 'DoesNotExist') return names.length === 0;
  const listed = names.some((name) => values.includes(name as string));
  return operator === 'In' ? listed : !listed;
}

/** Whether the quota is about such an object: one without scopes is about all, Pods and claims have scopes of their own. */
export function quotaIsAbout(
  { spec = {} }: ResourceQuota,
  { group, plural }: Pick<Resource, 'group' | 'plural'>,
  object: KubeObject,
): boolean {
  const requirements: readonly Requirement[] = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => {
    if (group !== '') return false;
    if (plural === 'pods') return matches(requirement, object as Pod);
    return plural === 'persistentvolumeclaims' && claimMatches(requirement, object as PersistentVolumeClaim);
  });
}
