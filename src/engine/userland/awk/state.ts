/** The memory of a running awk program: variables, arrays, the fields of the record. */
import { posixRegex } from '../applets/posix-regex.ts';
import { AwkError, toNumber, toText, type Value } from './values.ts';

export type Variables = Map<string, Value>;
export type AwkArray = Map<string, Value>;

export class AwkState {
  readonly globals: Variables = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['RS', '\n'],
    ['NR', 0],
    ['NF', 0],
    ['FNR', 0],
    ['SUBSEP', '\x1c'],
    ['CONVFMT', '%.6g'],
    ['OFMT', '%.6g'],
    ['RSTART', 0],
    ['RLENGTH', -1],
    ['FILENAME', ''],
  ]);
  protected readonly arrays = new Map<string, AwkArray>();
  protected frame: { readonly variables: Variables; readonly arrays: Map<string, AwkArray> } | undefined;
  protected fields: string[] = [''];
  private readonly regexes = new Map<string, RegExp>();

  protected setRecord(record: string): void {
    const parts = this.split(record, this.text('FS'));
    this.fields = [record, ...parts];
    this.globals.set('NF', parts.length);
  }

  protected split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/);
    if (separator === '') return [...text];
    return text.split(
      separator.length === 1 && separator !== ' ' && !/[\\^$.|?*+()[\]{}]/.test(separator)
        ? separator
        : separator.length === 1
          ? separator
          : this.regex(separator),
    );
  }

  protected setField(index: number, value: string): void {
    if (index === 0) {
      this.setRecord(value);
      return;
    }
    while (this.fields.length <= index) this.fields.push('');
    this.fields[index] = value;
    this.globals.set('NF', this.fields.length - 1);
    this.rebuild();
  }

  protected rebuild(): void {
    this.fields[0] = this.fields.slice(1).join(this.text('OFS'));
  }

  protected regex(source: string): RegExp {
    let regex = this.regexes.get(source);
    if (!regex) {
      try {
        regex = posixRegex(source, true);
      } catch (error) {
        throw new AwkError((error as Error).message);
      }
      if (this.regexes.size > 200) this.regexes.clear();
      this.regexes.set(source, regex);
    }
    return regex;
  }

  protected text(name: string): string {
    return toText(this.globals.get(name) ?? '');
  }

  protected variable(name: string): Value {
    if (this.frame?.variables.has(name)) return this.frame.variables.get(name) as Value;
    return this.globals.get(name) ?? { input: '' };
  }

  protected setVariable(name: string, value: Value): void {
    if (this.frame?.variables.has(name)) {
      this.frame.variables.set(name, value);
      return;
    }
    this.globals.set(name, value);
    if (name === 'NF') {
      const count = Math.max(0, Math.min(10_000, Math.trunc(toNumber(value))));
      while (this.fields.length <= count) this.fields.push('');
      this.fields.length = count + 1;
      this.rebuild();
    }
  }

  protected array(name: string): AwkArray {
    const local = this.frame?.arrays.get(name);
    if (local) return local;
    let array = this.arrays.get(name);
    if (!array) {
      array = new Map();
      this.arrays.set(name, array);
    }
    return array;
  }
}
