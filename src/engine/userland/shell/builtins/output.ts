/** echo and printf. */
import { quoteIfNeeded, readEscape, unescapeEcho } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

export const echo: Builtin = async (shell, argv) => {
  const { text } = echoText(argv.slice(1), shell.flavour === 'dash');
  await shell.print(text);
  return 0;
};

/** The output of echo. `always` interprets escapes without -e, as dash does. */
export function echoText(args: readonly string[], always = false): { readonly text: string } {
  let newline = true;
  let escapes = always;
  let at = 0;
  const options = always ? /^-n$/ : /^-[neE]+$/;
  while (at < args.length && options.test(args[at] as string)) {
    for (const letter of (args[at] as string).slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
    at++;
  }
  const joined = args.slice(at).join(' ');
  if (!escapes) return { text: joined + (newline ? '\n' : '') };
  const { text, ended } = unescapeEcho(joined);
  return { text: text + (newline && !ended ? '\n' : '') };
}

export const printf: Builtin = async (shell, argv) => {
  let args = argv.slice(1);
  let variable: string | undefined;
  if (args[0] === '-v') {
    variable = args[1];
    args = args.slice(2);
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0) {
    await shell.complain('usage: printf [-v var] format [arguments]', 'printf');
    return 2;
  }
  const { text, errors } = formatText(args[0] as string, args.slice(1), shell);
  if (variable !== undefined) shell.variables.set(variable, text);
  else await shell.print(text);
  for (const error of errors) await shell.complain(error, 'printf');
  return errors.length > 0 ? 1 : 0;
};

interface Formatted {
  readonly text: string;
  readonly errors: readonly string[];
}

const DIRECTIVE = /%%|%([-+ 0#']*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:\(([^)]*)\))?([a-zA-Z])|\\/g;

/** printf(1): the format is used again while arguments are left. */
export function formatText(format: string, args: readonly string[], shell?: Shell): Formatted {
  const queue = [...args];
  const errors: string[] = [];
  let text = '';
  for (let first = true; first || queue.length > 0; first = false) {
    const before = queue.length;
    const round = formatOnce(format, queue, errors, shell);
    text += round.text;
    if (round.ended || (queue.length > 0 && queue.length === before)) break;
  }
  return { text, errors };
}

function formatOnce(
  format: string,
  queue: string[],
  errors: string[],
  shell: Shell | undefined,
): { text: string; ended: boolean } {
  let out = '';
  let at = 0;
  DIRECTIVE.lastIndex = 0;
  for (let match = DIRECTIVE.exec(format); match; match = DIRECTIVE.exec(format)) {
    out += format.slice(at, match.index);
    at = DIRECTIVE.lastIndex;
    if (match[0] === '%%') out += '%';
    else if (match[0] === '\\') {
      const rest = format.slice(at);
      if (rest.startsWith('c')) return { text: out, ended: true };
      const { value, length } = readEscape(rest);
      out += value;
      at += length;
      DIRECTIVE.lastIndex = at;
    } else {
      const [, flags = '', widthText, precisionText, , kind = 's'] = match;
      const width = widthText === '*' ? Number(queue.shift() ?? 0) : Number(widthText ?? 0);
      const hasPrecision = match[0].includes('.');
      const precision = !hasPrecision
        ? undefined
        : precisionText === '*'
          ? Number(queue.shift() ?? 0)
          : Number(precisionText ?? 0);
      const piece = convert(kind, flags, precision, queue.shift(), errors, shell);
      out += pad(piece.text, flags, width, piece.numeric);
      if (piece.ended) return { text: out, ended: true };
    }
  }
  return { text: out + format.slice(at), ended: false };
}

interface Converted {
  readonly text: string;
  readonly numeric?: boolean;
  readonly ended?: boolean;
}

function convert(
  kind: string,
  flags: string,
  precision: number | undefined,
  arg: string | undefined,
  errors: string[],
  shell: Shell | undefined,
): Converted {
  const value = arg ?? '';
  switch (kind) {
    case 's':
      return { text: precision === undefined ? value : value.slice(0, precision) };
    case 'b': {
      const { text, ended } = unescapeEcho(value);
      return { text, ended };
    }
    case 'q':
      return { text: quoteIfNeeded(value) };
    case 'c':
      return { text: value.slice(0, 1) };
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return { text: integerText(kind, flags, precision, integerOf(value, errors)), numeric: true };
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return { text: floatText(kind, flags, precision, value, errors), numeric: true };
    case 'T':
      return { text: String(Math.floor((shell?.process.clock.now() ?? 0) / 1000)) };
    default:
      errors.push(`\`${kind}': invalid format character`);
      return { text: '' };
  }
}

function integerOf(text: string, errors: string[]): bigint {
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|\d+)/.exec(text);
  if (!match || match[0].length !== text.length) {
    if (text !== '') errors.push(`${text}: invalid number`);
    if (!match) return 0n;
  }
  const digits = (match as RegExpExecArray)[2] as string;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return (match as RegExpExecArray)[1] === '-' ? -value : value;
}

function integerText(kind: string, flags: string, precision: number | undefined, value: bigint): string {
  const unsigned = kind === 'u' || kind === 'o' || kind === 'x' || kind === 'X';
  const magnitude = unsigned ? BigInt.asUintN(64, value) : value < 0n ? -value : value;
  let digits = magnitude.toString(kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10);
  if (kind === 'X') digits = digits.toUpperCase();
  if (precision !== undefined) digits = digits.padStart(precision, '0');
  if (flags.includes('#') && value !== 0n)
    digits = (kind === 'o' ? '0' : kind === 'x' ? '0x' : kind === 'X' ? '0X' : '') + digits;
  return (!unsigned && value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

function floatText(kind: string, flags: string, precision: number | undefined, text: string, errors: string[]): string {
  const value = text === '' ? 0 : Number(text);
  if (Number.isNaN(value)) {
    errors.push(`${text}: invalid number`);
    return '0';
  }
  const sign = value >= 0 && flags.includes('+') ? '+' : '';
  return sign + formatFloat(kind, precision ?? 6, value);
}

/** %e, %f and %g as C prints them. */
function formatFloat(kind: string, precision: number, value: number): string {
  const lower = kind.toLowerCase();
  const exponent = (text: string) => text.replace(/e([-+])(\d)$/, 'e$10$2');
  let out: string;
  if (lower === 'f') out = value.toFixed(Math.min(precision, 100));
  else if (lower === 'e') out = exponent(value.toExponential(Math.min(precision, 100)));
  else {
    const digits = Math.max(1, Math.min(precision, 100));
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
    out =
      power < -4 || power >= digits
        ? exponent(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'))
        : value
            .toFixed(Math.max(0, digits - 1 - power))
            .replace(/(\.\d*?)0+$/, '$1')
            .replace(/\.$/, '');
  }
  return kind === lower ? out : out.toUpperCase();
}

function pad(text: string, flags: string, width: number, numeric = false): string {
  const size = Math.min(Math.abs(width), 100_000);
  if (flags.includes('-') || width < 0) return text.padEnd(size);
  if (!numeric || !flags.includes('0')) return text.padStart(size);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(size - sign.length, '0');
}
