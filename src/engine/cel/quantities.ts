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

const NUMERIC = /^\d*$/;
const ALPHANUMERIC = /^[0-9A-Za-z-]*$/;
const PARTS = ['major', 'minor', 'patch'] as const;
const PARTS_SHOWN = ['Major', 'Minor', 'Patch'] as const;
const leadsWithZero = (text: string): boolean => text.length > 1 && text.startsWith('0');

function numberOf(text: string, part: number): bigint {
  if (!NUMERIC.test(text))
    throw new CelError(`Invalid character(s) found in ${PARTS[part]} number ${JSON.stringify(text)}`);
  if (leadsWithZero(text))
    throw new CelError(`${PARTS_SHOWN[part]} number must not contain leading zeroes ${JSON.stringify(text)}`);
  if (text === '') throw new CelError('strconv.ParseUint: parsing "": invalid syntax');
  return BigInt(text);
}

function checkPreRelease(text: string): void {
  if (text === '') throw new CelError('Prerelease is empty');
  if (NUMERIC.test(text) && leadsWithZero(text))
    throw new CelError(`Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(text)}`);
  if (!ALPHANUMERIC.test(text)) throw new CelError(`Invalid character(s) found in prerelease ${JSON.stringify(text)}`);
}

function checkBuild(text: string): void {
  if (text === '') throw new CelError('Build meta data is empty');
  if (!ALPHANUMERIC.test(text))
    throw new CelError(`Invalid character(s) found in build meta data ${JSON.stringify(text)}`);
}

/** Throws CelError. @upstream github.com/blang/semver/v4/semver.go Parse */
function parseVersion(text: string): Version {
  if (text === '') throw new CelError('Version string empty');
  const [major, minor, ...more] = text.split('.');
  if (major === undefined || minor === undefined || more.length === 0)
    throw new CelError('No Major.Minor.Patch elements found');
  const numbers = [numberOf(major, 0), numberOf(minor, 1)];
  const [rest = '', build] = more.join('.').split(/\+(.*)/s);
  const [patch = '', pre] = rest.split(/-(.*)/s);
  numbers.push(numberOf(patch, 2));
  const preParts = pre === undefined ? [] : pre.split('.');
  for (const part of preParts) checkPreRelease(part);
  for (const part of build === undefined ? [] : build.split('.')) checkBuild(part);
  return { numbers, pre: preParts };
}

/** A leading `v`, leading zeros and missing parts are put right. Throws CelError. */
function normalized(text: string): string {
  const [major = '', minor, ...more] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(more.length > 0 ? [more.join('.')] : [])].map(
    (part) => {
      if (part.length < 2) return part;
      const bare = part.replace(/^0+/, '');
      return /^\d/.test(bare) ? bare : `0${bare}`;
    },
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? ''))
    throw new CelError('short version cannot contain PreRelease/Build meta data');
  while (parts.length < 3) parts.push('0');
  return parts.join('.');
}

const versionOf = (text: string, normalize: boolean): Version => parseVersion(normalize ? normalized(text) : text);

function isVersionText(text: string, normalize: boolean): boolean {
  try {
    versionOf(text, normalize);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
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
  semver: (text, normalize) =>
    typeof text === 'string' ? new Opaque('kubernetes.Semver', versionOf(text, normalize === true)) : undefined,
  isSemver: (text, normalize) => (typeof text === 'string' ? isVersionText(text, normalize === true) : undefined),
  major: numberAt(0),
  minor: numberAt(1),
  patch: numberAt(2),
};
