/**
 * Changing the resources of a Pod that runs.
 * @upstream pkg/registry/core/pod/strategy.go, pkg/apis/core/validation/validation.go
 */
import type { Container, Pod, PodSpec, ResourceRequirements } from '#engine/api';
import { type FieldError, fieldErrors, semanticEqual } from '#engine/apimachinery';
import { mapShared, withMember } from '../sharing.ts';
import type { SubresourceStrategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';
import { podQosClass } from './pod-qos.ts';
import { isRestartableInit } from './pod-resources.ts';
import { resetMeta } from './pod-subresources.ts';
import { checkPod } from './pod-validation.ts';
import { MIRROR } from './pod-validation-annotations.ts';

const LISTS = ['containers', 'initContainers'] as const;

/** The old containers with the new resources; those that were renamed or reordered stay, so that validation can refuse them. */
function onlyResources(next: readonly Container[] = [], current: readonly Container[] = []): readonly Container[] {
  if (next.some(({ name }, i) => name !== current[i]?.name)) return next;
  return mapShared(current, (container, i) => {
    const changed = next[i] as Container;
    return withMember(withMember(container, 'resources', changed.resources), 'resizePolicy', changed.resizePolicy);
  });
}

function prepareResize(next: Pod, current: Pod): Pod {
  if (LISTS.some((list) => (next.spec[list]?.length ?? 0) !== (current.spec[list]?.length ?? 0))) return next;
  let spec = withMember(current.spec, 'resources', next.spec.resources);
  spec = withMember(spec, 'containers', onlyResources(next.spec.containers, spec.containers));
  if (spec.initContainers)
    spec = withMember(spec, 'initContainers', onlyResources(next.spec.initContainers, spec.initContainers));
  return { ...current, metadata: resetMeta(next.metadata, current.metadata), spec };
}

const wasRemoved = (next: object = {}, current: object = {}) => Object.keys(current).some((name) => !(name in next));

function checkRemovals(
  errors: Errors,
  path: string,
  what: string,
  after: ResourceRequirements = {},
  before: ResourceRequirements = {},
): void {
  for (const list of ['requests', 'limits'] as const) {
    if (wasRemoved(after[list], before[list]))
      errors.push(fieldErrors.forbidden(`${path}.${list}`, `${what} ${list} cannot be removed`));
  }
}

/** The resources with cpu and memory as they were; claims only where `claims` says so. */
function undoCompute(
  next: ResourceRequirements | undefined,
  current: ResourceRequirements | undefined,
  claims?: ResourceRequirements['claims'],
): ResourceRequirements {
  const undo = (list: 'limits' | 'requests') => {
    const { cpu: _cpu, memory: _memory, ...rest } = next?.[list] ?? {};
    const { cpu, memory } = current?.[list] ?? {};
    return { ...rest, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  };
  return { limits: undo('limits'), requests: undo('requests'), ...(claims && { claims }) };
}

function checkPodLevel(errors: Errors, next: PodSpec, current: PodSpec): void {
  const { resources: after } = next;
  const { resources: before } = current;
  const isSet = (resources: ResourceRequirements | undefined) =>
    Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0;
  if (!isSet(after) && !isSet(before)) return;
  if (before && !after) {
    errors.push(fieldErrors.forbidden('spec.resources', 'pod-level resources cannot be removed'));
    return;
  }
  checkRemovals(errors, 'spec.resources', 'pod-level resource', after, before);
  if (!semanticEqual(undoCompute(after, before, after?.claims), before))
    errors.push(fieldErrors.forbidden('spec', 'only cpu and memory resources are mutable at pod-level'));
}

/** False: the lists cannot be compared any further. */
function checkOrder(errors: Errors, next: PodSpec, current: PodSpec): boolean {
  const before = errors.length;
  for (const list of LISTS) {
    const containers = next[list] ?? [];
    const known = current[list] ?? [];
    const path = `spec.${list}`;
    if (containers.length !== known.length) {
      errors.push(fieldErrors.forbidden(path, `${list} may not be added or removed on resize`));
    } else {
      for (const [i, { name }] of known.entries()) {
        if (containers[i]?.name === name) continue;
        errors.push(fieldErrors.forbidden(`${path}[${i}].name`, `${list} may not be renamed or reordered on resize`));
      }
    }
  }
  return errors.length === before;
}

const withoutCompute = (container: Container, before: Container): Container => ({
  ...container,
  resources: undoCompute(container.resources, before.resources),
});

const NOT_IN_INIT = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';

function checkOnlyCompute(errors: Errors, next: PodSpec, current: PodSpec): void {
  for (const [i, container] of next.containers.entries()) {
    const before = current.containers[i] as Container;
    if (!semanticEqual(withoutCompute(container, before), before))
      errors.push(fieldErrors.forbidden('spec', 'only cpu and memory resources are mutable'));
  }
  for (const [i, container] of (next.initContainers ?? []).entries()) {
    const before = current.initContainers?.[i] as Container;
    const at = `spec.initContainers[${i}]`;
    if (!semanticEqual(withoutCompute(container, before), before)) {
      const why = 'only cpu and memory resources for init or sidecar containers are mutable';
      errors.push(fieldErrors.forbidden(at, why));
    }
    if (isRestartableInit(container) || semanticEqual(container, before)) continue;
    for (const { restartPolicy } of container.resizePolicy ?? []) {
      if (restartPolicy === 'RestartContainer') errors.push(fieldErrors.forbidden(at, NOT_IN_INIT));
    }
  }
}

/** What rules out resizing altogether. */
function neverResized({ metadata, spec }: Pod): string | undefined {
  if (metadata.annotations?.[MIRROR] !== undefined) return 'static pods cannot be resized';
  return spec.os?.name === 'windows' ? 'windows pods cannot be resized' : undefined;
}

function validateResize(next: Pod, current: Pod): readonly FieldError[] {
  const errors: Errors = [];
  checkPod(errors, next, current);
  const never = neverResized(current);
  if (never) return [fieldErrors.forbidden('', never)];
  if ((current.status.qosClass ?? podQosClass(current)) !== podQosClass(next)) {
    const why = 'Pod QOS Class may not change as a result of resizing';
    errors.push(fieldErrors.invalid('spec', next.status.qosClass ?? '', why));
  }
  const running = current.status.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources)
    errors.push(fieldErrors.forbidden('spec', 'Pod running on node without support for resize'));
  checkPodLevel(errors, next.spec, current.spec);
  if ((current.status.nodeAllocatableResourceClaimStatuses?.length ?? 0) > 0)
    errors.push(fieldErrors.forbidden('spec', 'pods with node allocatable resource claims cannot be resized'));
  if (!checkOrder(errors, next.spec, current.spec)) return errors;
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [i, { resources }] of (current.spec[list] ?? []).entries()) {
      const after = next.spec[list]?.[i]?.resources;
      checkRemovals(errors, `spec.${list}[${i}].resources`, 'resource', after, resources);
    }
  }
  checkOnlyCompute(errors, next.spec, current.spec);
  return errors;
}

/** @fidelity partial: fields of the Pod other than resources are put back and so never refused */
export const podResizeStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: prepareResize,
  validateUpdate: validateResize,
};
