/** Functions of lists, sets, maps and optionals. @upstream staging/src/k8s.io/apiserver/pkg/cel/library/lists.go; cel-go ext/sets.go, cel/library.go */
import { ARITHMETIC, type CelFunction, isZero } from './arithmetic.ts';
import { compare, contains, equal } from './equality.ts';
import { CelError, isMap, ListValue, listOf, mapOf, Optional, type Value } from './values.ts';

const isSorted: CelFunction = (list) => {
  if (!(list instanceof ListValue)) return undefined;
  for (let at = 1; at < list.size; at++) {
    const order = compare(list.at(at - 1), list.at(at));
    if (order === undefined) return undefined;
    if (order > 0) return false;
  }
  return true;
};

const sum: CelFunction = (list) => {
  if (!(list instanceof ListValue)) return undefined;
  let total: Value | undefined;
  for (const item of list) {
    const next: Value | undefined = total === undefined ? item : ARITHMETIC['_+_']?.(total, item);
    if (next === undefined || typeof next === 'string') return undefined;
    total = next;
  }
  return total ?? 0n;
};

const extreme =
  (name: string, sign: number): CelFunction =>
  (list) => {
    if (!(list instanceof ListValue)) return undefined;
    if (list.size === 0) throw new CelError(`${name} called on empty list`);
    let best = list.at(0);
    for (const item of list) {
      const order = compare(item, best);
      if (order === undefined) return undefined;
      if (order * sign > 0) best = item;
    }
    return best;
  };

const find =
  (backwards: boolean): CelFunction =>
  (list, wanted) => {
    if (!(list instanceof ListValue) || wanted === undefined) return undefined;
    for (let step = 0; step < list.size; step++) {
      const at = backwards ? list.size - 1 - step : step;
      if (equal(list.at(at), wanted)) return BigInt(at);
    }
    return -1n;
  };

const sets =
  (test: (left: ListValue, right: ListValue) => boolean): CelFunction =>
  (left, right) =>
    left instanceof ListValue && right instanceof ListValue ? test(left, right) : undefined;

const hasAll = (left: ListValue, right: ListValue): boolean => [...right].every((item) => contains(left, item));

const NONE = new Optional(undefined);

const unwrap: CelFunction = (list) =>
  list instanceof ListValue
    ? listOf([...list].flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : [])))
    : undefined;

const insert: CelFunction = (map, key, value) => {
  if (!map || !isMap(map) || key === undefined) return undefined;
  const entries = [...map.keys()].map((name): readonly [Value, Value] => [name, map.get(name) ?? null]);
  if (value !== undefined) return mapOf([...entries, [key, value]], true);
  if (!isMap(key)) return undefined;
  const more = [...key.keys()].map((name): readonly [Value, Value] => [name, key.get(name) ?? null]);
  return mapOf([...entries, ...more], true);
};

export const COLLECTIONS: { readonly [name: string]: CelFunction } = {
  isSorted,
  sum,
  min: extreme('min', -1),
  max: extreme('max', 1),
  indexOf: find(false),
  lastIndexOf: find(true),
  first: (list) => (list instanceof ListValue ? new Optional(list.size > 0 ? list.at(0) : undefined) : undefined),
  last: (list) =>
    list instanceof ListValue ? new Optional(list.size > 0 ? list.at(list.size - 1) : undefined) : undefined,
  'sets.contains': sets(hasAll),
  'sets.equivalent': sets((left, right) => hasAll(left, right) && hasAll(right, left)),
  'sets.intersects': sets((left, right) => [...left].some((item) => contains(right, item))),
  'optional.of': (value) => new Optional(value),
  'optional.ofNonZeroValue': (value = null) => (isZero(value) ? NONE : new Optional(value)),
  'optional.none': () => NONE,
  'optional.unwrap': unwrap,
  unwrapOpt: unwrap,
  hasValue: (optional) => (optional instanceof Optional ? optional.value !== undefined : undefined),
  value: (optional) => {
    if (!(optional instanceof Optional)) return undefined;
    if (optional.value === undefined) throw new CelError('optional.none() dereference');
    return optional.value;
  },
  'cel.@mapInsert': insert,
};
