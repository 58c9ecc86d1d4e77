/**
 * Checks of claims, on their own and as templates inside Pods and StatefulSets.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors, quantityValue, semanticEqual } from '#engine/apimachinery';
import { jsonDiff } from '../unified-diff.ts';
import {
  checkDnsSubdomain,
  checkFormat,
  checkImmutable,
  checkLabelSelector,
  checkLabels,
  checkQualifiedName,
  type Errors,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { checkAnnotations } from './annotations.ts';
import { internalForm } from './internal-form.ts';
import { checkResourceAmount, isNativeResource } from './resource-names.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];
/** The class of a claim or volume, before there was a field for it. */
export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** Modes upstream knows, and ReadWriteOncePod alone. */
export function checkModes(errors: Errors, at: string, modes: readonly string[]): void {
  for (const mode of modes)
    if (!ACCESS_MODES.includes(mode)) errors.push(fieldErrors.notSupported(at, mode, ACCESS_MODES));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others) {
    errors.push(fieldErrors.forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
  }
}

/** An amount of storage: more than nothing. */
export function checkPositive(errors: Errors, at: string, amount: string): boolean {
  if (compareQuantity(amount, '0') > 0) return true;
  errors.push(fieldErrors.invalid(at, canonicalQuantity(amount), 'must be greater than zero'));
  return false;
}

function checkReference(
  errors: Errors,
  at: string,
  { name, kind = '', apiGroup = '' }: TypedLocalObjectReference,
  anyGroup: boolean,
): void {
  if (!name) errors.push(fieldErrors.required(`${at}.name`));
  if (kind === '') errors.push(fieldErrors.required(`${at}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(fieldErrors.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup !== '' && !anyGroup) checkDnsSubdomain(errors, `${at}.apiGroup`, apiGroup);
}

const sameReference = (a: TypedLocalObjectReference, b: TypedObjectReference): boolean =>
  a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name;

function checkDataSources(errors: Errors, at: string, spec: PersistentVolumeClaimSpec, anyGroup: boolean): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) checkReference(errors, `${at}.dataSource`, dataSource, anyGroup);
  if (!dataSourceRef) return;
  checkReference(errors, `${at}.dataSourceRef`, dataSourceRef, anyGroup);
  if (dataSourceRef.namespace) {
    checkFormat(errors, `${at}.dataSourceRef.namespace`, dataSourceRef.namespace, nameIsDnsLabel);
  }
  if (!dataSource) return;
  // Upstream shows the path where the value belongs, as Go prints that struct.
  const refuse = (why: string) => errors.push(fieldErrors.invalid(at, {}, why));
  if (dataSourceRef.namespace) refuse('may not be specified when dataSourceRef.namespace is specified');
  else if (!sameReference(dataSource, dataSourceRef)) refuse('must match dataSourceRef');
}

/** `anyGroup`: the object had an API group in its data source before, so that odd ones stay allowed. */
export function checkClaimSpec(errors: Errors, at: string, spec: PersistentVolumeClaimSpec, anyGroup = false): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(fieldErrors.required(`${at}.accessModes`, 'at least 1 access mode is required'));
  checkLabelSelector(errors, `${at}.selector`, spec.selector);
  checkModes(errors, `${at}.accessModes`, modes);
  const storage = spec.resources?.requests?.storage;
  const path = `${at}.resources[storage]`;
  if (storage === undefined) errors.push(fieldErrors.required(path));
  else if (checkPositive(errors, path, storage)) checkResourceAmount(errors, path, 'storage', storage);
  if (spec.storageClassName) checkFormat(errors, `${at}.storageClassName`, spec.storageClassName, nameIsDnsSubdomain);
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) {
    errors.push(fieldErrors.notSupported(`${at}.volumeMode`, spec.volumeMode, VOLUME_MODES));
  }
  checkDataSources(errors, at, spec, anyGroup);
  const attributes = spec.volumeAttributesClassName;
  if (attributes) checkFormat(errors, `${at}.volumeAttributesClassName`, attributes, nameIsDnsSubdomain);
}

/** What the metadata of a claim's template cannot say, in the order of Go's struct. */
const NOT_IN_TEMPLATE =
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp ' +
  'deletionGracePeriodSeconds ownerReferences finalizers managedFields';

/** A claim as it stands inside an ephemeral volume. */
export function checkClaimTemplate(errors: Errors, at: string, template: PersistentVolumeClaimTemplate): void {
  checkAnnotations(errors, `${at}.metadata.annotations`, template.metadata?.annotations);
  checkLabels(errors, `${at}.metadata.labels`, template.metadata?.labels);
  const metadata: { readonly [field: string]: unknown } = { ...template.metadata };
  for (const field of NOT_IN_TEMPLATE.split(' ')) {
    const shown = field === 'uid' ? 'uID' : field;
    if (metadata[field]) errors.push(fieldErrors.forbidden(`${at}.metadata.${shown}`, 'cannot be set'));
  }
  checkClaimSpec(errors, `${at}.spec`, template.spec);
}

/** The class may be filled in later, once. */
function classMayCome(next: PersistentVolumeClaim, current: PersistentVolumeClaim): boolean {
  const annotated = current.metadata.annotations?.[CLASS_ANNOTATION];
  const name = next.spec?.storageClassName;
  if (name === undefined || current.spec?.storageClassName !== undefined) return false;
  return annotated === undefined || annotated === name;
}

/** What an update of the spec changed that may not change, as upstream compares it. */
function comparable(next: PersistentVolumeClaim, current: PersistentVolumeClaim) {
  const before = current.spec ?? {};
  const after = next.spec ?? {};
  const bound = next.status?.phase === 'Bound';
  const storage = before.resources?.requests?.storage;
  const requests =
    bound && after.resources?.requests && storage !== undefined
      ? { ...after.resources.requests, storage }
      : after.resources?.requests;
  const attributes =
    bound && after.volumeAttributesClassName !== undefined
      ? before.volumeAttributesClassName
      : after.volumeAttributesClassName;
  const storageClass = classMayCome(next, current) ? before.storageClassName : after.storageClassName;
  const form = (spec: object) => internalForm('PersistentVolumeClaimSpec', spec);
  return {
    before: form(before.volumeName ? before : { ...before, volumeName: after.volumeName }),
    after: form({
      ...after,
      resources: { ...after.resources, requests },
      volumeAttributesClassName: attributes,
      storageClassName: storageClass,
    }),
  };
}

function checkAttributesClass(errors: Errors, next: string | undefined, current: string | undefined): void {
  if (current === undefined || next === current) return;
  const to = next === undefined ? 'nil' : next === '' ? 'an empty string' : undefined;
  if (to === undefined) return;
  errors.push(
    fieldErrors.forbidden('spec.volumeAttributesClassName', `update from non-nil value to ${to} is forbidden`),
  );
}

/** Everything upstream holds against an update of a claim. */
export function validateClaimUpdate(next: PersistentVolumeClaim, current: PersistentVolumeClaim): Errors {
  const errors: Errors = [];
  const before = current.spec ?? {};
  const after = next.spec ?? {};
  const anyGroup = (before.dataSource?.apiGroup ?? before.dataSourceRef?.apiGroup) !== undefined;
  checkClaimSpec(errors, 'spec', after, anyGroup);
  const annotation = (claim: PersistentVolumeClaim) => claim.metadata.annotations?.[CLASS_ANNOTATION] ?? '';
  const upgraded = classMayCome(next, current) && annotation(current) !== '' && annotation(next) === '';
  if (!upgraded) {
    checkImmutable(errors, `metadata.annotations.${CLASS_ANNOTATION}`, annotation(next), annotation(current));
  }
  const forms = comparable(next, current);
  if (!semanticEqual(forms.after, forms.before)) {
    const why =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(fieldErrors.forbidden('spec', `${why}\n${jsonDiff(forms.before, forms.after)}`));
  }
  const wanted = after.resources?.requests?.storage ?? '0';
  const smaller = compareQuantity(wanted, before.resources?.requests?.storage ?? '0') < 0;
  // A failed expansion may be taken back, though never below what the volume already has.
  if (smaller && compareQuantity(wanted, current.status?.capacity?.storage ?? '0') <= 0) {
    errors.push(fieldErrors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  checkImmutable(errors, 'volumeMode', after.volumeMode, before.volumeMode);
  checkAttributesClass(errors, after.volumeAttributesClassName, before.volumeAttributesClassName);
  return errors;
}

const RESIZE_STATUSES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

function checkResizedResource(errors: Errors, at: string, name: string): boolean {
  const before = errors.length;
  checkQualifiedName(errors, at, name);
  if (errors.length > before) return false;
  if (!isNativeResource(name) || name === 'storage') return true;
  errors.push(fieldErrors.notSupported(at, name, ['storage']));
  return false;
}

/** Upstream shows the amount in whole units. */
export function checkNotNegative(errors: Errors, at: string, amount: string): boolean {
  const value = quantityValue(amount);
  if (value >= 0) return true;
  errors.push(fieldErrors.invalid(at, value, 'must be a valid resource quantity'));
  return false;
}

/** What an update of the status must hold. */
export function validateClaimStatus({ spec = {}, status = {} }: PersistentVolumeClaim): Errors {
  const errors: Errors = [];
  if ((spec.accessModes ?? []).length === 0) errors.push(fieldErrors.required('Spec.accessModes'));
  for (const [name, amount] of Object.entries(status.capacity ?? {}))
    checkNotNegative(errors, `status.capacity[${name}]`, amount);
  const at = 'status.allocatedResourceStatus';
  for (const [name, word] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    checkResizedResource(errors, at, name);
    if (!RESIZE_STATUSES.includes(word)) errors.push(fieldErrors.notSupported(at, name, RESIZE_STATUSES));
  }
  for (const [name, amount] of Object.entries(status.allocatedResources ?? {})) {
    const path = `status.allocatedResources[${name}]`;
    if (!checkResizedResource(errors, 'status.allocatedResources', name)) continue;
    if (checkNotNegative(errors, path, amount)) checkResourceAmount(errors, path, 'storage', amount);
  }
  return errors;
}
