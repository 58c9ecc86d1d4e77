/** What an evaluation has cost so far. @upstream cel-go interpreter/runtimecost.go, staging/src/k8s.io/apiserver/pkg/cel/library/cost.go */
import { formatSize } from './formats.ts';
import { CelError, isMap, ListValue, Opaque, type Value } from './values.ts';

export interface Meter {
  /** The budget is used up: nothing may swallow the error that says so. */
  readonly isSpent: boolean;
  /** A name or a member was read. */
  attribute(): void;
  call(name: string, args: readonly Value[], result: Value): void;
  create(what: 'list' | 'map' | 'struct'): void;
}

const STRING_FACTOR = 0.1;
const REGEX_FACTOR = 0.25;
const CREATION = { list: 10, map: 30, struct: 40 } as const;
const AUTHORIZATION_CHECK = 350_000;
const SELECTOR = 10;
const REQUIREMENT = 50;

/** The size that a value has for its cost. Strings count in code points. */
function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return [...value].length;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof ListValue) return value.size;
  if (value !== undefined && isMap(value)) return value.size;
  if (value instanceof Opaque && (value.type === 'net.IP' || value.type === 'net.CIDR')) return bytesOf(value);
  return 1;
}

function bytesOf({ content }: Opaque): number {
  const part = content as {
    readonly bytes?: readonly number[];
    readonly address?: { readonly bytes: readonly number[] };
  };
  return (part.bytes ?? part.address?.bytes ?? []).length;
}

const traverse = (value: Value | undefined, times = 1): number => Math.ceil(sizeOf(value) * times * STRING_FACTOR);

/** Every leaf once. */
function traversal(value: Value | undefined): number {
  if (typeof value === 'string') return Math.trunc(new TextEncoder().encode(value).length * STRING_FACTOR);
  if (value instanceof Uint8Array) return Math.trunc(value.length * STRING_FACTOR);
  let cost = 0;
  if (value instanceof ListValue) for (const item of value) cost += traversal(item);
  else if (value !== undefined && isMap(value))
    for (const key of value.keys()) cost += traversal(key) + traversal(value.get(key));
  else return 1;
  return cost;
}

const isText = (value: Value | undefined): boolean => typeof value === 'string' || value instanceof Uint8Array;

/** Comparing reads as much as the shorter side has. */
function comparison(left: Value | undefined, right: Value | undefined): number {
  if (!isText(left) && !(left instanceof ListValue) && !(left !== undefined && left !== null && isMap(left))) return 1;
  return Math.ceil(Math.min(sizeOf(left), sizeOf(right)) * STRING_FACTOR);
}

const pattern = (text: Value | undefined, regex: Value | undefined): number =>
  Math.ceil((1 + sizeOf(text)) * STRING_FACTOR) * Math.ceil(sizeOf(regex) * REGEX_FACTOR);

type Price = (args: readonly Value[], result: Value) => number;

const first: Price = ([value]) => traverse(value);
const twice: Price = ([value]) => traverse(value, 2);
const walk: Price = ([value]) => traversal(value);
const second: Price = ([, part]) => traverse(part);
const compared: Price = ([left, right]) => comparison(left, right);
const matched: Price = ([text, regex]) => pattern(text, regex);
const insideBlock = (base: number) => (args: readonly Value[]) =>
  base + traverse(args[0], 2) + (typeof args[1] === 'string' ? traverse(args[1]) : 0);
/** A requirement of a selector takes two characters, a struct and a list. */
const selector: Price = ([, text]) => SELECTOR + Math.ceil(sizeOf(text) / 2) * REQUIREMENT + traverse(text);
/** Sets compare every item of one with every item of the other. */
const crossed =
  (times: number): Price =>
  ([left, right]) =>
    sizeOf(left) * sizeOf(right) * times + 1;

/** What is not here costs 1. */
const PRICES: { readonly [name: string]: Price } = {
  check: () => AUTHORIZATION_CHECK,
  isSorted: walk,
  sum: walk,
  max: walk,
  min: walk,
  indexOf: walk,
  lastIndexOf: walk,
  url: first,
  lowerAscii: first,
  upperAscii: first,
  substring: first,
  trim: first,
  replace: twice,
  split: twice,
  join: (_, result) => traverse(result, 2),
  find: matched,
  findAll: matched,
  matches: matched,
  validate: ([format, text]) =>
    format instanceof Opaque
      ? Math.ceil((1 + sizeOf(text)) * STRING_FACTOR) * Math.ceil(formatSize(format) * REGEX_FACTOR)
      : 1,
  'strings.quote': first,
  'jsonpatch.escapeKey': first,
  fieldSelector: selector,
  labelSelector: selector,
  cidr: first,
  isIP: first,
  isCIDR: first,
  ip: (args) => (typeof args[0] === 'string' ? traverse(args[0]) : 1),
  'ip.isCanonical': twice,
  containsIP: insideBlock(0),
  containsCIDR: (args) => insideBlock(1)(args) + traverse(args[0]),
  quantity: first,
  isQuantity: first,
  semver: first,
  isSemver: first,
  format: first,
  contains: ([text, part]) => traverse(text) * traverse(part),
  startsWith: second,
  endsWith: second,
  '@in': ([, container]) => (container instanceof ListValue ? container.size : 1),
  '_==_': compared,
  '_!=_': compared,
  '_<_': compared,
  '_<=_': compared,
  '_>_': compared,
  '_>=_': compared,
  '_+_': ([left, right]) => (isText(left) ? Math.ceil((sizeOf(left) + sizeOf(right)) * STRING_FACTOR) : 1),
  string: ([value]) => (value instanceof Uint8Array ? traverse(value) : 1),
  bytes: ([value]) => (typeof value === 'string' ? traverse(value) : 1),
  'sets.contains': crossed(1),
  'sets.intersects': crossed(1),
  'sets.equivalent': crossed(2),
};

/** Adds up, and ends the evaluation when the budget is used up. */
export class BudgetMeter implements Meter {
  readonly #budget: number;
  readonly #message: string;
  cost = 0;
  isSpent = false;

  constructor(budget: number, message: string) {
    this.#budget = budget;
    this.#message = message;
  }

  #add(cost: number): void {
    this.cost += cost;
    if (this.cost <= this.#budget) return;
    this.isSpent = true;
    throw new CelError(this.#message);
  }

  attribute(): void {
    this.#add(1);
  }

  call(name: string, args: readonly Value[], result: Value): void {
    this.#add(PRICES[name]?.(args, result) ?? 1);
  }

  create(what: keyof typeof CREATION): void {
    this.#add(CREATION[what]);
  }
}
