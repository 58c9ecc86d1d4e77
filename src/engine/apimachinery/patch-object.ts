/**
 * The patch verb between the body and the new object: reading, applying, decoding, with upstream's refusals.
 * Apply patches are in server-side-apply.ts.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import { type Decoded, decodeObject } from './decode.ts';
import {
  type FieldValidation,
  type GroupVersionKindName,
  notRegistered,
  type ObjectBody,
  unconvertible,
} from './decode-body.ts';
import { DecodeError, jsonKind } from './decode-state.ts';
import { fieldErrors } from './field-error.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';
import { JsonSyntaxError, type ParsedJson, parseJson } from './json-text.ts';
import { compareText, goDynamicType, goPrint, isJsonMap, type JsonMap } from './json-value.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { KubeObject } from './meta.ts';
import type { Schema, StructSchema } from './schema.ts';
import { failure, type StatusError, statusErrors } from './status.ts';
import { StrategicMergeError } from './strategic-error.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

export type ObjectPatchType = 'json' | 'merge' | 'strategic';

export interface PatchObjectOptions {
  readonly schemaOf: (kind: GroupVersionKindName) => StructSchema | undefined;
  readonly fieldValidation: FieldValidation;
  /** Reads the patched document, for kinds that have no Go type. Throws DecodeError. */
  readonly decode?: (document: unknown) => Decoded;
}

export interface PatchedObject {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

const MAX_OPERATIONS = 10_000;
const MAP = 'map[string]interface {}';

/** ` "" is invalid: patch: Invalid value: …`: the patched object cannot be what it should be. */
function invalidPatch(value: string, why: string): StatusError {
  const error = fieldErrors.invalid('patch', value, why);
  return failure(422, ` "" is invalid: patch: ${error.body}`, 'Invalid', {
    causes: [{ reason: error.type, message: error.body, field: 'patch' }],
  });
}

const decoder = new TextDecoder();

function readPatch(body: ObjectBody, prefix: string): ParsedJson {
  if (body.kind === 'json') return { value: body.value, duplicates: new Map() };
  try {
    return parseJson(body.kind === 'text' ? body.text : decoder.decode(body.bytes));
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw statusErrors.badRequest(`${prefix}${error.message}`);
    throw error;
  }
}

function mapPatch(value: unknown, prefix: string): JsonMap {
  if (isJsonMap(value)) return value;
  if (value === null) return {};
  throw statusErrors.badRequest(`${prefix}json: cannot unmarshal ${jsonKind(value)} into Go value of type ${MAP}`);
}

const OPERATION_TEXTS = ['op', 'path', 'from'] as const;

/**
 * What is no list of operations is refused; upstream reads operations twice, strictly where fields are validated. Answers
 * the fields no operation has.
 */
function checkOperations(value: unknown, validation: FieldValidation): readonly string[] {
  const strict = validation !== 'Ignore';
  const refuse = (found: unknown, target: string): never => {
    const prefix = strict ? 'error decoding patch: ' : '';
    throw statusErrors.badRequest(`${prefix}json: cannot unmarshal ${jsonKind(found)} into Go ${target}`);
  };
  if (value === null) return [];
  if (!Array.isArray(value))
    return refuse(value, `value of type ${strict ? '[]handlers.jsonPatchOp' : 'jsonpatch.Patch'}`);
  const unknown: string[] = [];
  for (const [i, one] of value.entries()) {
    if (one === null) continue;
    if (!isJsonMap(one)) refuse(one, `value of type ${strict ? 'handlers.jsonPatchOp' : 'jsonpatch.Operation'}`);
    if (!strict) continue;
    for (const name of OPERATION_TEXTS) {
      const text = one[name];
      if (text !== undefined && text !== null && typeof text !== 'string')
        refuse(text, `struct field jsonPatchOp.${name} of type string`);
    }
    for (const name in one) {
      if (name !== 'value' && !OPERATION_TEXTS.some((known) => known === name))
        unknown.push(`json patch unknown field "[${i}].${name}"`);
    }
  }
  return unknown;
}

function applyOperations(current: KubeObject, operations: unknown): unknown {
  const value = (operations ?? []) as readonly unknown[];
  if (value.length > MAX_OPERATIONS) {
    const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${value.length}`;
    throw failure(413, message, 'RequestEntityTooLarge');
  }
  try {
    return applyJsonPatch(current, value as readonly JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw failure(422, 'the server rejected our request due to an error in our request', 'Invalid', {});
  }
}

function applyStrategic(current: KubeObject, patch: JsonMap, schema: StructSchema): JsonMap {
  try {
    return applyStrategicMergePatch(current as unknown as JsonMap, patch, schema);
  } catch (error) {
    if (error instanceof StrategicMergeError)
      throw error.malformed ? statusErrors.badRequest(error.message) : failure(500, error.message);
    throw error;
  }
}

/** How upstream's converter from maps to structs words a wrong type. */
function conversionFault(value: unknown, schema: Schema): string | undefined {
  if (value === null || value === undefined || schema.type === 'any') return undefined;
  if (schema.type === 'list') {
    if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`;
    return firstFault(value.map((item) => [item, schema.items]));
  }
  if (schema.type === 'map' || schema.type === 'struct') {
    if (!isJsonMap(value))
      return `cannot restore ${schema.type} from${schema.type === 'struct' ? ':' : ''} ${goKind(value)}`;
    return firstFault(
      Object.keys(value)
        .sort(compareText)
        .map((key) => [
          value[key],
          schema.type === 'map' ? schema.values : (schema.fields.get(key)?.schema ?? { type: 'any' }),
        ]),
    );
  }
  if (schema.format === 'quantity' || schema.format === 'int-or-string' || schema.format === 'byte') return undefined;
  const expected = { string: 'string', boolean: 'bool', integer: schema.format ?? 'int32', number: 'float64' }[
    schema.type
  ];
  const matches = typeof value === (schema.type === 'integer' ? 'number' : schema.type);
  return matches ? undefined : `cannot convert ${goDynamicType(value)} to ${expected}`;
}

const goKind = (value: unknown) => (Array.isArray(value) ? 'slice' : isJsonMap(value) ? 'map' : goDynamicType(value));

function firstFault(parts: readonly (readonly [unknown, Schema])[]): string | undefined {
  for (const [value, schema] of parts) {
    const fault = conversionFault(value, schema);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The patched document as upstream quotes it: top-level fields sorted. */
function quoteDocument(document: unknown): string {
  if (!isJsonMap(document)) return JSON.stringify(document);
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(document)
        .sort(compareText)
        .map((key) => [key, key === 'metadata' ? inGoOrder(document[key]) : document[key]]),
    ),
  );
}

const META_ORDER =
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields'.split(
    ' ',
  );

/** Metadata as Go writes it. */
function inGoOrder(metadata: unknown): unknown {
  if (!isJsonMap(metadata)) return metadata;
  const keys = [...META_ORDER, ...Object.keys(metadata).filter((key) => !META_ORDER.includes(key))];
  return Object.fromEntries(keys.filter((key) => key in metadata).map((key) => [key, metadata[key]]));
}

function kindOf(document: unknown, current: KubeObject): GroupVersionKindName {
  const { apiVersion, kind } = isJsonMap(document) ? document : {};
  const [version = '', group = ''] = (typeof apiVersion === 'string' ? apiVersion : current.apiVersion)
    .split('/')
    .reverse();
  return { group, version, kind: typeof kind === 'string' ? kind : current.kind };
}

function decodePatched(
  document: unknown,
  current: KubeObject,
  currentSchema: StructSchema,
  strategic: boolean,
  quote: () => string,
  options: PatchObjectOptions,
) {
  if (options.decode) {
    try {
      return options.decode(document);
    } catch (error) {
      if (error instanceof DecodeError) throw invalidPatch(quote(), error.message);
      throw error;
    }
  }
  // What a strategic patch says about the kind is of no consequence: its result is read as what it was.
  const gvk = strategic ? kindOf(undefined, current) : kindOf(document, current);
  const schema = options.schemaOf(gvk);
  if (!schema) throw invalidPatch(quote(), notRegistered(gvk));
  try {
    const typed = strategic
      ? { ...(document as JsonMap), apiVersion: current.apiVersion, kind: current.kind }
      : document;
    const decoded = decodeObject(typed ?? {}, schema, undefined, schema === currentSchema ? current : undefined);
    const wanted = kindOf(undefined, current);
    if (gvk.kind === wanted.kind && gvk.group === wanted.group) return decoded;
    throw new DecodeError(unconvertible(gvk, wanted));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // Strategic patches are converted from maps, where upstream has other words for the same fault.
    throw invalidPatch(quote(), (strategic ? conversionFault(document, schema) : undefined) ?? error.message);
  }
}

/**
 * Applies a patch of one of the three kinds to the current object (in the version of the request) and decodes the result.
 * Throws StatusError as upstream does; metadata rules (name, resourceVersion) are the caller's.
 * @fidelity partial: the quoted document in a 422 follows Go's field order only at the top
 */
export function patchObject(
  current: KubeObject,
  type: ObjectPatchType,
  body: ObjectBody,
  schema: StructSchema,
  options: PatchObjectOptions,
): PatchedObject {
  const ignored = options.fieldValidation === 'Ignore';
  const prefix = type === 'strategic' || (type === 'json' && ignored) ? '' : 'error decoding patch: ';
  const { value, duplicates } = readPatch(body, prefix);
  let document: unknown;
  let quote = () => quoteDocument(document);
  const unknown = type === 'json' ? checkOperations(value, options.fieldValidation) : [];
  if (type === 'json') document = applyOperations(current, value);
  else {
    const patch = mapPatch(value, prefix);
    document = type === 'merge' ? applyMergePatch(current, patch) : applyStrategic(current, patch, schema);
    if (type === 'strategic') quote = () => goPrint(patch);
  }
  const decoded = decodePatched(document, current, schema, type === 'strategic', quote, options);
  const repeated = duplicateFields(value, duplicates).map((text) => (type === 'json' ? `json patch ${text}` : text));
  const strictErrors = [...repeated, ...unknown, ...decoded.strictErrors];
  if (strictErrors.length > 0 && options.fieldValidation === 'Strict') {
    throw invalidPatch(quote(), `strict decoding error: ${strictErrors.join(', ')}`);
  }
  return {
    object: decoded.object as unknown as KubeObject,
    warnings: options.fieldValidation === 'Warn' ? strictErrors : [],
  };
}

/** `duplicate field "spec.size"` for every name that an object of a document has twice. */
export function duplicateFields(
  value: unknown,
  duplicates: ReadonlyMap<object, readonly string[]>,
  path = '',
): string[] {
  if (duplicates.size === 0) return [];
  if (typeof value !== 'object' || value === null) return [];
  const found = (duplicates.get(value) ?? []).map((key) => `duplicate field "${path}${path && '.'}${key}"`);
  for (const [key, child] of Object.entries(value)) {
    const step = Array.isArray(value) ? `${path}[${key}]` : `${path}${path && '.'}${key}`;
    found.push(...duplicateFields(child, duplicates, step));
  }
  return found;
}
