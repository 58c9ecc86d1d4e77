/**
 * Metadata: what the server fills in and what it refuses, for every kind alike.
 * @upstream staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
import {
  type FieldError,
  fieldErrors,
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
} from '#engine/apimachinery';

const MAX_ANNOTATION_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
const NO_EVENTS = 'Event';

const encoder = new TextEncoder();
const NO_ERRORS: readonly FieldError[] = Object.freeze([]);

/** How a kind's names are checked; answers are upstream's sentences. */
export type NameCheck = (name: string, prefix: boolean) => readonly string[];

/** What a path segment cannot be, whatever the kind. @upstream staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go */
export const pathSegmentName: NameCheck = (name, prefix) => {
  const faults: string[] = [];
  if (!prefix) {
    if (name === '.' || name === '..') return [`may not be '${name}'`];
  }
  for (const part of ['/', '%']) if (name.includes(part)) faults.push(`may not contain '${part}'`);
  return faults;
};

/** What the machinery adds to a kind's own checks on create: the name must fit into a path. */
export function validatePathSegments({ name = '', generateName = '' }: ObjectMeta): readonly FieldError[] {
  if (!name.includes('/') && !name.includes('%') && name !== '.' && name !== '..' && generateName === '')
    return NO_ERRORS;
  const prefix = generateName === '' ? [] : pathSegmentName(generateName, true);
  return [
    ...prefix.map((fault) => fieldErrors.invalid('metadata.generateName', generateName, fault)),
    ...pathSegmentName(name, false).map((fault) => fieldErrors.invalid('metadata.name', name, fault)),
  ];
}

/** Faults of a new or changed object's metadata. What `known` already has was checked when it was written. */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameCheck: NameCheck,
  known: ObjectMeta = NO_META,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName) {
    for (const fault of nameCheck(meta.generateName, true))
      errors.push(fieldErrors.invalid('metadata.generateName', meta.generateName, fault));
  }
  const name = meta.name ?? '';
  if (name === '') errors.push(fieldErrors.required('metadata.name', 'name or generateName is required'));
  else for (const fault of nameCheck(name, false)) errors.push(fieldErrors.invalid('metadata.name', name, fault));
  if (meta.namespace !== known.namespace || known === NO_META) checkNamespace(errors, meta.namespace ?? '', namespaced);
  if (meta.generation !== undefined && meta.generation < 0) {
    errors.push(fieldErrors.invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'));
  }
  checkParts(errors, meta, known);
  return errors;
}

const NO_META: ObjectMeta = Object.freeze({});

function checkNamespace(errors: FieldError[], namespace: string, namespaced: boolean): void {
  if (!namespaced) {
    if (namespace !== '') errors.push(fieldErrors.forbidden('metadata.namespace', 'not allowed on this type'));
  } else if (namespace === '') errors.push(fieldErrors.required('metadata.namespace'));
  else {
    for (const fault of isDns1123Label(namespace))
      errors.push(fieldErrors.invalid('metadata.namespace', namespace, fault));
  }
}

/** Labels, annotations, owners, finalizers and managers, as far as they are new. */
function checkParts(errors: FieldError[], meta: ObjectMeta, known: ObjectMeta): void {
  if (meta.labels !== known.labels) errors.push(...validateLabels(meta.labels, 'metadata.labels'));
  if (meta.annotations !== known.annotations) {
    errors.push(...validateAnnotations(meta.annotations, 'metadata.annotations'));
  }
  if (meta.ownerReferences !== known.ownerReferences) {
    errors.push(...validateOwnerReferences(meta.ownerReferences, 'metadata.ownerReferences'));
  }
  if (meta.finalizers !== known.finalizers) errors.push(...validateFinalizers(meta.finalizers, 'metadata.finalizers'));
  if (meta.managedFields !== known.managedFields) errors.push(...validateManagedFields(meta));
}

/** @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go */
/** Faults of labels. */
export function validateLabels(labels: ObjectMeta['labels'], path: string): readonly FieldError[] {
  if (!labels) return [];
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels)) {
    for (const fault of isQualifiedName(key)) errors.push(fieldErrors.invalid(path, key, fault));
    const value = labels[key] as string;
    for (const fault of isValidLabelValue(value)) errors.push(fieldErrors.invalid(path, value, fault));
  }
  return errors;
}

/** Faults of annotations. */
export function validateAnnotations(annotations: ObjectMeta['annotations'], path: string): readonly FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(annotations)) {
    for (const fault of isQualifiedName(key.toLowerCase())) errors.push(fieldErrors.invalid(path, key, fault));
    size += byteLength(key) + byteLength(annotations[key] as string);
  }
  if (size > MAX_ANNOTATION_BYTES) errors.push(fieldErrors.tooLong(path, MAX_ANNOTATION_BYTES));
  return errors;
}

function byteLength(text: string): number {
  // Only texts that could be too long are worth encoding.
  return text.length * 3 <= MAX_ANNOTATION_BYTES / 64 ? text.length : encoder.encode(text).length;
}

function validateOwnerReferences(owners: readonly OwnerReference[] | undefined, path: string): readonly FieldError[] {
  if (!owners) return [];
  const errors: FieldError[] = [];
  let controller: OwnerReference | undefined;
  for (const owner of owners) {
    errors.push(...validateOwnerReference(owner, path));
    if (!owner.controller) continue;
    if (controller) {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`;
      errors.push(fieldErrors.invalid(path, owners, detail));
    } else {
      controller = owner;
    }
  }
  return errors;
}

function validateOwnerReference(owner: OwnerReference, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const version = (owner.apiVersion ?? '').split('/').at(-1) ?? '';
  if (version === '')
    errors.push(fieldErrors.invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
  if (!owner.kind) errors.push(fieldErrors.invalid(`${path}.kind`, owner.kind ?? '', 'must not be empty'));
  if (!owner.name) errors.push(fieldErrors.invalid(`${path}.name`, owner.name ?? '', 'must not be empty'));
  if (!owner.uid) errors.push(fieldErrors.invalid(`${path}.uid`, owner.uid ?? '', 'must not be empty'));
  if (owner.apiVersion === 'v1' && owner.kind === NO_EVENTS) {
    errors.push(
      fieldErrors.invalid(path, owner, `/${owner.apiVersion}, Kind=${owner.kind} is disallowed from being an owner`),
    );
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[] | undefined, path: string): readonly FieldError[] {
  if (!finalizers) return [];
  const errors: FieldError[] = [];
  let orphan = false;
  let foreground = false;
  for (const [i, finalizer] of finalizers.entries()) {
    const at = `${path}[${i}]`;
    for (const fault of isQualifiedName(finalizer)) errors.push(fieldErrors.invalid(at, finalizer, fault));
    if (finalizer.split('/').length === 1 && !STANDARD_FINALIZERS.has(finalizer)) {
      errors.push(
        fieldErrors.invalid(at, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
    }
    orphan ||= finalizer === 'orphan';
    foreground ||= finalizer === 'foregroundDeletion';
  }
  if (orphan && foreground)
    errors.push(fieldErrors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return errors;
}

/** @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateManagedFields */
function validateManagedFields({ managedFields }: ObjectMeta): readonly FieldError[] {
  if (!managedFields) return NO_ERRORS;
  const errors: FieldError[] = [];
  for (const [i, entry] of managedFields.entries()) {
    const operation: string = entry.operation ?? '';
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(
        fieldErrors.invalid(`metadata.managedFields[${i}].operation`, operation, 'must be `Apply` or `Update`'),
      );
    }
    const fieldsType: string = entry.fieldsType ?? '';
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(fieldErrors.invalid(`metadata.managedFields[${i}].fieldsType`, fieldsType, 'must be `FieldsV1`'));
    }
    for (const fault of validateFieldManager(entry.manager ?? '', `metadata.managedFields[${i}].manager`))
      errors.push(fault);
    if ((entry.subresource ?? '').length > 256) {
      errors.push(fieldErrors.tooLong(`metadata.managedFields[${i}].subresource`, 256));
    }
  }
  return errors;
}

/** Managers seen to be fine: the same few names come with every write. */
const fineManagers = new Set<string>();
const MAX_REMEMBERED = 1000;

/** At most 128 bytes, all printable. */
export function validateFieldManager(manager: string, path: string): readonly FieldError[] {
  if (manager === '' || fineManagers.has(manager)) return NO_ERRORS;
  const errors: FieldError[] = [];
  if (byteLength(manager) > 128) errors.push(fieldErrors.tooLong(path, 128));
  const characters = [...manager];
  const odd = characters.findIndex((character) => !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character));
  if (odd >= 0) {
    const why = `invalid character U+${hex(characters[odd] as string)} (at position ${odd})`;
    const { body, ...fault } = fieldErrors.invalid(path, manager, why);
    // Go quotes control characters in its own way.
    errors.push({ ...fault, body: body.replace(/\\u00([01][0-9a-f])/g, '\\x$1') });
  }
  if (errors.length === 0 && fineManagers.size < MAX_REMEMBERED) fineManagers.add(manager);
  return errors;
}

const hex = (character: string) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** Faults of a change of metadata: what may never change once it is there. */
export function validateObjectMetaUpdate(next: ObjectMeta, current: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = [];
  const finalizers = next.finalizers ?? [];
  if (current.deletionTimestamp !== undefined) {
    const before = new Set(current.finalizers);
    const extra = finalizers.filter((finalizer) => !before.has(finalizer));
    if (extra.length > 0) {
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map((one) => JSON.stringify(one)).join(', ')}}`;
      errors.push(fieldErrors.forbidden('metadata.finalizers', detail));
    }
  }
  if (!next.resourceVersion)
    errors.push(
      fieldErrors.invalid('metadata.resourceVersion', next.resourceVersion ?? '', 'must be specified for an update'),
    );
  if (next.generation !== undefined && current.generation !== undefined && next.generation < current.generation) {
    errors.push(fieldErrors.invalid('metadata.generation', next.generation, 'must not be decremented'));
  }
  immutable(errors, 'metadata.name', next.name, current.name);
  immutable(errors, 'metadata.namespace', next.namespace, current.namespace);
  immutable(errors, 'metadata.uid', next.uid, current.uid);
  immutable(errors, 'metadata.creationTimestamp', next.creationTimestamp, current.creationTimestamp);
  immutable(errors, 'metadata.deletionTimestamp', next.deletionTimestamp, current.deletionTimestamp);
  immutable(
    errors,
    'metadata.deletionGracePeriodSeconds',
    next.deletionGracePeriodSeconds,
    current.deletionGracePeriodSeconds,
  );
  // Upstream looks at these once more here; finalizers have had their own look above.
  checkParts(errors, next, { ...current, ...(next.finalizers && { finalizers: next.finalizers }) });
  return errors;
}

function immutable(errors: FieldError[], path: string, next: unknown, current: unknown): void {
  if (next !== current) errors.push(fieldErrors.invalid(path, next ?? '', 'field is immutable'));
}

/** Names of most kinds. */
export const subdomainName: NameCheck = (name, prefix) => isDns1123Subdomain(prefix ? maskTrailingDash(name) : name);

/** A prefix may end in a dash, for the suffix will follow. */
const maskTrailingDash = (name: string): string =>
  name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;

/** The metadata a client may not decide at creation. */
export function newSystemFields<T extends KubeObject>(object: T, uid: string, creationTimestamp: string): T {
  const {
    deletionTimestamp: _,
    deletionGracePeriodSeconds: __,
    selfLink: ___,
    resourceVersion: ____,
    ...meta
  } = object.metadata;
  return { ...object, metadata: { ...meta, uid, creationTimestamp } };
}
