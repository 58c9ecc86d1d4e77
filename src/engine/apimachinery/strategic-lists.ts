/** Lists in strategic merge patches: merge keys, order, the directives inside. */

import { goPrint, isJsonMap, type JsonMap, jsonEqual } from './json-value.ts';
import { StrategicMergeError } from './strategic-error.ts';

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const SET_ELEMENT_ORDER = '$setElementOrder/';
export const DELETE_FROM_PRIMITIVE_LIST = '$deleteFromPrimitiveList/';

const noMergeKey = (item: unknown, key: string): never => {
  throw new StrategicMergeError(`map: ${goPrint(item)} does not contain declared merge key: ${key}`);
};

/** The value that identifies an item of a keyed list; a scalar identifies itself. */
export function identityOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '' || !isJsonMap(item)) return item;
  const value = item[mergeKey];
  return value === undefined ? noMergeKey(item, mergeKey) : value;
}

/** Upstream compares merge key values as printed. */
const sameIdentity = (a: unknown, b: unknown): boolean =>
  a === b || ((typeof a !== 'string' || typeof b !== 'string') && goPrint(a) === goPrint(b));

export const findIndex = (list: readonly unknown[], item: unknown, mergeKey: string): number => {
  const identity = identityOf(item, mergeKey);
  return list.findIndex((candidate) => sameIdentity(identityOf(candidate, mergeKey), identity));
};

const isDeletion = (item: unknown) => isJsonMap(item) && item[PATCH] === 'delete';

/** Sorts by the order of another list; items it does not know keep their place. Deletions of the order go to the end. */
export function normalizeOrder(items: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  const rank = new Map(items.map((item) => [item, findIndex(order, item, mergeKey)]));
  const known = items
    .filter((item) => (rank.get(item) ?? -1) >= 0)
    .sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  let next = 0;
  return items.map((item) => ((rank.get(item) ?? -1) >= 0 ? known[next++] : item));
}

/** Items the patch names in the patch's order, merged with the others in the server's order. */
export function mergeOrders(
  patchItems: readonly unknown[],
  serverOnly: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const left = normalizeOrder(serverOnly, serverOrder, mergeKey);
  const right = normalizeOrder(patchItems, patchOrder, mergeKey);
  const merged: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const l = i < left.length ? findIndex(serverOrder, left[i], mergeKey) : -1;
    const r = j < right.length ? findIndex(serverOrder, right[j], mergeKey) : -1;
    const leftFirst = j >= right.length || (i < left.length && l >= 0 && r >= 0 && l < r);
    merged.push(leftFirst ? left[i++] : right[j++]);
  }
  return merged;
}

/** Those that the other list names, and those it does not. */
export function partition(
  items: readonly unknown[],
  by: readonly unknown[],
  mergeKey: string,
): readonly [unknown[], unknown[]] {
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const item of items) (findIndex(by, item, mergeKey) >= 0 ? named : others).push(item);
  return [named, others];
}

export function deduplicate(list: readonly unknown[]): unknown[] {
  return list.filter((item, i) => list.findIndex((other) => jsonEqual(other, item)) === i);
}

/** The patch's items must appear in the order `$setElementOrder` gives. */
export function validateElementOrder(patchList: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  const items = mergeKey === '' ? patchList : patchList.filter((item) => !isDeletion(item));
  let at = 0;
  for (const element of order) {
    if (at === items.length) break;
    if (sameIdentity(identityOf(items[at], mergeKey), identityOf(element, mergeKey))) at++;
  }
  if (at < items.length) {
    throw new StrategicMergeError(
      `The order in patch list:\n${goPrint(patchList)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`,
    );
  }
}

/** Applies `$patch: delete` and `$patch: replace` items; what remains is merged item by item. */
export function applySpecialItems(
  original: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
): { readonly original: readonly unknown[]; readonly patch: readonly unknown[] } {
  let rest = original;
  let replace = false;
  const plain: unknown[] = [];
  for (const item of patch) {
    const directive = isJsonMap(item) ? item[PATCH] : undefined;
    if (directive === undefined) plain.push(item);
    else if (directive === 'delete') {
      const identity = identityOf(item, mergeKey);
      rest = rest.filter((candidate) => !sameIdentity(identityOf(candidate, mergeKey), identity));
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge') throw new StrategicMergeError('merging lists cannot yet be specified in the patch');
    else throw new StrategicMergeError(`unknown patch type: ${goPrint(directive)} in map: ${goPrint(item)}`);
  }
  return replace ? { original: plain, patch: [] } : { original: rest, patch: plain };
}

const DOLLAR = 36;

const isDirective = (key: string) =>
  key.charCodeAt(0) === DOLLAR &&
  (key === PATCH ||
    key === RETAIN_KEYS ||
    key.startsWith(SET_ELEMENT_ORDER) ||
    key.startsWith(DELETE_FROM_PRIMITIVE_LIST));

/** What a patch means where nothing was: no directives, no nulls, no deletions. The same value when there were none. */
export function dropDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = value.some(isDeletion) ? value.filter((item) => !isDeletion(item)) : value;
    const clean = kept.map(dropDirectives);
    return clean.some((item, i) => item !== kept[i]) ? clean : kept;
  }
  if (!isJsonMap(value)) return value;
  let changed = false;
  const result: { [key: string]: unknown } = {};
  for (const key in value) {
    const child = value[key];
    if (isDirective(key) || child === null || child === undefined || isDeletion(child)) {
      changed = true;
      continue;
    }
    const clean = typeof child === 'object' ? dropDirectives(child) : child;
    if (clean !== child) changed = true;
    result[key] = clean;
  }
  return changed ? result : value;
}

export const asMap = (value: unknown): JsonMap | undefined => (isJsonMap(value) ? value : undefined);
