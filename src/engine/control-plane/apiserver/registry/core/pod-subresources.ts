/**
 * The ways to change a part of a Pod: its status, its ephemeral containers, its resources.
 * @upstream pkg/registry/core/pod/strategy.go, pkg/apis/core/validation/validation.go
 */
import type { Container, Pod, PodCondition, ResourceRequirements } from '#engine/api';
import { type FieldError, fieldErrors, type ObjectMeta } from '#engine/apimachinery';
import { mapShared, withMember } from '../sharing.ts';
import type { SubresourceStrategy } from '../strategy.ts';
import { jsonDiff } from '../unified-diff.ts';
import { type Errors, semanticEqual } from '../validation.ts';
import { internalForm } from './internal-form.ts';
import { podQosClass } from './pod-qos.ts';
import { isRestartableInit } from './pod-resources.ts';
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
};

/** Only what every update may say of metadata: everything else stays as it was. */
const resetMeta = (next: ObjectMeta, current: Pod['metadata']): Pod['metadata'] => ({
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
    checkPod(errors, next);
    checkAnnotationUpdates(errors, next, current);
    if (current.metadata.annotations?.[MIRROR] !== undefined) {
      return [fieldErrors.forbidden('', 'static pods do not support ephemeral containers')];
    }
    checkExisting(errors, next, current);
    return errors;
  },
};

/** The old containers with the new resources; the new ones as they are when they are others, so that validation can refuse them. */
function onlyResources(next: readonly Container[] = [], current: readonly Container[] = []): readonly Container[] {
  if (next.some(({ name }, i) => name !== current[i]?.name)) return next;
  return mapShared(current, (container, i) => {
    const changed = next[i] as Container;
    return withMember(withMember(container, 'resources', changed.resources), 'resizePolicy', changed.resizePolicy);
  });
}

function prepareResize(next: Pod, current: Pod): Pod {
  const lists = ['containers', 'initContainers'] as const;
  if (lists.some((list) => (next.spec[list]?.length ?? 0) !== (current.spec[list]?.length ?? 0))) return next;
  let { spec } = current;
  spec = withMember(spec, 'containers', onlyResources(next.spec.containers, spec.containers));
  if (spec.initContainers)
    spec = withMember(spec, 'initContainers', onlyResources(next.spec.initContainers, spec.initContainers));
  return { ...current, metadata: resetMeta(next.metadata, current.metadata), spec };
}

const wasRemoved = (next: object = {}, current: object = {}) => Object.keys(current).some((name) => !(name in next));

function checkResize(errors: Errors, path: string, next: Container, current: Container): void {
  const after: ResourceRequirements = next.resources ?? {};
  const before: ResourceRequirements = current.resources ?? {};
  if (wasRemoved(after.requests, before.requests)) {
    errors.push(fieldErrors.forbidden(`${path}.requests`, 'resource requests cannot be removed'));
  }
  if (wasRemoved(after.limits, before.limits))
    errors.push(fieldErrors.forbidden(`${path}.limits`, 'resource limits cannot be removed'));
}

/** The container as before in cpu and memory. */
function undoComputeChanges(container: Container, current: Container): Container {
  const undo = (list: 'limits' | 'requests') => {
    const before = current.resources?.[list];
    if (!before) return undefined;
    const { cpu: _cpu, memory: _memory, ...rest } = container.resources?.[list] ?? {};
    return {
      ...rest,
      ...(before.cpu !== undefined && { cpu: before.cpu }),
      ...(before.memory !== undefined && { memory: before.memory }),
    };
  };
  const limits = undo('limits');
  const requests = undo('requests');
  const claims = container.resources?.claims;
  return {
    ...container,
    resources: { ...(limits && { limits }), ...(requests && { requests }), ...(claims && { claims }) },
  };
}

function checkOnlyCompute(errors: Errors, next: Pod, current: Pod): void {
  for (const [i, container] of (next.spec.containers ?? []).entries()) {
    const before = current.spec.containers[i] as Container;
    if (!semanticEqual(undoComputeChanges(container, before), before)) {
      errors.push(fieldErrors.forbidden('spec', 'only cpu and memory resources are mutable'));
    }
  }
  for (const [i, container] of (next.spec.initContainers ?? []).entries()) {
    const before = current.spec.initContainers?.[i] as Container;
    if (isRestartableInit(container)) {
      if (!semanticEqual(undoComputeChanges(container, before), before)) {
        errors.push(fieldErrors.forbidden('spec', 'only cpu and memory resources for sidecar containers are mutable'));
      }
    } else if (!semanticEqual(container, before)) {
      errors.push(fieldErrors.forbidden('spec', 'resources for non-sidecar init containers are immutable'));
    }
  }
}

function validateResize(next: Pod, current: Pod): readonly FieldError[] {
  const errors: Errors = [];
  checkPod(errors, next);
  if (current.metadata.annotations?.[MIRROR] !== undefined)
    return [fieldErrors.forbidden('', 'static pods cannot be resized')];
  if (current.spec.os?.name === 'windows') return [fieldErrors.forbidden('', 'windows pods cannot be resized')];
  if ((current.status.qosClass ?? podQosClass(current)) !== podQosClass(next)) {
    errors.push(
      fieldErrors.invalid('spec', next.status.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'),
    );
  }
  const running = current.status.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources) {
    errors.push(fieldErrors.forbidden('spec', 'Pod running on node without support for resize'));
  }
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [i, before] of (current.spec[list] ?? []).entries()) {
      const after = next.spec[list]?.[i];
      if (!after || (list === 'initContainers' && !isRestartableInit(before))) continue;
      checkResize(errors, `spec.${list}[${i}].resources`, after, before);
    }
  }
  checkOnlyCompute(errors, next, current);
  return errors;
}

export const podResizeStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: prepareResize,
  validateUpdate: validateResize,
};
