/**
 * Flags the way pflag has them: long and short names, `--name=value`, `--name value`, `-abc`, `-nvalue`, a value that may be left out.
 * @upstream github.com/spf13/pflag
 */
import { parseDuration } from '../text/duration.ts';

type FlagKind =
  | 'bool'
  | 'string'
  | 'int'
  | 'int32'
  | 'int64'
  | 'duration'
  | 'logDuration'
  | 'strings'
  | 'stringArray'
  | 'stringToString';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  /** As text; lists start empty. */
  readonly default?: string;
  /** The value when the flag stands without one. Booleans have `true`. */
  readonly noValue?: string;
  readonly usage: string;
  readonly required?: boolean;
  readonly hidden?: boolean;
  /** The notice printed when the flag is used. */
  readonly deprecated?: string;
}

/** What the parser says about a command line; the caller adds where to find help. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

interface Value {
  changed: boolean;
  text: string;
  list: string[];
}

export class FlagSet {
  private readonly specs = new Map<string, FlagSpec>();
  private readonly shorts = new Map<string, FlagSpec>();
  private readonly values = new Map<string, Value>();
  /** Notices about deprecated flags that were used. */
  readonly notices: string[] = [];

  constructor(specs: readonly FlagSpec[]) {
    for (const spec of specs) {
      if (this.specs.has(spec.name)) continue;
      this.specs.set(spec.name, spec);
      if (spec.short) this.shorts.set(spec.short, spec);
      this.values.set(spec.name, { changed: false, text: spec.default ?? zero(spec.kind), list: [] });
    }
  }

  all(): readonly FlagSpec[] {
    return [...this.specs.values()];
  }

  lookup(name: string): FlagSpec | undefined {
    return this.specs.get(name);
  }

  lookupShort(char: string): FlagSpec | undefined {
    return this.shorts.get(char);
  }

  changed(name: string): boolean {
    return this.value(name).changed;
  }

  bool(name: string): boolean {
    return this.value(name).text === 'true';
  }

  string(name: string): string {
    return this.value(name).text;
  }

  int(name: string): number {
    return Number(this.value(name).text);
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.value(name).text) ?? 0;
  }

  list(name: string): readonly string[] {
    return this.value(name).list;
  }

  /** True when the command has the flag at all. */
  has(name: string): boolean {
    return this.specs.has(name);
  }

  /** Throws FlagError with pflag's words. */
  set(spec: FlagSpec, raw: string): void {
    const problem = check(spec.kind, raw);
    if (problem) {
      const shown = spec.short ? `-${spec.short}, --${spec.name}` : `--${spec.name}`;
      throw new FlagError(`invalid argument ${JSON.stringify(raw)} for "${shown}" flag: ${problem}`);
    }
    const value = this.value(spec.name);
    if (spec.kind === 'strings' || spec.kind === 'stringToString') value.list.push(...splitCsv(raw));
    else if (spec.kind === 'stringArray') value.list.push(raw);
    else value.text = normalize(spec.kind, raw);
    value.changed = true;
    if (spec.deprecated) this.notices.push(`Flag --${spec.name} has been deprecated, ${spec.deprecated}`);
  }

  private value(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw new Error(`flag accessed but not defined: ${name}`);
    return value;
  }
}

const zero = (kind: FlagKind): string =>
  kind === 'bool'
    ? 'false'
    : kind === 'int' || kind === 'int32' || kind === 'int64'
      ? '0'
      : kind === 'duration' || kind === 'logDuration'
        ? '0s'
        : '';

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function check(kind: FlagKind, raw: string): string | undefined {
  switch (kind) {
    case 'bool':
      return TRUE.has(raw) || FALSE.has(raw)
        ? undefined
        : `strconv.ParseBool: parsing ${JSON.stringify(raw)}: invalid syntax`;
    case 'int':
    case 'int32':
    case 'int64':
      return checkInt(raw, kind === 'int32' ? 31n : 63n);
    case 'duration':
      return parseDuration(raw) === undefined
        ? `time: ${raw === '' ? 'invalid duration ""' : durationProblem(raw)}`
        : undefined;
    case 'logDuration':
      return parseDuration(raw) === undefined ? 'parse error' : undefined;
    case 'stringToString': {
      const bad = splitCsv(raw).find((pair) => !pair.includes('='));
      return bad === undefined ? undefined : `${bad} must be formatted as key=value`;
    }
    default:
      return undefined;
  }
}

const durationProblem = (raw: string) =>
  /^[-+]?(\d+\.?\d*|\.\d+)$/.test(raw)
    ? `missing unit in duration ${JSON.stringify(raw)}`
    : `invalid duration ${JSON.stringify(raw)}`;

function checkInt(raw: string, bits: bigint): string | undefined {
  if (!/^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$/.test(raw)) {
    return `strconv.ParseInt: parsing ${JSON.stringify(raw)}: invalid syntax`;
  }
  const value = BigInt(raw.replace(/^\+/, '').replace(/^-/, '')) * (raw.startsWith('-') ? -1n : 1n);
  const limit = 1n << bits;
  return value >= limit || value < -limit
    ? `strconv.ParseInt: parsing ${JSON.stringify(raw)}: value out of range`
    : undefined;
}

function normalize(kind: FlagKind, raw: string): string {
  if (kind === 'bool') return String(TRUE.has(raw));
  return kind === 'int' || kind === 'int32' || kind === 'int64' ? String(Number(raw)) : raw;
}

/** One line of CSV: quotes protect commas. */
function splitCsv(raw: string): readonly string[] {
  if (raw === '') return [];
  if (!raw.includes('"')) return raw.split(',');
  const out: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] as string;
    if (char === '"' && quoted && raw[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (char === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (char === ',' && !quoted) {
      out.push(cell);
      cell = '';
    } else cell += char;
  }
  out.push(cell);
  return out;
}
