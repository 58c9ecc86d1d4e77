/**
 * Functions of templates: text/template's own, and kubectl's exists and base64decode.
 * @upstream text/template/funcs.go
 */

import { fromBase64 } from '#engine/sim';
import { goQuote } from '../../text/go-quote.ts';
import { isArray, isObject, type Json, marshal } from '../../text/json.ts';
import { TemplateError } from './lex.ts';
import { sprintInner } from './sprint.ts';
import type { Value } from './value.ts';

export const FUNCTIONS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'index',
  'slice',
  'len',
  'print',
  'printf',
  'println',
  'html',
  'js',
  'urlquery',
  'exists',
  'base64decode',
]);

/** How many arguments a function must have, when the number is fixed. */
export const arityOf = (name: string): number | undefined => ARITY[name];

export function isTrue(value: Value): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

const ARITY: { readonly [name: string]: number } = {
  not: 1,
  ne: 2,
  lt: 2,
  le: 2,
  gt: 2,
  ge: 2,
  len: 1,
  base64decode: 1,
};

/** Throws TemplateError with the function's own words. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const [a, b] = args;
  switch (name) {
    case 'not':
      return !isTrue(a);
    case 'eq':
      return args.slice(1).some((other) => same(a, other));
    case 'ne':
      return !same(a, b);
    case 'lt':
      return compare(a, b) < 0;
    case 'le':
      return compare(a, b) <= 0;
    case 'gt':
      return compare(a, b) > 0;
    case 'ge':
      return compare(a, b) >= 0;
    case 'index':
      return args.slice(1).reduce(indexOf, a);
    case 'slice':
      return typeof a === 'string' || isArray(a as Json)
        ? ((a as string).slice(Number(b ?? 0), args[2] as number | undefined) as Value)
        : undefined;
    case 'len':
      return length(a);
    case 'exists':
      return exists(a, args.slice(1));
    default:
      return textFunction(name, args);
  }
}

function textFunction(name: string, args: readonly Value[]): Value {
  switch (name) {
    case 'print':
      return join(args);
    case 'println':
      return `${args.map(sprintInner).join(' ')}\n`;
    case 'printf':
      return printf(String(args[0]), args.slice(1));
    case 'html':
      return join(args)
        .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
        .replace(/&#38;/g, '&amp;')
        .replace(/&#60;/g, '&lt;')
        .replace(/&#62;/g, '&gt;');
    case 'js':
      return marshal(join(args)).slice(1, -1);
    case 'urlquery':
      return encodeURIComponent(join(args)).replace(/%20/g, '+');
    default:
      return base64Decode(String(args[0]));
  }
}

function base64Decode(text: string): string {
  const bytes = fromBase64(text);
  if (!bytes) throw new TemplateError(`base64 decode: illegal base64 data in ${JSON.stringify(text)}`);
  return new TextDecoder().decode(bytes);
}

/** Operands are separated by a space when neither side is a string. */
function join(args: readonly Value[]): string {
  return args.reduce<string>((text, value, index) => {
    const gap = index > 0 && typeof value !== 'string' && typeof args[index - 1] !== 'string' ? ' ' : '';
    return text + gap + sprintInner(value);
  }, '');
}

function same(a: Value, b: Value): boolean {
  if (a !== undefined && b !== undefined && a !== null && b !== null && typeof a !== typeof b)
    throw new TemplateError('incompatible types for comparison');
  return (a ?? undefined) === (b ?? undefined);
}

function compare(a: Value, b: Value): number {
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string'))
    throw new TemplateError('incompatible types for comparison');
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
}

function indexOf(value: Value, key: Value): Value {
  if (value === undefined || value === null) throw new TemplateError('index of untyped nil');
  if (isArray(value)) {
    if (typeof key !== 'number' || key < 0 || key >= value.length)
      throw new TemplateError(`index out of range: ${sprintInner(key)}`);
    return value[key];
  }
  if (isObject(value)) return value[String(key)];
  throw new TemplateError(`can't index item of type ${typeof value}`);
}

function length(value: Value): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (isArray(value as Json)) return (value as readonly Json[]).length;
  if (isObject(value)) return Object.keys(value).length;
  throw new TemplateError(`len of ${value === undefined || value === null ? 'nil pointer' : `type ${typeof value}`}`);
}

function exists(value: Value, path: readonly Value[]): boolean {
  let current = value;
  for (const key of path) {
    if (isObject(current) && Object.hasOwn(current, String(key))) current = current[String(key)];
    else if (isArray(current as Json) && typeof key === 'number' && key < (current as readonly Json[]).length)
      current = (current as readonly Json[])[key];
    else return false;
  }
  return true;
}

/** The verbs templates use: %v %s %d %q %t %f %x %% with width, `-` and `0`. */
function printf(format: string, args: readonly Value[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const shown = verbText(verb, args[next++], precision, whole);
      const fill = flags.includes('0') && !flags.includes('-') ? '0' : ' ';
      return flags.includes('-') ? shown.padEnd(Number(width)) : shown.padStart(Number(width), fill);
    },
  );
  return text;
}

function verbText(verb: string, value: Value, precision: string | undefined, whole: string): string {
  switch (verb) {
    case 'd':
      return typeof value === 'number' && Number.isInteger(value)
        ? String(value)
        : `%!d(${typeof value}=${sprintInner(value)})`;
    case 'q':
      return goQuote(String(value));
    case 'f':
      return Number(value).toFixed(precision === undefined ? 6 : Number(precision));
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : [...new TextEncoder().encode(String(value))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    case 's':
    case 'v':
    case 't':
      return precision === undefined ? sprintInner(value) : sprintInner(value).slice(0, Number(precision));
    default:
      return `%!${verb}(${whole})`;
  }
}
