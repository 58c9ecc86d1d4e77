/** Shell arithmetic: 64-bit integers over the parsed expression. */
import { type ArithmeticExpression, parse, type Word } from 'unbash';
import type { Shell } from './shell.ts';

type Expand = (shell: Shell, word: Pick<Word, 'text' | 'value' | 'parts'>) => Promise<string>;

const wrap = (n: bigint): bigint => BigInt.asIntN(64, n);
const MAX_DEPTH = 64;

/** Evaluates text that was made at run time: a variable's value, `let`, an array index. Reports and throws CommandFailed. */
export async function evaluateText(shell: Shell, text: string, expand: Expand, depth = 0): Promise<bigint> {
  const trimmed = text.trim();
  if (trimmed === '') return 0n;
  if (/^[0-9]+$/.test(trimmed) && !trimmed.startsWith('0')) return wrap(BigInt(trimmed));
  const script = parse(`((${trimmed}))`);
  const command = script.commands[0]?.command;
  if (
    command?.type !== 'ArithmeticCommand' ||
    !command.expression ||
    (script.errors?.length ?? 0) > 0 ||
    script.commands.length > 1
  ) {
    return shell.fail(
      `${trimmed}: syntax error: operand expected (error token is "${trimmed.slice(-1)}")`,
      1,
      shell.flavour === 'dash',
    );
  }
  return new Evaluator(shell, expand, depth).value(command.expression);
}

/** Evaluates a parsed expression. Reports and throws CommandFailed. */
export const evaluate = (shell: Shell, expression: ArithmeticExpression, expand: Expand): Promise<bigint> =>
  new Evaluator(shell, expand, 0).value(expression);

class Evaluator {
  constructor(
    private readonly shell: Shell,
    private readonly expand: Expand,
    private readonly depth: number,
  ) {}

  async value(node: ArithmeticExpression): Promise<bigint> {
    switch (node.type) {
      case 'ArithmeticGroup':
        return this.value(node.expression);
      case 'ArithmeticTernary':
        return (await this.value(node.test)) !== 0n ? this.value(node.consequent) : this.value(node.alternate);
      case 'ArithmeticUnary':
        return this.unary(node.operator, node.operand, node.prefix);
      case 'ArithmeticBinary':
        return this.binary(node.operator, node.left, node.right);
      case 'ArithmeticWord':
        return this.word(node.value, await this.text(node));
      default: {
        const { pos, end, text, script } = node;
        return this.word(
          text,
          await this.expand(this.shell, {
            text,
            value: text,
            parts: [{ type: 'CommandExpansion', pos, end, text, script }],
          }),
        );
      }
    }
  }

  /** A word with its expansions done. */
  private async text({ value, parts }: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>): Promise<string> {
    if (parts) return this.expand(this.shell, { text: value, value, parts });
    if (!/[$`"'\\]/.test(value)) return value;
    const command = parse(`: ${value}`).commands[0]?.command;
    const word = command?.type === 'Command' ? command.suffix[0] : undefined;
    return word?.type === 'Word' ? this.expand(this.shell, word) : value;
  }

  private async unary(operator: string, operand: ArithmeticExpression, prefix: boolean): Promise<bigint> {
    if (operator === '++' || operator === '--') {
      const before = await this.value(operand);
      const after = wrap(before + (operator === '++' ? 1n : -1n));
      await this.assign(operand, after);
      return prefix ? after : before;
    }
    const value = await this.value(operand);
    if (operator === '-') return wrap(-value);
    if (operator === '!') return value === 0n ? 1n : 0n;
    return operator === '~' ? ~value : value;
  }

  private async binary(operator: string, left: ArithmeticExpression, right: ArithmeticExpression): Promise<bigint> {
    if (operator === '=') return this.assign(left, await this.value(right));
    if (/^([-+*/%&|^]|<<|>>)=$/.test(operator)) {
      const current = await this.value(left);
      return this.assign(left, await this.compute(operator.slice(0, -1), current, await this.value(right)));
    }
    const first = await this.value(left);
    if (operator === '&&') return first !== 0n && (await this.value(right)) !== 0n ? 1n : 0n;
    if (operator === '||') return first !== 0n || (await this.value(right)) !== 0n ? 1n : 0n;
    return this.compute(operator, first, await this.value(right));
  }

  private async compute(operator: string, a: bigint, b: bigint): Promise<bigint> {
    if ((operator === '/' || operator === '%') && b === 0n) {
      return this.shell.fail(
        this.shell.flavour === 'dash' ? 'arithmetic expression: division by zero: ""' : 'division by 0',
        this.shell.flavour === 'dash' ? 2 : 1,
        this.shell.flavour !== 'bash',
      );
    }
    if (operator === '**' && b < 0n) return this.shell.fail('exponent less than 0', 1);
    const result = OPERATORS[operator]?.(a, b);
    if (result === undefined)
      return this.shell.fail(`syntax error: invalid arithmetic operator (error token is "${operator}")`, 1);
    return wrap(result);
  }

  private async assign(target: ArithmeticExpression, value: bigint): Promise<bigint> {
    const { shell } = this;
    const text = target.type === 'ArithmeticWord' ? await this.text(target) : '';
    const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(text);
    if (!match) return shell.fail('attempted assignment to non-variable', 1);
    const [, name = '', index] = match;
    if (index === undefined) shell.variables.set(name, String(value));
    else shell.variables.setElement(name, await this.key(name, index), String(value));
    return value;
  }

  private async key(name: string, index: string): Promise<string> {
    if (this.shell.variables.find(name)?.kind === 'associative') return index.replace(/^(["'])(.*)\1$/s, '$2');
    return String(await evaluateText(this.shell, index, this.expand, this.depth + 1));
  }

  private async word(source: string, text: string): Promise<bigint> {
    const { shell } = this;
    const literal = number(text.trim());
    if (literal !== undefined) return literal;
    if (this.depth > MAX_DEPTH) return shell.fail(`${source}: expression recursion level exceeded`, 1);
    const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(text.trim());
    if (!match) return evaluateText(shell, text, this.expand, this.depth + 1);
    const [, name = '', index] = match;
    const variable = shell.variables.find(name);
    const value =
      index === undefined
        ? (DYNAMIC[name]?.(shell) ?? shell.get(name))
        : variable?.array.get(await this.key(name, index));
    if (value === undefined && shell.options.nounset) return shell.fail(`${name}: unbound variable`, 1, true);
    return evaluateText(shell, value ?? '', this.expand, this.depth + 1);
  }
}

const DYNAMIC: { readonly [name: string]: (shell: Shell) => string } = {
  RANDOM: (shell) => String(shell.process.rng.int(32_768)),
  LINENO: (shell) => String(shell.line),
  SECONDS: (shell) => String(Math.floor((shell.process.clock.now() - shell.startedAt) / 1000)),
};

const truth = (condition: boolean): bigint => (condition ? 1n : 0n);
const OPERATORS: { readonly [operator: string]: (a: bigint, b: bigint) => bigint } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => power(a, b),
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  ',': (_, b) => b,
};

/** By squaring and wrapping as it goes: an honest `**` of huge numbers would hang the engine. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrap(result * square);
    square = wrap(square * square);
  }
  return result;
}

function number(text: string): bigint | undefined {
  if (/^\d+$/.test(text))
    return text.length > 1 && text.startsWith('0')
      ? /^[0-7]+$/.test(text)
        ? wrap(BigInt(`0o${text}`))
        : undefined
      : wrap(BigInt(text));
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return wrap(BigInt(text));
  const based = /^(\d+)#([0-9a-zA-Z@_]+)$/.exec(text);
  if (!based) return undefined;
  const base = BigInt(based[1] as string);
  let value = 0n;
  for (const char of based[2] as string) {
    const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(
      base <= 36n ? char.toLowerCase() : char,
    );
    value = wrap(value * base + BigInt(digit));
  }
  return value;
}
