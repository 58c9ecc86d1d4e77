/**
 * Turns a client's JSON value into the object Go would hold: unknown fields dropped and reported, zero values as Go keeps or
 * omits them, quantities and times in canonical form. What needs no change is shared with the input.
 * @upstream staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go
 */
import { decodeScalar } from './decode-scalar.ts';
import { DecodeError, type DecodeState, fullPath, jsonKind, wrongType } from './decode-state.ts';
import type { FieldSchema, ListSchema, MapSchema, Schema, StructSchema } from './schema.ts';
import { goTypeOf } from './schema.ts';

export interface Decoded {
  readonly object: { readonly [field: string]: unknown };
  /** `unknown field "spec.foo"`, `duplicate field "metadata.name"`, in document order. */
  readonly strictErrors: readonly string[];
}

function mismatch(state: DecodeState, value: unknown, schema: Schema): undefined {
  state.typeError ??= wrongType(state, jsonKind(value), goTypeOf(schema));
  return undefined;
}

const isEmpty = (value: unknown, schema: Schema): boolean => {
  if (value === '' || value === 0 || value === false) return true;
  if (schema.type === 'list') return (value as readonly unknown[]).length === 0;
  if (schema.type !== 'map') return false;
  for (const _ in value as object) return false;
  return true;
};

interface StructPlan {
  /** Fields Go prints even when they are zero. */
  readonly present: readonly FieldSchema[];
  zero?: { readonly [field: string]: unknown };
}

const plans = new WeakMap<StructSchema, StructPlan>();

function planOf(schema: StructSchema): StructPlan {
  let plan = plans.get(schema);
  if (!plan) {
    plan = {
      present: [...schema.fields.values()].filter((field) => field.byValue || field.zero !== undefined),
    };
    plans.set(schema, plan);
  }
  return plan;
}

/** What an absent struct held by value prints as. */
export function zeroStruct(schema: StructSchema): { readonly [field: string]: unknown } {
  const plan = planOf(schema);
  if (!plan.zero) {
    const zero: { [field: string]: unknown } = {};
    plan.zero = zero;
    for (const field of plan.present) zero[field.name] = zeroOf(field);
    Object.freeze(zero);
  }
  return plan.zero;
}

const zeroOf = (field: FieldSchema): unknown =>
  field.schema.type === 'struct' ? zeroStruct(field.schema) : field.zero;

/** Structs that came out of a decoding, with their schema: they need no second look. */
const decoded = new WeakMap<object, StructSchema>();

function decodeStruct(value: unknown, schema: StructSchema, state: DecodeState, base: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(state, value, schema);
  if (decoded.get(value) === schema) return value;
  const source = value as { readonly [field: string]: unknown };
  const known = base as { readonly [field: string]: unknown } | undefined;
  let target: { [field: string]: unknown } | undefined;
  const repeated = state.duplicates.size > 0 ? state.duplicates.get(value) : undefined;
  state.structs.push(schema.goName);
  for (const name in source) {
    const field = schema.fields.get(name);
    if (repeated?.includes(name)) state.strictErrors.add(`duplicate field "${fullPath(state.path, name)}"`);
    const before = source[name];
    let after: unknown;
    if (before === null && field?.zero === null) continue;
    if (!field) state.strictErrors.add(`unknown field "${fullPath(state.path, name)}"`);
    else if (before !== null && before !== undefined) {
      state.path.push(name);
      after = decodeValue(before, field.schema, state, known?.[name]);
      state.path.pop();
      if (after !== undefined && field.omitEmpty && isEmpty(after, field.schema)) after = undefined;
    }
    if (after !== before) {
      target ??= { ...source };
      if (after === undefined) delete target[name];
      else target[name] = after;
    }
  }
  state.structs.pop();
  for (const field of planOf(schema).present) {
    if ((target ?? source)[field.name] !== undefined) continue;
    target ??= { ...source };
    target[field.name] = zeroOf(field);
  }
  const result = target ?? source;
  if (state.path.length <= 1) decoded.set(result, schema);
  return result;
}

function decodeList(value: unknown, schema: ListSchema, state: DecodeState, base: unknown): unknown {
  if (!Array.isArray(value)) return mismatch(state, value, schema);
  const known = base as readonly unknown[] | undefined;
  let target: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    state.path.push(i);
    const before = value[i];
    const after = before === null ? zeroValue(schema.items) : decodeValue(before, schema.items, state, known?.[i]);
    state.path.pop();
    if (after === before) continue;
    target ??= [...value];
    target[i] = after;
  }
  return target ?? value;
}

function decodeMap(value: unknown, schema: MapSchema, state: DecodeState, base: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(state, value, schema);
  const source = value as { readonly [key: string]: unknown };
  const known = base as { readonly [key: string]: unknown } | undefined;
  const repeated = state.duplicates.size > 0 ? state.duplicates.get(value) : undefined;
  for (const key of repeated ?? []) state.strictErrors.add(`duplicate field "${fullPath(state.path, key)}"`);
  let target: { [key: string]: unknown } | undefined;
  for (const key in source) {
    const before = source[key];
    // A string needs no look at its path.
    if (typeof before === 'string' && schema.values.type === 'string' && schema.values.format === undefined) continue;
    state.path.push({ key });
    const after =
      before === null || before === undefined
        ? zeroValue(schema.values)
        : decodeValue(before, schema.values, state, known?.[key]);
    state.path.pop();
    if (after === before) continue;
    target ??= { ...source };
    target[key] = after;
  }
  return target ?? value;
}

function zeroValue(schema: Schema): unknown {
  if (schema.type === 'struct') return zeroStruct(schema);
  if (schema.type === 'list') return [];
  if (schema.type === 'map') return {};
  if (schema.type === 'any') return null;
  if (schema.type === 'string') return schema.format === 'quantity' ? '0' : '';
  return schema.type === 'boolean' ? false : 0;
}

/** `base` is a value decoded before with this schema, if there is one: what is still the same needs no second look. */
function decodeValue(value: unknown, schema: Schema, state: DecodeState, base: unknown): unknown {
  if (base !== undefined && value === base) return value;
  switch (schema.type) {
    case 'struct':
      return decodeStruct(value, schema, state, base);
    case 'list':
      return decodeList(value, schema, state, base);
    case 'map':
      return decodeMap(value, schema, state, base);
    case 'any':
      return value;
    default:
      return decodeScalar(value, schema, state);
  }
}

const noDuplicates: ReadonlyMap<object, readonly string[]> = new Map();
/** Upstream stops collecting there. */
const MAX_STRICT_ERRORS = 100;

/**
 * Decodes a value as the struct. Throws DecodeError with Go's words for a wrong type; unknown and duplicate fields are
 * reported, not refused. Frozen input is fine: nothing is changed in place. `base` is an object of the same schema that the
 * value was made from, already decoded.
 * @fidelity partial: a duplicate field is reported at its first place, and its values are not merged; integers beyond 2^53 lose precision
 */
export function decodeObject(
  value: unknown,
  schema: StructSchema,
  duplicates: ReadonlyMap<object, readonly string[]> = noDuplicates,
  base?: object,
): Decoded {
  const state: DecodeState = { path: [], structs: [], strictErrors: new Set(), duplicates, typeError: undefined };
  const object = decodeStruct(value, schema, state, base);
  if (state.typeError !== undefined) throw new DecodeError(state.typeError);
  return { object: object as Decoded['object'], strictErrors: [...state.strictErrors].slice(0, MAX_STRICT_ERRORS) };
}
