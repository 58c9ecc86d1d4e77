/** Expressions of awk, evaluated. */
import type { Process } from '#engine/os';
import { Printer } from '../applet.ts';
import { strftime } from '../applets/date.ts';
import type { AwkProgram, Expression, Statement } from './ast.ts';
import { Outputs } from './outputs.ts';
import { Records } from './records.ts';
import { type AwkArray, AwkState, type Variables } from './state.ts';
import { AwkError, arithmetic, compare, pureFunction, toNumber, toText, truth, type Value } from './values.ts';

export class Jump extends Error {
  constructor(
    readonly kind: 'break' | 'continue' | 'next' | 'nextfile' | 'exit' | 'return',
    readonly value: Value = '',
  ) {
    super(kind);
  }
}

const MAX_DEPTH = 500;

export abstract class Evaluator extends AwkState {
  protected readonly outputs: Outputs;
  protected readonly printer: Printer;
  protected readonly input: Records;
  protected depth = 0;
  protected rng: { next(): number };

  constructor(
    protected readonly process: Process,
    protected readonly program: AwkProgram,
  ) {
    super();
    this.printer = new Printer(process.stdout);
    this.outputs = new Outputs(process, () => this.printer.flush());
    this.input = new Records(
      process,
      this.globals,
      () => this.printer.flush(),
      (text) => this.assign(text),
    );
    this.rng = process.rng.fork('awk');
    this.arrays.set(
      'ENVIRON',
      new Map([...process.env].map(([name, value]): [string, Value] => [name, { input: value }])),
    );
  }

  /** `-v name=value` */
  assign(text: string): void {
    const at = text.indexOf('=');
    this.globals.set(text.slice(0, at), {
      input: text
        .slice(at + 1)
        .replace(/\\t/g, '\t')
        .replace(/\\n/g, '\n'),
    });
  }

  protected abstract statement(statement: Statement): Promise<void>;

  protected async condition(expression: Expression): Promise<Value> {
    return expression.type === 'regex'
      ? Number(this.regex(expression.source).test(this.fields[0] as string))
      : this.value(expression);
  }

  protected async value(expression: Expression): Promise<Value> {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return Number(this.regex(expression.source).test(this.fields[0] as string));
      case 'variable':
        return this.variable(expression.name);
      case 'element': {
        const array = this.array(expression.name);
        const key = await this.key(expression.index);
        const found = array.get(key);
        if (found === undefined) array.set(key, { input: '' });
        return found ?? { input: '' };
      }
      case 'field':
        return { input: this.fields[Math.trunc(toNumber(await this.value(expression.index)))] ?? '' };
      case 'group': {
        const values: string[] = [];
        if (expression.items.length === 1) return this.value(expression.items[0] as Expression);
        for (const item of expression.items) values.push(toText(await this.value(item)));
        return values.join(this.text('SUBSEP'));
      }
      case 'conditional':
        return truth(await this.condition(expression.test)) ? this.value(expression.yes) : this.value(expression.no);
      case 'in':
        return Number(this.array(expression.name).has(await this.key(expression.index)));
      case 'assign':
        return this.assignment(expression);
      case 'increment': {
        const before = toNumber(await this.value(expression.target));
        const after = before + (expression.operator === '++' ? 1 : -1);
        await this.store(expression.target, after);
        return expression.prefix ? after : before;
      }
      case 'unary': {
        const operand = await this.condition(expression.operand);
        return expression.operator === '!'
          ? Number(!truth(operand))
          : expression.operator === '-'
            ? -toNumber(operand)
            : toNumber(operand);
      }
      case 'binary':
        return this.binary(expression);
      case 'getline':
        return this.getline(expression);
      default:
        return expression.builtin
          ? this.builtin(expression.name, expression.args)
          : this.call(expression.name, expression.args);
    }
  }

  protected async key(index: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const each of index) parts.push(toText(await this.value(each)));
    return parts.join(this.text('SUBSEP'));
  }

  protected async store(target: Expression, value: Value): Promise<void> {
    if (target.type === 'variable') this.setVariable(target.name, value);
    else if (target.type === 'element') this.array(target.name).set(await this.key(target.index), value);
    else if (target.type === 'field')
      this.setField(Math.trunc(toNumber(await this.value(target.index))), toText(value));
    else if (target.type === 'group' && target.items.length === 1)
      await this.store(target.items[0] as Expression, value);
    else throw new AwkError('assignment to something that is no variable');
  }

  protected async assignment({ operator, target, value }: Extract<Expression, { type: 'assign' }>): Promise<Value> {
    const right = await this.value(value);
    const result =
      operator === ''
        ? right
        : arithmetic(operator === '**' ? '^' : operator, toNumber(await this.value(target)), toNumber(right));
    await this.store(target, result);
    return result;
  }

  protected async binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): Promise<Value> {
    if (operator === '&&') return Number(truth(await this.condition(left)) && truth(await this.condition(right)));
    if (operator === '||') return Number(truth(await this.condition(left)) || truth(await this.condition(right)));
    const first = await this.value(left);
    if (operator === '~' || operator === '!~') {
      const regex = right.type === 'regex' ? this.regex(right.source) : this.regex(toText(await this.value(right)));
      return Number(regex.test(toText(first)) === (operator === '~'));
    }
    const second = await this.value(right);
    if (operator === ' ') return toText(first) + toText(second);
    if (['<', '<=', '==', '!=', '>', '>='].includes(operator)) return Number(compare(operator, first, second));
    return arithmetic(operator, toNumber(first), toNumber(second));
  }

  protected async getline({ source, target, command }: Extract<Expression, { type: 'getline' }>): Promise<Value> {
    let line: string | undefined;
    if (!source) line = await this.input.next();
    else {
      const name = toText(await this.value(source));
      const found = await this.input.lineOf(name, command);
      if (found === 'missing') return -1;
      line = found;
    }
    if (line === undefined) return 0;
    if (target) await this.store(target, { input: line });
    else this.setRecord(line);
    return 1;
  }

  protected async call(name: string, args: readonly Expression[]): Promise<Value> {
    const defined = this.program.functions.get(name);
    if (!defined) throw new AwkError(`calling undefined function ${name}`);
    if (++this.depth > MAX_DEPTH) throw new AwkError(`function ${name}: too deep`);
    const variables: Variables = new Map();
    const arrays = new Map<string, AwkArray>();
    for (const [i, parameter] of defined.parameters.entries()) {
      const arg = args[i];
      // A bare name may be an array: both meanings are handed on.
      if (arg?.type === 'variable') arrays.set(parameter, this.array(arg.name));
      else arrays.set(parameter, new Map());
      variables.set(parameter, arg ? await this.value(arg) : { input: '' });
    }
    const outer = this.frame;
    this.frame = { variables, arrays };
    try {
      await this.statement(defined.body);
      return '';
    } catch (error) {
      if (error instanceof Jump && error.kind === 'return') return error.value;
      throw error;
    } finally {
      this.frame = outer;
      this.depth--;
    }
  }

  protected async builtin(name: string, args: readonly Expression[]): Promise<Value> {
    if (
      name === 'length' &&
      args[0]?.type === 'variable' &&
      (this.frame?.arrays.get(args[0].name)?.size || this.arrays.has(args[0].name))
    )
      return this.array(args[0].name).size;
    if (name === 'split') return this.splitCall(args);
    if (name === 'sub' || name === 'gsub') return this.substitute(name === 'gsub', args);
    const regexFirst = name === 'match' ? 1 : -1;
    const values: Value[] = [];
    for (const [i, arg] of args.entries())
      values.push(i === regexFirst && arg.type === 'regex' ? arg.source : await this.value(arg));
    const text = (i: number) => toText(values[i] ?? '');
    const number = (i: number) => toNumber(values[i] ?? 0);
    switch (name) {
      case 'match': {
        const found = this.regex(text(1)).exec(text(0));
        this.globals.set('RSTART', found ? found.index + 1 : 0);
        this.globals.set('RLENGTH', found ? found[0].length : -1);
        return found ? found.index + 1 : 0;
      }
      case 'rand':
        return this.rng.next();
      case 'srand':
        this.rng = this.process.rng.fork(`awk ${text(0)}`);
        return 0;
      case 'system': {
        await this.printer.flush();
        return (await this.process.until(this.process.spawn(['sh', '-c', text(0)]).exited)).code;
      }
      case 'close':
        this.input.close(text(0));
        return this.outputs.close(text(0));
      case 'fflush':
        await this.printer.flush();
        return 0;
      case 'systime':
        return Math.floor(this.process.clock.now() / 1000);
      case 'strftime':
        return strftime(
          values.length > 0 ? text(0) : '%c',
          values.length > 1 ? number(1) * 1000 : this.process.clock.now(),
        );
      default:
        return pureFunction(name, values, this.fields[0] as string, (source) => this.regex(source));
    }
  }

  protected async splitCall(args: readonly Expression[]): Promise<Value> {
    const [source, array, separator] = args;
    if (!source || array?.type !== 'variable') throw new AwkError('split: the second argument must be an array');
    const text = toText(await this.value(source));
    const by =
      separator?.type === 'regex'
        ? separator.source
        : separator
          ? toText(await this.value(separator))
          : this.text('FS');
    const parts = separator?.type === 'regex' ? (text === '' ? [] : text.split(this.regex(by))) : this.split(text, by);
    const target = this.array(array.name);
    target.clear();
    for (const [i, part] of parts.entries()) target.set(String(i + 1), { input: part });
    return parts.length;
  }

  protected async substitute(all: boolean, args: readonly Expression[]): Promise<Value> {
    const [pattern, replacement, target = { type: 'field', index: { type: 'number', value: 0 } } as Expression] = args;
    if (!pattern || !replacement) throw new AwkError('sub: missing argument');
    const regex = pattern.type === 'regex' ? this.regex(pattern.source) : this.regex(toText(await this.value(pattern)));
    const by = toText(await this.value(replacement));
    let count = 0;
    const text = toText(await this.value(target)).replace(new RegExp(regex, all ? 'g' : ''), (found) => {
      count++;
      return by.replace(/\\\\&|\\&|&/g, (mark) => (mark === '&' ? found : '&'));
    });
    if (count > 0) await this.store(target, text);
    return count;
  }
}
