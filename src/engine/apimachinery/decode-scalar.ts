/** Strings, numbers, booleans and the types that read themselves: Quantity, Time, IntOrString, bytes. */
import { formatTime, parseTime } from '#engine/sim';
import { DecodeError, type DecodeState, jsonKind, wrongType } from './decode-state.ts';
import { HugeNumber } from './json-text.ts';
import { canonicalQuantity, QuantityError } from './quantity.ts';
import { goTypeOf, type ScalarSchema } from './schema.ts';

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;

function mismatch(state: DecodeState, value: unknown, schema: ScalarSchema): undefined {
  state.typeError ??= wrongType(state, jsonKind(value), goTypeOf(schema));
  return undefined;
}

/** A type that reads itself ends the decoding at once. */
function abort(message: string): never {
  throw new DecodeError(message);
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : JSON.stringify(value);
  try {
    return canonicalQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) throw new DecodeError(error.message);
    throw error;
  }
}

const GO_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** Go tells which element of the layout the text fails at. */
function timeError(text: string, layout: string): string {
  const elements: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d/, '05'],
    [layout === MICRO_LAYOUT ? /^[.,]\d{6}/ : /^([.,]\d+)?/, '.000000'],
    [/^(Z|[+-]\d\d:\d\d)/, 'Z07:00'],
  ];
  const head = `parsing time ${JSON.stringify(text)} as "${layout}": `;
  let rest = text;
  for (const [pattern, name] of elements) {
    const match = pattern.exec(rest);
    if (!match) return `${head}cannot parse ${JSON.stringify(rest)} as "${name}"`;
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  return `parsing time ${JSON.stringify(text)}: ${outOfRange(text)} out of range`;
}

function outOfRange(text: string): string {
  const [month = 0, , hour = 0, minute = 0, second = 0] = [5, 8, 11, 14, 17].map((at) =>
    Number(text.slice(at, at + 2)),
  );
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  return second > 59 ? 'second' : 'day';
}

/** What is wrong with a time as text (RFC 3339), in Go's words; undefined when nothing is. */
export const timeFault = (text: string): string | undefined =>
  parseTime(text) === undefined ? timeError(text, GO_LAYOUT) : undefined;

/** Times seen lately in their printed form: the objects of one instant share a few. */
const known = new Set<string>();
const KNOWN_LIMIT = 1000;

function decodeTime(value: unknown, micro: boolean, state: DecodeState): string | undefined {
  if (typeof value !== 'string') return abort(wrongType(state, jsonKind(value), 'string'));
  const layout = micro ? MICRO_LAYOUT : GO_LAYOUT;
  if (known.has(value) && (value.length === 27) === micro) return value;
  // The usual case: already in the form it will be printed in.
  const plain = value.length === (micro ? 27 : 20) && value.endsWith('Z');
  const at = parseTime(value);
  if (at === undefined || (micro && !/\.\d{6}/.test(value))) return abort(timeError(value, layout));
  if (plain) {
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.add(value);
    return value;
  }
  if (!micro) return formatTime(at);
  const fraction = /\.(\d{6})/.exec(value)?.[1] ?? '000000';
  return `${formatTime(at).slice(0, -1)}.${fraction}Z`;
}

const isBase64 = (code: number) =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 47;

/** The byte Go's decoder complains about, or -1. */
function base64Fault(text: string): number {
  let inQuantum = 0;
  let at = 0;
  const skipNewlines = () => {
    while (text[at] === '\n' || text[at] === '\r') at++;
  };
  for (;;) {
    skipNewlines();
    if (at === text.length) return inQuantum === 0 ? -1 : at - inQuantum;
    const code = text.charCodeAt(at++);
    if (isBase64(code)) {
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (code !== 61 || inQuantum < 2) return at - 1;
    if (inQuantum === 2) {
      skipNewlines();
      if (at === text.length) return text.length;
      if (text[at] !== '=') return at - 1;
      at++;
    }
    skipNewlines();
    return at < text.length ? at : -1;
  }
}

function decodeBytes(value: unknown, schema: ScalarSchema, state: DecodeState): string | undefined {
  if (typeof value !== 'string') return mismatch(state, value, schema);
  const fault = base64Fault(value);
  if (fault >= 0) return abort(`illegal base64 data at input byte ${fault}`);
  return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]/g, '') : value;
}

function decodeInteger(value: unknown, schema: ScalarSchema, state: DecodeState): number | undefined {
  if (value instanceof HugeNumber) {
    state.typeError ??= wrongType(state, `number ${value.text}`, goTypeOf(schema));
    return undefined;
  }
  if (typeof value !== 'number') return mismatch(state, value, schema);
  const limit = schema.format === 'int64' ? INT64 : INT32;
  if (Number.isInteger(value) && value >= -limit && value < limit) return value;
  state.typeError ??= wrongType(state, `number ${value}`, goTypeOf(schema));
  return undefined;
}

function decodeIntOrString(value: unknown, state: DecodeState): number | string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return abort(wrongType(state, jsonKind(value), 'int32'));
  if (Number.isInteger(value) && Math.abs(value) <= INT32) return value;
  return abort(wrongType(state, `number ${value}`, 'int32'));
}

/** The value as Go would print it, or undefined after noting a wrong type. */
export function decodeScalar(value: unknown, schema: ScalarSchema, state: DecodeState): unknown {
  switch (schema.format) {
    case undefined:
      break;
    case 'quantity':
      return decodeQuantity(value);
    case 'date-time':
      return decodeTime(value, false, state);
    case 'micro-time':
      return decodeTime(value, true, state);
    case 'int-or-string':
      return decodeIntOrString(value, state);
    case 'byte':
      return decodeBytes(value, schema, state);
    default:
      break;
  }
  if (schema.type === 'integer') return decodeInteger(value, schema, state);
  return typeof value === schema.type ? value : mismatch(state, value, schema);
}
