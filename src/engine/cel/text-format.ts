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
  if (value instanceof ListValue) return `[${[...value].map(printed).join(', ')}]`;
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) throw unfit('string', 's', value);
  if (isMap(value)) {
    const parts = [...value.keys()].map((key) => `${printed(key)}: ${printed(value.get(key) ?? null)}`);
    return `{${parts.sort(compareText).join(', ')}}`;
  }
  const text = ARITHMETIC.string?.(value);
  if (typeof text !== 'string') throw unfit('string', 's', value);
  return text;
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
  const number = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
  if (number === undefined) throw unfit('', verb, value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
  if (verb === 'f') return number.toFixed(digits);
  return number.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
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
