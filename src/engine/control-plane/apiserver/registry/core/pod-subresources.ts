/**
 * The ways to change a part of a Pod: its status, its ephemeral containers.
 * @upstream pkg/registry/core/pod/strategy.go, pkg/apis/core/validation/validation.go
 */
import type { Pod, PodCondition } from '#engine/api';
import { fieldErrors, type ObjectMeta, semanticEqual } from '#engine/apimachinery';
import { mapShared, withMember } from '../sharing.ts';
import type { SubresourceStrategy } from '../strategy.ts';
import { jsonDiff } from '../unified-diff.ts';
import type { Errors } from '../validation.ts';
import { internalForm } from './internal-form.ts';
import { ipWarnings } from './ip-warnings.ts';
import { checkPod } from './pod-validation.ts';
import { MIRROR } from './pod-validation-annotations.ts';
import { validatePodStatusUpdate } from './pod-validation-status.ts';
import { checkAnnotationUpdates } from './pod-validation-update.ts';

/** Conditions that say nothing of the generation they are about keep what was said before. */
function keepObservedGenerations(
  next: readonly PodCondition[],
  current: readonly PodCondition[],
): readonly PodCondition[] {
  const known = new Map<string, (number | undefined)[]>();
  for (const { type, observedGeneration } of current) {
    const list = known.get(type);
    if (list) list.push(observedGeneration);
    else known.set(type, [observedGeneration]);
  }
  return mapShared(next, (condition) => {
    const before = known.get(condition.type)?.shift();
    return condition.observedGeneration ? condition : withMember(condition, 'observedGeneration', before || undefined);
  });
}

function prepareStatus(next: Pod, current: Pod): Pod {
  let { status } = next;
  if (!status.qosClass) status = withMember(status, 'qosClass', current.status.qosClass);
  if (!status.observedGeneration) status = withMember(status, 'observedGeneration', current.status.observedGeneration);
  if (status.conditions && status.conditions !== current.status.conditions) {
    status = withMember(
      status,
      'conditions',
      keepObservedGenerations(status.conditions, current.status.conditions ?? []),
    );
  }
  let metadata = withMember(next.metadata, 'ownerReferences', current.metadata.ownerReferences);
  metadata = withMember(metadata, 'deletionTimestamp', current.metadata.deletionTimestamp);
  if (next.spec === current.spec && status === next.status && metadata === next.metadata) return next;
  return { ...next, metadata, spec: current.spec, status };
}

export const podStatusStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: prepareStatus,
  validateUpdate: validatePodStatusUpdate,
  warnings: ({ status: { podIPs = [], hostIPs = [] } }) => [
    ...podIPs.flatMap(({ ip }, i) => ipWarnings(`status.podIPs[${i}].ip`, ip)),
    ...hostIPs.flatMap(({ ip }, i) => ipWarnings(`status.hostIPs[${i}].ip`, ip)),
  ],
};

/** Only what every update may say of metadata: everything else stays as it was. */
export const resetMeta = (next: ObjectMeta, current: Pod['metadata']): Pod['metadata'] => ({
  ...current,
  ...(next.resourceVersion !== undefined && { resourceVersion: next.resourceVersion }),
  ...(next.managedFields && { managedFields: next.managedFields }),
});

function checkExisting(errors: Errors, next: Pod, current: Pod): void {
  const byName = new Map((next.spec.ephemeralContainers ?? []).map((container) => [container.name, container]));
  const path = 'spec.ephemeralContainers';
  for (const old of current.spec.ephemeralContainers ?? []) {
    const now = byName.get(old.name);
    const name = JSON.stringify(old.name);
    if (!now) errors.push(fieldErrors.forbidden(path, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!semanticEqual(old, now)) {
      const diff = jsonDiff(internalForm('EphemeralContainer', old), internalForm('EphemeralContainer', now));
      errors.push(fieldErrors.forbidden(path, `existing ephemeral containers ${name} may not be changed\n${diff}`));
    }
  }
}

export const podEphemeralContainersStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: (next, current) => ({
    ...current,
    metadata: resetMeta(next.metadata, current.metadata),
    spec: withMember(current.spec, 'ephemeralContainers', next.spec.ephemeralContainers),
  }),
  validateUpdate: (next, current) => {
    const errors: Errors = [];
    checkPod(errors, next, current);
    checkAnnotationUpdates(errors, next, current);
    if (current.metadata.annotations?.[MIRROR] !== undefined) {
      return [fieldErrors.forbidden('', 'static pods do not support ephemeral containers')];
    }
    checkExisting(errors, next, current);
    return errors;
  },
};
