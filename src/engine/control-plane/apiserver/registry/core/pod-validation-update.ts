/**
 * What may change about a Pod that exists.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Container, NodeAffinity, NodeSelectorTerm, Pod, PodSpec, Toleration } from '#engine/api';
import { fieldErrors, inclusiveRangeError, semanticEqual } from '#engine/apimachinery';
import { mapShared, withMember } from '../sharing.ts';
import { jsonDiff } from '../unified-diff.ts';
import { type Errors, sortedMap } from '../validation.ts';
import { internalForm, internalPodSpec } from './internal-form.ts';
import { checkPod } from './pod-validation.ts';
import { APP_ARMOR_PREFIX, checkPodAnnotations, MIRROR } from './pod-validation-annotations.ts';
import { checkImageSpace } from './pod-validation-containers.ts';
import { checkTolerations } from './taints-and-tolerations.ts';

const MAX_INT32 = 2_147_483_647;

/** Annotations that say how a Pod was made must stay. */
export function checkAnnotationUpdates(errors: Errors, next: Pod, current: Pod): void {
  const after = next.metadata.annotations ?? {};
  const before = current.metadata.annotations ?? {};
  if (after === before) return;
  const refuse = (key: string, verb: string) => {
    const at = `metadata.annotations[${key}]`;
    if (key.startsWith(APP_ARMOR_PREFIX))
      errors.push(fieldErrors.forbidden(at, `may not ${verb} AppArmor annotations`));
    if (key === MIRROR) errors.push(fieldErrors.forbidden(at, `may not ${verb} mirror pod annotation`));
  };
  for (const key in before) if (after[key] !== before[key]) refuse(key, 'remove or update');
  for (const key in after) if (before[key] === undefined) refuse(key, 'add');
  checkPodAnnotations(errors, 'metadata.annotations', after, next.spec, before);
}

/** False when the lists cannot be compared any further. */
function checkContainerUpdates(
  errors: Errors,
  path: string,
  next: readonly Container[],
  current: readonly Container[],
): boolean {
  if (next.length !== current.length) {
    errors.push(fieldErrors.forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  for (const [i, container] of next.entries()) {
    if (!container.image) errors.push(fieldErrors.required(`${path}[${i}].image`));
    checkImageSpace(errors, `${path}[${i}]`, container);
  }
  return true;
}

/** A deadline may be set once and shortened afterwards. False: nothing else is worth saying. */
function checkDeadline(errors: Errors, next: number | undefined, current: number | undefined): boolean {
  const path = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    if (current !== undefined)
      errors.push(fieldErrors.invalid(path, undefined, 'must not update from a positive integer to nil value'));
    return true;
  }
  const fault =
    next < 0 || next > MAX_INT32
      ? inclusiveRangeError(0, MAX_INT32)
      : current !== undefined && current < next
        ? 'must be less than or equal to previous value'
        : undefined;
  if (fault) errors.push(fieldErrors.invalid(path, next, fault));
  return fault === undefined;
}

const sameToleration = (a: Toleration, b: Toleration) =>
  (a.key ?? '') === (b.key ?? '') &&
  (a.operator ?? '') === (b.operator ?? '') &&
  (a.value ?? '') === (b.value ?? '') &&
  (a.effect ?? '') === (b.effect ?? '');

function checkAddedTolerations(errors: Errors, next: readonly Toleration[], current: readonly Toleration[]): void {
  if (next === current) return;
  const kept = current.every((old) => next.some((toleration) => sameToleration(toleration, old)));
  if (!kept) {
    errors.push(
      fieldErrors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    );
  } else checkTolerations(errors, 'spec.tolerations', next);
}

function checkGates(errors: Errors, next: PodSpec, current: PodSpec): void {
  const before = new Set((current.schedulingGates ?? []).map(({ name }) => name));
  const added = new Map<string, number>();
  for (const [i, { name }] of (next.schedulingGates ?? []).entries()) if (!before.has(name)) added.set(name, i);
  for (const [name, i] of added) {
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(fieldErrors.forbidden(`spec.schedulingGates[${i}].name`, why));
  }
}

function onlyAdditions(next: NodeSelectorTerm, current: NodeSelectorTerm): boolean {
  const { matchExpressions: after = [], matchFields: afterFields = [] } = next;
  const { matchExpressions: before = [], matchFields: beforeFields = [] } = current;
  if (before.length + beforeFields.length === 0) return after.length + afterFields.length === 0;
  return (
    semanticEqual(after.slice(0, before.length), before) &&
    semanticEqual(afterFields.slice(0, beforeFields.length), beforeFields)
  );
}

const AFFINITY = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const termsOf = (affinity: NodeAffinity | undefined) =>
  affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];

function checkGatedAffinity(errors: Errors, next: NodeAffinity | undefined, current: NodeAffinity | undefined): void {
  if (!current?.requiredDuringSchedulingIgnoredDuringExecution) return;
  const before = termsOf(current);
  const after = termsOf(next);
  const print = (term: NodeSelectorTerm) => internalForm('NodeSelectorTerm', term);
  if (before.length > 0 && before.length !== after.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(fieldErrors.invalid(AFFINITY, after.length > 0 ? after.map(print) : undefined, why));
    return;
  }
  for (const [i, term] of before.entries()) {
    const changed = after[i] ?? {};
    if (onlyAdditions(changed, term)) continue;
    errors.push(
      fieldErrors.invalid(
        `${AFFINITY}[${i}]`,
        print(changed),
        'only additions are allowed (no mutations or deletions)',
      ),
    );
  }
}

/** While a Pod is gated, where it may go can still be narrowed. The spec with those changes undone. */
function undoGatedChanges(errors: Errors, spec: PodSpec, current: PodSpec): PodSpec {
  let next = spec;
  if (!semanticEqual(next.nodeSelector, current.nodeSelector)) {
    const changed = Object.entries(current.nodeSelector ?? {}).some(
      ([key, value]) => next.nodeSelector?.[key] !== value,
    );
    if (changed) {
      const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
      errors.push(fieldErrors.invalid('spec.nodeSelector', sortedMap(next.nodeSelector), why));
    }
    next = withMember(next, 'nodeSelector', current.nodeSelector);
  }
  const before = current.affinity?.nodeAffinity;
  const after = next.affinity?.nodeAffinity;
  if (semanticEqual(before, after)) return next;
  checkGatedAffinity(errors, after, before);
  if (!next.affinity) return before ? withMember(next, 'affinity', { nodeAffinity: before }) : next;
  if (!current.affinity && !next.affinity.podAffinity && !next.affinity.podAntiAffinity)
    return withMember(next, 'affinity', undefined);
  return withMember(next, 'affinity', withMember(next.affinity, 'nodeAffinity', before));
}

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

const sameImages = <T extends Container>(next: readonly T[], current: readonly T[] = []): readonly T[] =>
  mapShared(next, (container, i) => withMember(container, 'image', current[i]?.image));

/** The new spec with everything that may change set back. */
function undoAllowedChanges(errors: Errors, next: PodSpec, current: PodSpec): PodSpec {
  let spec = next;
  if (spec.containers) spec = withMember(spec, 'containers', sameImages(spec.containers, current.containers));
  if (spec.initContainers)
    spec = withMember(spec, 'initContainers', sameImages(spec.initContainers, current.initContainers));
  spec = withMember(spec, 'activeDeadlineSeconds', current.activeDeadlineSeconds);
  spec = withMember(spec, 'schedulingGates', current.schedulingGates);
  spec = withMember(spec, 'tolerations', current.tolerations);
  if ((current.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    spec = withMember(spec, 'terminationGracePeriodSeconds', current.terminationGracePeriodSeconds);
  }
  return (current.schedulingGates?.length ?? 0) > 0 ? undoGatedChanges(errors, spec, current) : spec;
}

/** @fidelity full */
export function validatePodUpdate(next: Pod, current: Pod): Errors {
  const errors: Errors = [];
  if (next.spec === current.spec && next.metadata.annotations === current.metadata.annotations) return errors;
  checkPod(errors, next, current);
  checkAnnotationUpdates(errors, next, current);
  const { spec } = next;
  const { spec: before } = current;
  if (spec === before) return errors;
  if (!checkContainerUpdates(errors, 'spec.containers', spec.containers ?? [], before.containers ?? [])) return errors;
  if (!checkContainerUpdates(errors, 'spec.initContainers', spec.initContainers ?? [], before.initContainers ?? []))
    return errors;
  if (!checkDeadline(errors, spec.activeDeadlineSeconds, before.activeDeadlineSeconds)) return errors;
  checkAddedTolerations(errors, spec.tolerations ?? [], before.tolerations ?? []);
  checkGates(errors, spec, before);
  if (semanticEqual(spec, before)) return errors;
  const munged = undoAllowedChanges(errors, spec, before);
  if (!semanticEqual(munged, before)) {
    const diff = jsonDiff(internalPodSpec(before), internalPodSpec(munged));
    errors.push(fieldErrors.forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${diff}`));
  }
  return errors;
}
