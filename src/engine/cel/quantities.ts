/** Quantities and semantic versions. @upstream staging/src/k8s.io/apiserver/pkg/cel/library/quantity.go, semverlib.go */
import {
  addQuantity,
  compareQuantity,
  isQuantity,
  parseQuantity,
  type Quantity,
  QuantityError,
  quantityFromValue,
  subQuantity,
} from '#engine/apimachinery';
import type { CelFunction } from './arithmetic.ts';
import { CelError, Opaque, type Value } from './values.ts';

const NANO = 1_000_000_000n;
const MAX_INT = 2n ** 63n;

const isQuantityValue = (value: Value | undefined): value is Opaque =>
  value instanceof Opaque && value.type === 'kubernetes.Quantity';
const amount = (value: Opaque): Quantity => value.content as Quantity;
const quantityValue = (content: Quantity): Opaque => new Opaque('kubernetes.Quantity', content);

const parse: CelFunction = (text) => {
  if (typeof text !== 'string') return undefined;
  try {
    return quantityValue(parseQuantity(text));
  } catch (error) {
    if (error instanceof QuantityError) throw new CelError(error.message);
    throw error;
  }
};

const isInteger = ({ nanos }: Quantity): boolean =>
  nanos % NANO === 0n && nanos / NANO < MAX_INT && nanos / NANO >= -MAX_INT;

const change =
  (apply: (left: Quantity, right: Quantity) => Quantity): CelFunction =>
  (left, right) => {
    if (!isQuantityValue(left)) return undefined;
    if (typeof right === 'bigint')
      return quantityValue(apply(amount(left), quantityFromValue(Number(right), 'DecimalSI')));
    return isQuantityValue(right) ? quantityValue(apply(amount(left), amount(right))) : undefined;
  };

interface Version {
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
}

const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Leading `v`, leading zeros and missing parts are put right. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([0-9.]*)(.*)$/.exec(text) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3 && rest === '') parts.push('0');
  return parts.join('.') + rest;
}

function versionOf(text: string, normalize: boolean): Version | undefined {
  const match = SEMVER.exec(normalize ? normalized(text) : text);
  if (!match) return undefined;
  const pre = match[4] === undefined ? [] : match[4].split('.');
  if (pre.some((part) => /^0\d+$/.test(part))) return undefined;
  return { numbers: match.slice(1, 4).map(BigInt), pre };
}

function semverFault(text: string): string {
  if (text === '') return 'Version string empty';
  if (text.split('.').length < 3) return 'No Major.Minor.Patch elements found';
  const bad = /[^0-9]/.exec(text.split('.')[0] ?? '');
  if (bad) return `Invalid character(s) found in major number ${JSON.stringify(text.split('.')[0])}`;
  return `Invalid character(s) found in version ${JSON.stringify(text)}`;
}

const comparePart = (left: string, right: string): number => {
  const numeric = [left, right].map((part) => /^\d+$/.test(part));
  if (numeric[0] && numeric[1]) return Number(BigInt(left) - BigInt(right));
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
};

function compareVersions(left: Version, right: Version): number {
  for (const [at, number] of left.numbers.entries()) {
    const other = right.numbers[at] as bigint;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return Math.sign(right.pre.length - left.pre.length);
  for (const [at, part] of left.pre.entries()) {
    const other = right.pre[at];
    if (other === undefined) return 1;
    const order = comparePart(part, other);
    if (order !== 0) return Math.sign(order);
  }
  return left.pre.length < right.pre.length ? -1 : 0;
}

const isVersion = (value: Value | undefined): value is Opaque =>
  value instanceof Opaque && value.type === 'kubernetes.Semver';

const comparing =
  (answer: (order: number) => Value): CelFunction =>
  (left, right) => {
    if (isQuantityValue(left) && isQuantityValue(right)) return answer(compareQuantity(amount(left), amount(right)));
    if (isVersion(left) && isVersion(right))
      return answer(compareVersions(left.content as Version, right.content as Version));
    return undefined;
  };

const ofQuantity =
  (answer: (quantity: Quantity) => Value): CelFunction =>
  (value) =>
    isQuantityValue(value) ? answer(amount(value)) : undefined;

const numberAt =
  (at: number): CelFunction =>
  (value) =>
    isVersion(value) ? ((value.content as Version).numbers[at] as bigint) : undefined;

export const QUANTITIES: { readonly [name: string]: CelFunction } = {
  quantity: parse,
  isQuantity: (text) => (typeof text === 'string' ? isQuantity(text) : undefined),
  isInteger: ofQuantity(isInteger),
  asInteger: ofQuantity((quantity) => {
    if (!isInteger(quantity)) throw new CelError('cannot convert value to integer');
    return quantity.nanos / NANO;
  }),
  asApproximateFloat: ofQuantity(({ nanos }) => Number(nanos) / 1e9),
  sign: ofQuantity(({ nanos }) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n)),
  add: change(addQuantity),
  sub: change(subQuantity),
  isLessThan: comparing((order) => order < 0),
  isGreaterThan: comparing((order) => order > 0),
  compareTo: comparing((order) => BigInt(Math.sign(order))),
  semver: (text, normalize) => {
    if (typeof text !== 'string') return undefined;
    const version = versionOf(text, normalize === true);
    if (!version) throw new CelError(semverFault(text));
    return new Opaque('kubernetes.Semver', version);
  },
  isSemver: (text, normalize) =>
    typeof text === 'string' ? versionOf(text, normalize === true) !== undefined : undefined,
  major: numberAt(0),
  minor: numberAt(1),
  patch: numberAt(2),
};
