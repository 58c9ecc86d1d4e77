/**
 * Bindings: how a scheduler puts a Pod on a Node.
 * @upstream pkg/registry/core/pod/storage/storage.go (BindingREST), pkg/apis/core/validation/validation.go
 */
import type { Binding, Pod, PodCondition } from '#engine/api';
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import { withMember } from '../sharing.ts';
import { UNSET_TIME } from './unset-time.ts';

export function validatePodBinding({ target }: Pick<Binding, 'target'>): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (target?.kind && target.kind !== 'Node') {
    errors.push(fieldErrors.notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  if (!target?.name) errors.push(fieldErrors.required('target.name'));
  return errors;
}

/** Why the Pod cannot be bound now, in upstream's words, or undefined. */
export function bindingConflict({ metadata, spec }: Pod): string | undefined {
  if (metadata.deletionTimestamp) return `pod ${metadata.name} is being deleted, cannot be assigned to a host`;
  if (spec.nodeName) return `pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  return (spec.schedulingGates?.length ?? 0) > 0
    ? `pod ${metadata.name} has non-empty .spec.schedulingGates`
    : undefined;
}

function scheduled(conditions: readonly PodCondition[] = [], now: string): readonly PodCondition[] {
  const index = conditions.findIndex(({ type }) => type === 'PodScheduled');
  const before = conditions[index];
  const lastTransitionTime = before?.status === 'True' ? before.lastTransitionTime : now;
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: UNSET_TIME,
    ...(lastTransitionTime && { lastTransitionTime }),
  };
  return index < 0 ? [...conditions, condition] : conditions.with(index, condition);
}

/** The Pod on its Node. `now` is RFC 3339. */
export function bindPod(pod: Pod, binding: Binding, now: string): Pod {
  const { annotations, labels } = binding.metadata ?? {};
  let metadata = pod.metadata;
  if (annotations) metadata = { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
  if (labels) metadata = { ...metadata, labels: { ...metadata.labels, ...labels } };
  const status = {
    ...withMember(pod.status, 'nominatedNodeName', undefined),
    conditions: scheduled(pod.status.conditions, now),
  };
  return { ...pod, metadata, spec: { ...pod.spec, nodeName: binding.target.name ?? '' }, status };
}
