/** Reads YAML strictly: every value is asked for by name and type, every complaint has its line, nothing unknown is passed over. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Millis } from '#engine/sim';
import type { LessonProblem } from './lesson.ts';

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const MAX_TEXT = 4000;
const MAX_ITEMS = 200;

/** `1m30s`, `500ms` in milliseconds; undefined when it is none. */
function durationMs(text: string): Millis | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number = '', , unit = ''] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g))
    sum += Number(number) * (UNITS[unit] ?? 0);
  return sum;
}

/** Where complaints go. */
interface Report {
  readonly file: string;
  /** Lines before the YAML. */
  readonly offset: number;
  readonly lines: LineCounter;
  readonly problems: LessonProblem[];
}

/** A value of the document, or the place where one is missing. */
export class Field {
  constructor(
    private readonly report: Report,
    private readonly path: string,
    private readonly node: Node | undefined,
    /** Offset of the owner, for values that are missing. */
    private readonly at: number,
  ) {}

  get present(): boolean {
    return this.node !== undefined && !(isScalar(this.node) && this.node.value === null);
  }

  complain(message: string): void {
    const { file, offset, lines, problems } = this.report;
    const at = this.node?.range?.[0] ?? this.at;
    problems.push({ file, line: offset + lines.linePos(at).line, message: `${this.path}: ${message}` });
  }

  private expected<T>(what: string, instead: T): T {
    this.complain(this.present ? `expected ${what}` : `is missing; expected ${what}`);
    return instead;
  }

  private get scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined;
  }

  text(what = 'a text', max = MAX_TEXT): string {
    const value = this.scalar;
    if (typeof value !== 'string' || value.trim() === '') return this.expected(what, '');
    if (value.length > max) return this.expected(`at most ${max} characters`, '');
    return value;
  }

  /** A text that may also be written as a number or a boolean. */
  word(): string {
    const value = this.scalar;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : this.text();
  }

  oneOf<T extends string>(options: readonly T[]): T {
    const value = this.scalar;
    const found = options.find((option) => option === value);
    return found ?? this.expected(`one of ${options.join(', ')}`, options[0] as T);
  }

  integer(min: number, max: number): number {
    const value = this.scalar;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.expected(`a whole number from ${min} to ${max}`, min);
  }

  number(min: number, max: number): number {
    const value = this.scalar;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.expected(`a number from ${min} to ${max}`, min);
  }

  duration(): Millis {
    const value = this.scalar;
    const ms = value === 0 ? 0 : typeof value === 'string' ? durationMs(value) : undefined;
    return ms ?? this.expected('a duration such as 10s or 1m30s', 0);
  }

  list(max = MAX_ITEMS): readonly Field[] {
    if (!isSeq(this.node)) return this.expected('a list', []);
    if (this.node.items.length > max) return this.expected(`at most ${max} items`, []);
    return this.node.items.map((item, i) => this.child(`${this.path}[${i}]`, item));
  }

  /** Values by name, for names that are free. */
  map(max = MAX_ITEMS): readonly (readonly [name: string, value: Field])[] {
    if (!isMap(this.node)) return this.expected('a map', []);
    if (this.node.items.length > max) return this.expected(`at most ${max} entries`, []);
    return this.node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      return [name, this.child(`${this.path}.${name}`, value, key)] as const;
    });
  }

  /** A map with these names and no others. */
  record<K extends string>(names: readonly K[]): { readonly [name in K]: Field } {
    const known = new Map<string, Field>();
    if (isMap(this.node)) {
      for (const { key, value } of this.node.items) {
        const name = isScalar(key) ? String(key.value) : '';
        const field = this.child(this.path === '' ? name : `${this.path}.${name}`, value, key);
        if (names.some((one) => one === name)) known.set(name, field);
        else field.complain(`unknown key; expected one of ${names.join(', ')}`);
      }
    } else this.expected(`a map with ${names.join(', ')}`, undefined);
    const at = this.node?.range?.[0] ?? this.at;
    const missing = (name: string) =>
      new Field(this.report, this.path === '' ? name : `${this.path}.${name}`, undefined, at);
    return Object.fromEntries(names.map((name) => [name, known.get(name) ?? missing(name)])) as {
      readonly [name in K]: Field;
    };
  }

  get isText(): boolean {
    return typeof this.scalar === 'string';
  }

  private child(path: string, value: unknown, key?: unknown): Field {
    const owner = (key as Node | undefined)?.range?.[0] ?? this.node?.range?.[0] ?? this.at;
    const field = new Field(this.report, path, (value as Node | null) ?? undefined, owner);
    if (isAlias(value)) field.complain('anchors and aliases are not allowed');
    return field;
  }
}

/** @param offset lines of the file before the YAML */
export function readYaml(file: string, text: string, offset: number, problems: LessonProblem[]): Field {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const report = { file, offset, lines, problems };
  for (const error of document.errors) {
    const line = offset + lines.linePos(error.pos[0]).line;
    problems.push({ file, line, message: error.message.split('\n')[0] as string });
  }
  const root = document.errors.length > 0 ? undefined : (document.contents ?? undefined);
  return new Field(report, '', root, 0);
}
