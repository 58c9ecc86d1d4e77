/** `"%s is %d".format([…])`. @upstream cel-go ext/formatting.go */
import { compareText } from '#engine/apimachinery';
import { ARITHMETIC, type CelFunction } from './arithmetic.ts';
import { formatDouble } from './numbers.ts';
import { formatDuration, formatTimestamp } from './time.ts';
import {
  CelError,
  Duration,
  isMap,
  ListValue,
  Optional,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from './values.ts';

const DEFAULT_DIGITS = 6;
/** Texts that stand for numbers no literal can write. */
const NOT_FINITE: { readonly [text: string]: number } = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** %s */
function printed(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? formatDouble(value)
      : value > 0
        ? 'Infinity'
        : Number.isNaN(value)
          ? 'NaN'
          : '-Infinity';
  if (value instanceof ListValue) return `[${[...value].map(literal).join(', ')}]`;
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) throw unfit('string', 's', value);
  if (isMap(value)) {
    const parts = [...value.keys()].map((key) => [literal(key), literal(value.get(key) ?? null)] as const);
    parts.sort(([a], [b]) => compareText(a, b));
    return `{${parts.map(([key, held]) => `${key}:${held}`).join(', ')}}`;
  }
  const text = ARITHMETIC.string?.(value);
  if (typeof text !== 'string') throw unfit('string', 's', value);
  return text;
}

/** What is inside of lists and maps: as an expression would write it. */
function literal(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(printed(value))}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? value.toFixed(DEFAULT_DIGITS) : JSON.stringify(printed(value));
  if (value instanceof Timestamp) return `timestamp(${JSON.stringify(printed(value))})`;
  return value instanceof Duration ? `duration(${JSON.stringify(printed(value))})` : printed(value);
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 1.5e+3 as the locale en_US has it: narrow spaces around the sign, and two raised digits at least. */
function scientific(number: number, digits: number): string {
  const [mantissa = '', exponent = ''] = number.toExponential(digits).split('e');
  const raised = [...exponent.slice(1).padStart(2, '0')].map((digit) => RAISED[Number(digit)]).join('');
  return `${mantissa}\u202f\u00d7\u202f10${exponent.startsWith('-') ? '⁻' : ''}${raised}`;
}

const EXACT_DIGITS = 100;

/** Go rounds what lies just between two texts to the even one, JavaScript up. */
function rounded(number: number, digits: number): string {
  const exact = number.toFixed(EXACT_DIGITS);
  const end = exact.indexOf('.') + 1 + digits;
  const lower = exact.slice(0, digits === 0 ? end - 1 : end);
  return /^50*$/.test(exact.slice(end)) && /[02468]$/.test(lower) ? lower : number.toFixed(digits);
}

/** With commas between thousands, as the locale en_US has it. */
function grouped(number: number, digits: number): string {
  const [whole = '', fraction] = rounded(number, digits).split('.');
  const shown = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? shown : `${shown}.${fraction}`;
}

const NEEDS: { readonly [verb: string]: string } = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
};

const unfit = (_what: string, verb: string, value: Value): CelError =>
  new CelError(`error during formatting: ${NEEDS[verb] ?? ''}, was given ${typeNameOf(value)}`);

function integerOf(value: Value, verb: string): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return value.value;
  throw unfit('', verb, value);
}

function fixed(value: Value, verb: string, digits: number): string {
  const number = typeof value === 'number' ? value : NOT_FINITE[String(value)];
  if (number === undefined || (typeof value !== 'number' && typeof value !== 'string')) throw unfit('', verb, value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '-∞';
  return verb === 'f' ? grouped(number, digits) : scientific(number, digits);
}

function hex(value: Value, verb: string): string {
  const bytes =
    typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : undefined;
  const text = bytes
    ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    : integerOf(value, verb).toString(16);
  return verb === 'X' ? text.toUpperCase() : text;
}

function clause(verb: string, digits: number | undefined, value: Value): string {
  switch (verb) {
    case 's':
      return printed(value);
    case 'd':
      return String(integerOf(value, verb));
    case 'f':
    case 'e':
      return fixed(value, verb, digits ?? DEFAULT_DIGITS);
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : integerOf(value, verb).toString(2);
    case 'x':
    case 'X':
      return hex(value, verb);
    default:
      return integerOf(value, verb).toString(8);
  }
}

const format: CelFunction = (template, args) => {
  if (typeof template !== 'string' || !(args instanceof ListValue)) return undefined;
  let next = 0;
  return template.replace(
    /%(?:%|(?:\.(\d+))?([\s\S]?))/g,
    (found, digits: string | undefined, verb: string | undefined) => {
      if (found === '%%') return '%';
      if (!verb) throw new CelError('unexpected end of string');
      if (!Object.hasOwn(NEEDS, verb))
        throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
      if (next >= args.size) throw new CelError(`index ${next} out of range`);
      return clause(verb, digits === undefined ? undefined : Number(digits), args.at(next++));
    },
  );
};

export const TEXT_FORMAT: { readonly [name: string]: CelFunction } = { format };
