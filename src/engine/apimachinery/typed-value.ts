/**
 * Objects seen through their schema, as server-side apply sees them: which paths a value has, what differs between two,
 * what remains when paths are taken away.
 * @upstream vendor/sigs.k8s.io/structured-merge-diff/v6/typed/typed.go
 */
import { zeroStruct } from './decode.ts';
import {
  childOf,
  emptyFieldSet,
  type FieldSet,
  type FieldSetBuilder,
  hasMember,
  isEmptySet,
  member,
  unionSets,
  withSelf,
} from './field-set.ts';
import { isJsonMap, type JsonMap, jsonEqual } from './json-value.ts';
import type { ListSchema, Schema, StructSchema } from './schema.ts';

const anything: Schema = { type: 'any' };

export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Leaves are owned whole: scalars, atomic lists and maps, and what no schema describes. */
export function isLeaf(schema: Schema): boolean {
  if (schema.type === 'list') return schema.listType !== 'set' && schema.listType !== 'map';
  if (schema.type === 'map' || schema.type === 'struct') return schema.atomic;
  return schema.type !== 'any' || !schema.deduced;
}

/** Whether a value is owned whole: in what is only deduced, lists are, objects are not. */
export const isLeafValue = (schema: Schema, value: unknown): boolean =>
  isLeaf(schema) || (schema.type === 'any' && Array.isArray(value));

export const childSchema = (schema: Schema, key: string): Schema =>
  schema.type === 'struct'
    ? (schema.fields.get(key)?.schema ?? schema.unknown ?? anything)
    : schema.type === 'map'
      ? schema.values
      : schema.type === 'any' && schema.deduced
        ? schema
        : anything;

/** `k:{"name":"c"}` or `v:"x"`: what identifies an item; key fields left out take their defaults. */
export function itemElement(item: unknown, list: ListSchema): string {
  if (list.listType === 'set' || !isJsonMap(item)) return `v:${JSON.stringify(item)}`;
  const fields = list.items.type === 'struct' ? list.items.fields : undefined;
  const { keys } = list;
  let element = '';
  for (const key of keys.length > 1 ? keys.toSorted() : keys) {
    const value = item[key] ?? fields?.get(key)?.defaultValue;
    if (value !== undefined)
      element += `${element && ','}"${key}":${typeof value === 'number' ? value : JSON.stringify(value)}`;
  }
  return `k:{${element}}`;
}

const isEmptyCollection = (value: unknown): boolean =>
  isAbsent(value) || (Array.isArray(value) ? value.length === 0 : isJsonMap(value) && Object.keys(value).length === 0);

/** Trees of big structs, such as a Pod's spec, which many objects share. */
const addedTrees = new WeakMap<object, FieldSet>();
const SHARED_FROM_FIELDS = 8;

/** The node of a value that was not there before: it and everything below it. */
function addedNode(value: unknown, schema: Schema): FieldSet {
  if (isLeafValue(schema, value) || typeof value !== 'object' || value === null || isEmptyCollection(value))
    return member;
  const shared = schema.type === 'struct' && schema.fields.size >= SHARED_FROM_FIELDS;
  const known = shared ? addedTrees.get(value) : undefined;
  if (known) return known;
  const children: FieldSetBuilder = {};
  if (Array.isArray(value)) {
    const list = schema as ListSchema;
    for (const item of value) {
      const element = itemElement(item, list);
      // Items that appear twice are owned whole.
      children[element] = element in children ? member : addedNode(item, list.items);
    }
  } else {
    const map = value as JsonMap;
    for (const key in map)
      if (map[key] !== undefined) children[`f:${key}`] = addedNode(map[key], childSchema(schema, key));
  }
  const node = withSelf(children);
  if (shared) addedTrees.set(value, node);
  return node;
}

/** What differs between two values; each part is a node of the same path. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

type Builders = { added?: FieldSetBuilder; modified?: FieldSetBuilder; removed?: FieldSetBuilder };

function put(builders: Builders, part: keyof Builders, element: string, node: FieldSet): void {
  builders[part] ??= {};
  (builders[part] as FieldSetBuilder)[element] = node;
}

function compareChild(builders: Builders, element: string, before: unknown, after: unknown, schema: Schema): void {
  if (before === after) return;
  if (before === undefined) {
    put(builders, 'added', element, addedNode(after, schema));
    return;
  }
  if (after === undefined) {
    put(builders, 'removed', element, addedNode(before, schema));
    return;
  }
  const bothEmpty = isEmptyCollection(before) && isEmptyCollection(after);
  if (
    isLeafValue(schema, before) ||
    isLeafValue(schema, after) ||
    bothEmpty ||
    typeof before !== 'object' ||
    typeof after !== 'object' ||
    before === null ||
    after === null
  ) {
    if (!jsonEqual(before, after)) put(builders, 'modified', element, member);
    return;
  }
  const inner = isZero(before, schema) ? fromZero(after, schema) : compareChildren(before, after, schema);
  if (inner.added) put(builders, 'added', element, inner.added);
  if (inner.modified) put(builders, 'modified', element, inner.modified);
  if (inner.removed) put(builders, 'removed', element, inner.removed);
}

const isZero = (value: object, schema: Schema): boolean => schema.type === 'struct' && value === zeroStruct(schema);

const fromZeroTrees = new WeakMap<object, { readonly schema: Schema; readonly builders: Builders }>();

/** What a struct has that its zero value has not: the same for every object that shares it, such as the Pods of a template. */
function fromZero(after: object, schema: Schema): Builders {
  const known = fromZeroTrees.get(after);
  if (known?.schema === schema) return known.builders;
  const builders = compareChildren(zeroStruct(schema as StructSchema), after, schema);
  fromZeroTrees.set(after, { schema, builders });
  return builders;
}

function indexItems(items: readonly unknown[], list: ListSchema): Map<string, unknown[]> {
  const index = new Map<string, unknown[]>();
  for (const item of items) {
    const element = itemElement(item, list);
    const same = index.get(element);
    if (same) same.push(item);
    else index.set(element, [item]);
  }
  return index;
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  list: ListSchema,
  builders: Builders,
): void {
  const left = indexItems(before, list);
  const right = indexItems(after, list);
  for (const [element, items] of right) {
    const old = left.get(element);
    // Items that appear twice are compared as one.
    if (items.length === 1 && (old?.length ?? 1) === 1) compareChild(builders, element, old?.[0], items[0], list.items);
    else if (!old) put(builders, 'added', element, member);
    else if (!jsonEqual(old, items)) put(builders, 'modified', element, member);
  }
  for (const [element, items] of left) {
    if (!right.has(element)) compareChild(builders, element, items[0], undefined, list.items);
  }
}

const NO_ITEMS: readonly never[] = Object.freeze([]);

/** Lists that Go writes even when they are nil (`containers: null`): the field is never new, only its items are. */
const isAlwaysWritten = (schema: Schema, key: string): boolean => {
  const field = schema.type === 'struct' ? schema.fields.get(key) : undefined;
  return field?.required === true && !field.omitEmpty && field.schema.type === 'list';
};

function compareChildren(before: object, after: object, schema: Schema): Builders {
  const builders: Builders = {};
  if (Array.isArray(before) || Array.isArray(after)) {
    if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, schema as ListSchema, builders);
    return builders;
  }
  const left = before as JsonMap;
  const right = after as JsonMap;
  for (const key in right) {
    const inner = childSchema(schema, key);
    // An empty list that is owned whole is something else than none.
    const nothing = left[key] === null ? Array.isArray(right[key]) && !isLeaf(inner) : isAlwaysWritten(schema, key);
    const old = left[key] ?? (nothing ? NO_ITEMS : left[key]);
    compareChild(builders, `f:${key}`, old, right[key], inner);
  }
  for (const key in left) {
    if (right[key] === undefined) compareChild(builders, `f:${key}`, left[key], undefined, childSchema(schema, key));
  }
  return builders;
}

/** What changed from one object to another. Parts that are the same value cost nothing. */
export function compareTyped(before: JsonMap, after: JsonMap, schema: Schema): Comparison {
  const { added, modified, removed } = before === after ? {} : compareChildren(before, after, schema);
  return { added: added ?? emptyFieldSet, modified: modified ?? emptyFieldSet, removed: removed ?? emptyFieldSet };
}

function ownedChildren(value: unknown, schema: Schema): FieldSet {
  const children: FieldSetBuilder = {};
  if (Array.isArray(value)) {
    const list = schema as ListSchema;
    for (const item of value) {
      children[itemElement(item, list)] = isLeaf(list.items)
        ? member
        : withSelf({ ...ownedChildren(item, list.items) });
    }
  } else if (isJsonMap(value)) {
    for (const key in value) {
      const child = value[key];
      if (child === undefined) continue;
      const inner = childSchema(schema, key);
      const isField = schema.type === 'struct' && schema.fields.has(key);
      if (isLeafValue(inner, child) || child === null || (isJsonMap(child) && Object.keys(child).length === 0))
        children[`f:${key}`] = member;
      else {
        const below = ownedChildren(child, inner);
        if (!isField) children[`f:${key}`] = withSelf({ ...below });
        else if (!isEmptySet(below)) children[`f:${key}`] = below;
      }
    }
  }
  return children;
}

/** The paths an apply configuration claims: leaves, items and keys, but not the structs on the way. */
export const toFieldSet = (value: JsonMap, schema: Schema): FieldSet => ownedChildren(value, schema);

/** Makes the struct fields on the way members too, so that emptied structs can go. */
export function ensureNamedFields(set: FieldSet, schema: Schema): FieldSet {
  const result: FieldSetBuilder = {};
  for (const element in set) {
    if (element === '.') continue;
    const node = childOf(set, element) as FieldSet;
    const isField = element.startsWith('f:');
    const inner = isField ? childSchema(schema, element.slice(2)) : schema.type === 'list' ? schema.items : anything;
    const below = ensureNamedFields(node, inner);
    const named = isField && schema.type === 'struct' && schema.fields.has(element.slice(2));
    if (isEmptySet(below)) result[element] = member;
    else result[element] = named || hasMember(set, element) ? withSelf({ ...below }) : below;
  }
  return result;
}

function removeFromList(items: readonly unknown[], set: FieldSet, list: ListSchema): unknown[] {
  const kept: unknown[] = [];
  for (const item of items) {
    const element = itemElement(item, list);
    if (hasMember(set, element)) continue;
    const below = childOf(set, element);
    kept.push(below === undefined ? item : (removeItems(item, below, list.items) ?? item));
  }
  return kept;
}

/** The value without the paths of the set; undefined when nothing is left. */
export function removeItems(value: unknown, set: FieldSet, schema: Schema): unknown {
  if (isEmptySet(set) || isLeafValue(schema, value)) return value;
  if (Array.isArray(value)) {
    const kept = removeFromList(value, set, schema as ListSchema);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isJsonMap(value)) return value;
  const result: { [key: string]: unknown } = {};
  for (const key in value) {
    const element = `f:${key}`;
    if (hasMember(set, element)) continue;
    const below = childOf(set, element);
    const child = below === undefined ? value[key] : removeItems(value[key], below, childSchema(schema, key));
    if (child !== undefined) result[key] = child;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

export const unionAll = (sets: readonly FieldSet[]): FieldSet => sets.reduce(unionSets, emptyFieldSet);
