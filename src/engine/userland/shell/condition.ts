/** `test`, `[` and `[[`. */

import type { TestExpression } from 'unbash';
import { absolute } from '#engine/os';
import { CommandFailed } from './control.ts';
import { arithmeticText, expandToPattern, expandToRegex, expandToText } from './expand.ts';
import { matches } from './pattern.ts';
import type { Shell } from './shell.ts';

const UNARY = new Set('-a -b -c -d -e -f -g -h -k -L -n -N -o -O -G -p -r -R -s -S -t -u -v -w -x -z'.split(' '));
const BINARY = new Set('= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef =~'.split(' '));

/** A wrong expression; `message` goes behind `[: `. */
class TestError extends Error {}

/** `test args`: 0 true, 1 false, 2 wrong. */
export async function testCommand(shell: Shell, name: string, args: readonly string[]): Promise<number> {
  try {
    return (await new TestParser(shell, args).parse()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await shell.complain(error.message, name);
    return 2;
  }
}

/** By the number of arguments first, as POSIX has it, so that odd operands do no harm. */
class TestParser {
  private at = 0;
  constructor(
    private readonly shell: Shell,
    private readonly args: readonly string[],
  ) {}

  async parse(): Promise<boolean> {
    const { args } = this;
    const [a = '', b = '', c = '', d = ''] = args;
    if (args.length === 0) return false;
    if (args.length === 1) return a !== '';
    if (args.length === 2 && a === '!') return b === '';
    if (args.length === 3 && BINARY.has(b)) return binary(this.shell, a, b, c);
    if (args.length === 3 && a === '!') return !(await new TestParser(this.shell, args.slice(1)).parse());
    if (args.length === 3 && a === '(' && c === ')') return b !== '';
    if (args.length === 4 && a === '!') return !(await new TestParser(this.shell, args.slice(1)).parse());
    if (args.length === 4 && a === '(' && d === ')') return new TestParser(this.shell, [b, c]).parse();
    const value = await this.or();
    if (this.at < args.length)
      throw new TestError(
        this.shell.flavour === 'bash' ? 'too many arguments' : `${args[this.at]}: unexpected operator`,
      );
    return value;
  }

  private async or(): Promise<boolean> {
    let value = await this.and();
    while (this.args[this.at] === '-o') {
      this.at++;
      value = (await this.and()) || value;
    }
    return value;
  }

  private async and(): Promise<boolean> {
    let value = await this.not();
    while (this.args[this.at] === '-a') {
      this.at++;
      value = (await this.not()) && value;
    }
    return value;
  }

  private async not(): Promise<boolean> {
    if (this.args[this.at] === '!') {
      this.at++;
      return !(await this.not());
    }
    return this.primary();
  }

  private async primary(): Promise<boolean> {
    const { args, shell } = this;
    const first = args[this.at];
    const second = args[this.at + 1];
    if (first === undefined) throw new TestError(shell.flavour === 'bash' ? 'argument expected' : 'argument expected');
    if (second !== undefined && BINARY.has(second) && args[this.at + 2] !== undefined) {
      this.at += 3;
      return binary(shell, first, second, args[this.at - 1] as string);
    }
    if (first === '(') {
      this.at++;
      const value = await this.or();
      if (args[this.at++] !== ')') throw new TestError("`)' expected");
      return value;
    }
    if (UNARY.has(first) && second !== undefined) {
      this.at += 2;
      return unary(shell, first, second);
    }
    if (first.startsWith('-') && second !== undefined && second !== '-a' && second !== '-o') {
      throw new TestError(
        shell.flavour === 'bash'
          ? `${first}: unary operator expected`
          : shell.flavour === 'dash'
            ? `${second}: unexpected operator`
            : `${first}: unknown operand`,
      );
    }
    if (second !== undefined && !['-a', '-o', ')'].includes(second)) {
      throw new TestError(
        shell.flavour === 'bash'
          ? args.length === 2
            ? `${first}: unary operator expected`
            : args.length === 3
              ? `${second}: binary operator expected`
              : 'too many arguments'
          : shell.flavour === 'dash'
            ? `${second}: unexpected operator`
            : `${second}: unknown operand`,
      );
    }
    this.at++;
    return first !== '';
  }
}

async function unary(shell: Shell, operator: string, operand: string): Promise<boolean> {
  const { fs, cwd, uid } = shell.process;
  const path = operand === '' ? '' : absolute(operand, cwd);
  const exists = path !== '' && fs.exists(path);
  const stat = exists ? fs.stat(path) : undefined;
  const allowed = (bit: number) =>
    stat !== undefined &&
    (uid === 0
      ? bit !== 1 || stat.type === 'directory' || (stat.mode & 0o111) !== 0
      : ((stat.mode >> (stat.uid === uid ? 6 : 0)) & bit) !== 0);
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-e':
    case '-a':
      return exists;
    case '-f':
      return stat?.type === 'file';
    case '-d':
      return stat?.type === 'directory';
    case '-c':
      return stat?.type === 'device';
    case '-s':
      return (stat?.size ?? 0) > 0;
    case '-r':
      return allowed(4);
    case '-w':
      return allowed(2);
    case '-x':
      return allowed(1);
    case '-h':
    case '-L':
      return isLink(shell, path);
    case '-t':
      return shell.process.terminal !== undefined && Number(operand) <= 2;
    case '-v':
      return shell.variables.find(operand) !== undefined;
    case '-o':
      return shell.options[operand as keyof typeof shell.options];
    case '-O':
      return stat?.uid === uid;
    default:
      return false;
  }
}

function isLink(shell: Shell, path: string): boolean {
  const { fs } = shell.process;
  const slash = path.lastIndexOf('/');
  const directory = path.slice(0, slash) || '/';
  if (path === '' || !fs.exists(directory) || !fs.readdir(directory).includes(path.slice(slash + 1))) return false;
  return fs.lstat(path).type === 'symlink';
}

async function binary(
  shell: Shell,
  left: string,
  operator: string,
  right: string,
  asPattern = false,
): Promise<boolean> {
  switch (operator) {
    case '=':
    case '==':
      return asPattern ? matches(right, left) : left === right;
    case '!=':
      return asPattern ? !matches(right, left) : left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
    case '-ot':
    case '-ef':
      return compareFiles(shell, left, operator, right);
    default: {
      const [a, b] = [integer(shell, left), integer(shell, right)];
      return (
        { '-eq': a === b, '-ne': a !== b, '-lt': a < b, '-le': a <= b, '-gt': a > b, '-ge': a >= b }[operator] ?? false
      );
    }
  }
}

function integer(shell: Shell, text: string): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d+$/.test(trimmed)) {
    throw new TestError(
      shell.flavour === 'bash'
        ? `${text}: integer expression expected`
        : shell.flavour === 'dash'
          ? `Illegal number: ${text}`
          : `${text}: bad number`,
    );
  }
  return BigInt(trimmed.replace(/^\+/, ''));
}

function compareFiles(shell: Shell, left: string, operator: string, right: string): boolean {
  const { fs, cwd } = shell.process;
  const [a, b] = [absolute(left, cwd), absolute(right, cwd)];
  if (operator === '-ef') return fs.exists(a) && fs.exists(b) && fs.realpath(a) === fs.realpath(b);
  if (!fs.exists(a) || !fs.exists(b))
    return operator === '-nt' ? fs.exists(a) && !fs.exists(b) : !fs.exists(a) && fs.exists(b);
  const [first, second] = [fs.stat(a).modified, fs.stat(b).modified];
  return operator === '-nt' ? first > second : first < second;
}

/** `[[ … ]]` */
export async function evaluateCondition(shell: Shell, expression: TestExpression): Promise<boolean> {
  try {
    return await condition(shell, expression);
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await shell.complain(error.message, '[[');
    throw new CommandFailed(1, false);
  }
}

async function condition(shell: Shell, expression: TestExpression): Promise<boolean> {
  switch (expression.type) {
    case 'TestGroup':
      return condition(shell, expression.expression);
    case 'TestNot': {
      const value = await condition(shell, expression.operand);
      return expression.negations.length % 2 === 1 ? !value : value;
    }
    case 'TestLogical':
      for (const operand of expression.operands) {
        const value = await condition(shell, operand);
        if (value !== (expression.operator === '&&')) return value;
      }
      return expression.operator === '&&';
    case 'TestUnary':
      return unary(shell, expression.operator, await expandToText(shell, expression.operand));
    default:
      return compare(shell, expression);
  }
}

async function compare(
  shell: Shell,
  { operator, left, right }: Extract<TestExpression, { type: 'TestBinary' }>,
): Promise<boolean> {
  const text = await expandToText(shell, left);
  if (operator === '=~') return regexMatch(shell, text, await expandToRegex(shell, right));
  if (['=', '==', '!='].includes(operator))
    return binary(shell, text, operator, await expandToPattern(shell, right), true);
  const other = await expandToText(shell, right);
  if (!operator.startsWith('-') || ['-nt', '-ot', '-ef'].includes(operator))
    return binary(shell, text, operator, other);
  return binary(shell, String(await arithmeticText(shell, text)), operator, String(await arithmeticText(shell, other)));
}

async function regexMatch(shell: Shell, text: string, source: string): Promise<boolean> {
  let regex: RegExp;
  try {
    regex = new RegExp(
      source
        .replace(/\[\[:(\w+):\]\]/g, (_, name: string) => `[${POSIX[name] ?? ''}]`)
        .replace(/\[:(\w+):\]/g, (_, name: string) => POSIX[name] ?? ''),
    );
  } catch {
    throw new CommandFailed(2, false);
  }
  const match = regex.exec(text);
  shell.variables.setArray(
    'BASH_REMATCH',
    (match ?? []).map((group, i) => [String(i), group ?? '']),
    'indexed',
  );
  return match !== null;
}

const POSIX: { readonly [name: string]: string } = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
};
