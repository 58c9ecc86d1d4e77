/** awk's values and the functions that need nothing else. */
import { formatText } from '../shell/builtins/output.ts';

/** A value: text that looks like a number compares as one when it came from input. */
export type Value = number | string | { readonly input: string };

/** A program that cannot go on; `message` goes behind `awk: `. */
export class AwkError extends Error {}

const LOOKS_NUMERIC = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

export function toText(value: Value): string {
  return typeof value === 'number' ? numberText(value, '%.6g') : typeof value === 'string' ? value : value.input;
}

export function numberText(value: number, format: string): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return formatText(format, [String(value)]).text;
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  const match = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(typeof value === 'string' ? value : value.input);
  return match ? Number(match[0]) : 0;
}

const MATH: { readonly [name: string]: (x: number) => number } = {
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  int: Math.trunc,
};

/** Functions of their arguments alone; `record` is what `length` without one measures. */
export function pureFunction(
  name: string,
  values: readonly Value[],
  record: string,
  regex: (source: string) => RegExp,
): Value {
  const text = (i: number) => toText(values[i] ?? '');
  const number = (i: number) => toNumber(values[i] ?? 0);
  switch (name) {
    case 'length':
      return [...(values.length > 0 ? text(0) : record)].length;
    case 'substr': {
      const start = Math.round(number(1));
      const end = values.length > 2 ? start + Math.round(number(2)) : Number.POSITIVE_INFINITY;
      return [...text(0)].slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
    }
    case 'index':
      return text(0).indexOf(text(1)) + 1;
    case 'sprintf':
      return formatText(text(0), values.slice(1).map(toText)).text;
    case 'tolower':
      return text(0).toLowerCase();
    case 'toupper':
      return text(0).toUpperCase();
    case 'atan2':
      return Math.atan2(number(0), number(1));
    case 'gensub': {
      const target = values.length > 3 ? text(3) : record;
      const replacement = text(1).replace(/\\\\?(\d)/g, '$$$1');
      return target.replace(new RegExp(regex(text(0)), /^[gG]/.test(text(2)) ? 'g' : ''), replacement);
    }
    default:
      return MATH[name]?.(number(0)) ?? 0;
  }
}

export function truth(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  return LOOKS_NUMERIC.test(value.input) ? Number(value.input) !== 0 : value.input !== '';
}

const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || (typeof value === 'object' && (value.input === '' || LOOKS_NUMERIC.test(value.input)));

export function compare(operator: string, left: Value, right: Value): boolean {
  const numeric =
    isNumeric(left) &&
    isNumeric(right) &&
    !(typeof left === 'object' && left.input === '' && typeof right === 'object');
  const [a, b] = numeric ? [toNumber(left), toNumber(right)] : [toText(left), toText(right)];
  return { '<': a < b, '<=': a <= b, '==': a === b, '!=': a !== b, '>': a > b, '>=': a >= b }[operator] ?? false;
}

export function arithmetic(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new AwkError('division by zero');
  return { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '^': a ** b }[operator] ?? 0;
}
