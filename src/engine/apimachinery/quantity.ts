/**
 * resource.Quantity: exact decimal amounts with SI, binary or exponent suffixes.
 * @upstream staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An amount in billionths (the finest scale upstream keeps), and how it wants to be printed. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

/** The text is no quantity; the message is upstream's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;
const MAX_INT64 = (1n << 63n) - 1n;
/** Beyond this a decimal exponent is refused: upstream would build a number of that many digits. */
const MAX_EXPONENT = 1024;
const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_WRONG = 'unable to parse numeric part of quantity';
const SUFFIX_WRONG = "unable to parse quantity's suffix";

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const decimalNames: ReadonlyMap<number, string> = new Map([...decimalSuffixes].map(([name, power]) => [power, name]));
const binaryNames = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix {
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = binaryNames.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: binary * 10, format: 'BinarySI' };
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  if (exponent === undefined || Math.abs(Number(exponent)) > MAX_EXPONENT) throw new QuantityError(SUFFIX_WRONG);
  return { base: 10, exponent: Number(exponent), format: 'DecimalExponent' };
}

/** Quotient rounded away from zero: whoever asks for a crumb of a resource gets one. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (quotient * by === value) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

function parse(text: string): Quantity {
  const match = text === '' ? null : SHAPE.exec(text);
  if (!match) throw new QuantityError(FORMAT_WRONG);
  const [, sign = '', whole = '', fraction = '', suffixText = ''] = match;
  if (whole === '' && fraction === '' && suffixText === '') {
    throw new QuantityError(text === '.' || sign !== '' ? NUMERIC_WRONG : FORMAT_WRONG);
  }
  const suffix = interpretSuffix(suffixText);
  const digits = BigInt(`${whole}${fraction}` || '0');
  let nanos: bigint;
  if (suffix.base === 10) {
    const power = 9 + suffix.exponent - fraction.length;
    nanos = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  } else {
    nanos = divideUp((digits << BigInt(suffix.exponent)) * NANO, 10n ** BigInt(fraction.length));
    if (nanos > MAX_INT64 * NANO) nanos = MAX_INT64 * NANO;
  }
  // A binary fraction below one byte prints as a decimal.
  const format = suffix.format === 'BinarySI' && nanos > 0n && nanos < NANO ? 'DecimalSI' : suffix.format;
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

interface Known {
  readonly quantity: Quantity;
  canonical?: string;
  value?: number;
  milliValue?: number;
}

/** Clusters use few distinct quantities many times. Bounded: cleared when strangers' input fills it. */
const known = new Map<string, Known>();
const KNOWN_LIMIT = 10_000;

function lookUp(text: string): Known {
  const found = known.get(text);
  if (found) return found;
  const entry: Known = { quantity: parse(text) };
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(text, entry);
  return entry;
}

/**
 * Reads `500m`, `1Gi`, `1e3`. Throws QuantityError with upstream's words. Results are remembered by text.
 * @fidelity partial: decimal exponents beyond ±1024 are refused
 */
export const parseQuantity = (text: string): Quantity => lookUp(text).quantity;

export const isQuantity = (text: string): boolean => {
  try {
    lookUp(text);
    return true;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
};

function formatDecimal(nanos: bigint, format: QuantityFormat): string {
  let mantissa = nanos;
  let exponent = -9;
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  // Beyond exa there is no SI suffix; upstream then prints the bare mantissa, we keep the value.
  const power = exponent === 0 ? '' : `e${exponent}`;
  return `${mantissa}${format === 'DecimalSI' ? (decimalNames.get(exponent) ?? power) : power}`;
}

/** The canonical form: no fraction, the largest suffix that keeps the value whole. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  if (format !== 'BinarySI') return formatDecimal(nanos, format);
  const size = nanos < 0n ? -nanos : nanos;
  if (size < 1024n * NANO || nanos % NANO !== 0n) return formatDecimal(nanos, 'DecimalSI');
  let whole = nanos / NANO;
  let power = 0;
  while (power < binaryNames.length - 1 && whole % 1024n === 0n) {
    whole /= 1024n;
    power += 1;
  }
  return `${whole}${binaryNames[power]}`;
}

/** `1000m` -> `1`, `0.5` -> `500m`, `1024Mi` -> `1Gi`. Throws QuantityError. */
export function canonicalQuantity(text: string): string {
  const entry = lookUp(text);
  entry.canonical ??= formatQuantity(entry.quantity);
  return entry.canonical;
}

/** The amount in whole units, rounded away from zero. Exact up to 2^53. */
export function quantityValue(of: Quantity | string): number {
  if (typeof of !== 'string') return Number(divideUp(of.nanos, NANO));
  const entry = lookUp(of);
  entry.value ??= Number(divideUp(entry.quantity.nanos, NANO));
  return entry.value;
}

/** The amount in thousandths, rounded away from zero. Exact up to 2^53. */
export function quantityMilliValue(of: Quantity | string): number {
  if (typeof of !== 'string') return Number(divideUp(of.nanos, MILLI));
  const entry = lookUp(of);
  entry.milliValue ??= Number(divideUp(entry.quantity.nanos, MILLI));
  return entry.milliValue;
}

const toQuantity = (of: Quantity | string): Quantity => (typeof of === 'string' ? parseQuantity(of) : of);

export const quantityFromValue = (value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  nanos: BigInt(value) * NANO,
  format,
});

export const quantityFromMilliValue = (milli: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  nanos: BigInt(milli) * MILLI,
  format,
});

/** Negative, zero or positive, as a sorting function answers. */
export function compareQuantity(a: Quantity | string, b: Quantity | string): number {
  const left = toQuantity(a).nanos;
  const right = toQuantity(b).nanos;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A zero takes over the other's format, so that sums print like what was summed. */
const formatOfSum = (a: Quantity, b: Quantity): QuantityFormat => (a.nanos === 0n ? b.format : a.format);

export function addQuantity(a: Quantity | string, b: Quantity | string): Quantity {
  const left = toQuantity(a);
  const right = toQuantity(b);
  return { nanos: left.nanos + right.nanos, format: formatOfSum(left, right) };
}

export function subQuantity(a: Quantity | string, b: Quantity | string): Quantity {
  const left = toQuantity(a);
  const right = toQuantity(b);
  return { nanos: left.nanos - right.nanos, format: formatOfSum(left, right) };
}

/** Rounded away from zero to a power of ten: -3 keeps thousandths. */
export function roundUpQuantity(of: Quantity | string, scale: number): Quantity {
  const { nanos, format } = toQuantity(of);
  const unit = 10n ** BigInt(9 + scale);
  return { nanos: divideUp(nanos, unit) * unit, format };
}
