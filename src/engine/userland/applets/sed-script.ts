/** The script of sed, parsed. */
import { UsageError } from '../applet.ts';
import { posixRegex } from './posix-regex.ts';

export interface Address {
  readonly kind: 'line' | 'last' | 'regex' | 'step' | 'plus';
  readonly line?: number;
  readonly step?: number;
  readonly regex?: RegExp;
}

export interface Command {
  readonly from?: Address;
  readonly to?: Address;
  readonly negated: boolean;
  readonly name: string;
  readonly text?: string;
  readonly regex?: RegExp;
  readonly replacement?: string;
  readonly flags?: string;
  readonly map?: ReadonlyMap<string, string>;
  readonly block?: readonly Command[];
  /** Whether a range is open. */
  state: { active: boolean; until: number };
}

export class Parser {
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly extended: boolean,
  ) {}

  parse(nested = false): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.skip(/[\s;]/);
      const char = this.text[this.at];
      if (char === undefined) {
        if (nested) this.fail("unmatched `{'");
        return commands;
      }
      if (char === '}') {
        if (!nested) this.fail("unexpected `}'");
        this.at++;
        return commands;
      }
      if (char === '#') this.skip(/[^\n]/);
      else commands.push(this.command());
    }
  }

  private fail(why: string): never {
    throw new UsageError(`-e expression #1, char ${this.at + 1}: ${why}`);
  }

  private skip(set: RegExp): void {
    while (this.at < this.text.length && set.test(this.text[this.at] as string)) this.at++;
  }

  private command(): Command {
    const from = this.address();
    this.skip(/[ \t]/);
    let to: Address | undefined;
    if (from && this.text[this.at] === ',') {
      this.at++;
      this.skip(/[ \t]/);
      to = this.address();
      if (!to) this.fail("unexpected `,'");
    }
    this.skip(/[ \t]/);
    let negated = false;
    while (this.text[this.at] === '!') {
      negated = true;
      this.at++;
      this.skip(/[ \t]/);
    }
    const name = this.text[this.at++];
    if (name === undefined) this.fail('missing command');
    return {
      ...(from && { from }),
      ...(to && { to }),
      negated,
      name: name as string,
      ...this.operands(name as string),
      state: { active: false, until: 0 },
    };
  }

  private address(): Address | undefined {
    const rest = this.text.slice(this.at);
    const number = /^(\d+)(?:~(\d+))?/.exec(rest);
    if (number) {
      this.at += number[0].length;
      return number[2] === undefined
        ? { kind: 'line', line: Number(number[1]) }
        : { kind: 'step', line: Number(number[1]), step: Number(number[2]) };
    }
    const plus = /^\+(\d+)/.exec(rest);
    if (plus) {
      this.at += plus[0].length;
      return { kind: 'plus', line: Number(plus[1]) };
    }
    if (rest.startsWith('$')) {
      this.at++;
      return { kind: 'last' };
    }
    if (!rest.startsWith('/') && !rest.startsWith('\\')) return undefined;
    if (rest.startsWith('\\')) this.at++;
    const delimiter = this.text[this.at] as string;
    this.at++;
    const pattern = this.until(delimiter);
    const ignoreCase = this.text[this.at] === 'I';
    if (ignoreCase) this.at++;
    return { kind: 'regex', regex: this.regex(pattern, ignoreCase ? 'i' : '') };
  }

  private regex(pattern: string, flags: string): RegExp {
    try {
      return posixRegex(pattern, this.extended, flags);
    } catch (error) {
      return this.fail((error as Error).message);
    }
  }

  /** Text up to an unescaped delimiter. */
  private until(delimiter: string): string {
    let out = '';
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === '\\' && this.text[this.at + 1] === delimiter) {
        out += delimiter === '/' || !/[.*+?()[\]{}|^$]/.test(delimiter) ? delimiter : `\\${delimiter}`;
        this.at++;
      } else if (char === '\\') out += char + (this.text[++this.at] ?? '');
      else if (char === delimiter) {
        this.at++;
        return out;
      } else out += char;
    }
    return this.fail("unterminated `s' command");
  }

  private operands(name: string): Partial<Command> {
    switch (name) {
      case '{':
        return { block: this.parse(true) };
      case 's': {
        const delimiter = this.text[this.at++] as string;
        const pattern = this.until(delimiter);
        const replacement = this.until(delimiter);
        const flags = /^[gpiIemM\d]*/.exec(this.text.slice(this.at))?.[0] ?? '';
        this.at += flags.length;
        if (!/^([\s;}#]|$)/.test(this.text.slice(this.at)) && !/w/.test(this.text[this.at] ?? ''))
          this.fail("unknown option to `s'");
        return { regex: this.regex(pattern, /[iI]/.test(flags) ? 'gi' : 'g'), replacement, flags };
      }
      case 'y': {
        const delimiter = this.text[this.at++] as string;
        const letters = (text: string) => [...text.replace(/\\n/g, '\n').replace(/\\\\/g, '\\')];
        const from = letters(this.until(delimiter));
        const to = letters(this.until(delimiter));
        if (from.length !== to.length) this.fail("strings for `y' command are different lengths");
        return { map: new Map(from.map((char, i) => [char, to[i] as string])) };
      }
      case 'a':
      case 'i':
      case 'c': {
        this.skip(/[ \t]/);
        if (this.text[this.at] === '\\') {
          this.at++;
          this.skip(/[ \t]/);
          if (this.text[this.at] === '\n') this.at++;
        }
        return { text: this.lineText() };
      }
      case ':':
      case 'b':
      case 't':
      case 'T':
      case 'r':
      case 'w': {
        this.skip(/[ \t]/);
        const stop = name === 'r' || name === 'w' ? /[^\n]/ : /[^\n;}\s]/;
        const start = this.at;
        this.skip(stop);
        return { text: this.text.slice(start, this.at) };
      }
      case 'q':
      case 'Q': {
        const number = /^\s*(\d+)/.exec(this.text.slice(this.at));
        if (number) this.at += number[0].length;
        return { text: number?.[1] ?? '0' };
      }
      default:
        if (!'pPdDnNgGhHxlz='.includes(name)) this.fail(`unknown command: \`${name}'`);
        return {};
    }
  }

  private lineText(): string {
    let out = '';
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === '\\') out += this.text[++this.at] === 't' ? '\t' : (this.text[this.at] ?? '');
      else if (char === '\n') break;
      else out += char;
    }
    return out;
  }
}
