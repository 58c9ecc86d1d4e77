import type { Process } from '#engine/os';
import { Printer } from '../applet.ts';
import { strftime } from '../applets/date.ts';
import { formatText } from '../shell/builtins/output.ts';
import type { AwkProgram, Expression, Rule, Statement } from './ast.ts';
import { Outputs } from './outputs.ts';
import { Records } from './records.ts';
import { type AwkArray, AwkState, type Variables } from './state.ts';
import {
  AwkError,
  arithmetic,
  compare,
  numberText,
  pureFunction,
  toNumber,
  toText,
  truth,
  type Value,
} from './values.ts';

class Jump extends Error {
  constructor(
    readonly kind: 'break' | 'continue' | 'next' | 'nextfile' | 'exit' | 'return',
    readonly value: Value = '',
  ) {
    super(kind);
  }
}

const MAX_DEPTH = 500;

export class Awk extends AwkState {
  private readonly outputs: Outputs;
  private readonly active = new Set<Rule>();
  private readonly printer: Printer;
  private readonly input: Records;
  private steps = 0;
  private depth = 0;
  private rng: { next(): number };

  constructor(
    private readonly process: Process,
    private readonly program: AwkProgram,
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

  async run(operands: readonly string[]): Promise<number> {
    this.input.files = [...operands];
    this.arrays.set(
      'ARGV',
      new Map(['awk', ...operands].map((arg, i): [string, Value] => [String(i), { input: arg }])),
    );
    this.globals.set('ARGC', operands.length + 1);
    let code = 0;
    const phase = async (run: () => Promise<void>): Promise<boolean> => {
      try {
        await run();
        return true;
      } catch (error) {
        if (!(error instanceof Jump) || error.kind !== 'exit') throw error;
        code = toNumber(error.value);
        return false;
      }
    };
    const rules = (kind: Rule['kind']) => this.program.rules.filter((rule) => rule.kind === kind);
    const begun = await phase(async () => {
      for (const rule of rules('BEGIN')) if (rule.body) await this.statement(rule.body);
    });
    if (begun && (rules('main').length > 0 || rules('END').length > 0)) await phase(() => this.records(rules('main')));
    if (begun) {
      await phase(async () => {
        for (const rule of rules('END')) if (rule.body) await this.statement(rule.body);
      });
    }
    await this.printer.flush();
    await this.outputs.closeAll();
    return code & 0xff;
  }

  assign(text: string): void {
    const at = text.indexOf('=');
    this.globals.set(text.slice(0, at), {
      input: text
        .slice(at + 1)
        .replace(/\\t/g, '\t')
        .replace(/\\n/g, '\n'),
    });
  }

  private async records(rules: readonly Rule[]): Promise<void> {
    for (let record = await this.input.next(); record !== undefined; record = await this.input.next()) {
      this.setRecord(record);
      try {
        for (const rule of rules)
          if (await this.selects(rule))
            await (rule.body ? this.statement(rule.body) : this.print(`${this.fields[0]}${this.text('ORS')}`));
      } catch (error) {
        if (!(error instanceof Jump) || (error.kind !== 'next' && error.kind !== 'nextfile')) throw error;
        if (error.kind === 'nextfile') this.input.skipFile();
      }
    }
  }

  private async selects(rule: Rule): Promise<boolean> {
    if (!rule.from) return true;
    if (!rule.to) return truth(await this.condition(rule.from));
    if (!this.active.has(rule) && !truth(await this.condition(rule.from))) return false;
    if (truth(await this.condition(rule.to))) this.active.delete(rule);
    else this.active.add(rule);
    return true;
  }

  private async condition(expression: Expression): Promise<Value> {
    return expression.type === 'regex'
      ? Number(this.regex(expression.source).test(this.fields[0] as string))
      : this.value(expression);
  }

  private print(text: string): Promise<void> {
    return this.printer.print(text);
  }

  private async statement(statement: Statement): Promise<void> {
    if (++this.steps % 64 === 0) await this.process.compute(0.05);
    switch (statement.type) {
      case 'expression':
        await this.value(statement.value);
        return;
      case 'print':
        return this.printStatement(statement);
      case 'if':
        if (truth(await this.condition(statement.test))) await this.statement(statement.then);
        else if (statement.otherwise) await this.statement(statement.otherwise);
        return;
      case 'block':
        for (const each of statement.body) await this.statement(each);
        return;
      case 'while':
      case 'for':
      case 'forIn':
        return this.loop(statement);
      case 'exit':
      case 'return':
        throw new Jump(statement.type, statement.value ? await this.value(statement.value) : '');
      case 'delete':
        if (statement.index) this.array(statement.name).delete(await this.key(statement.index));
        else this.array(statement.name).clear();
        return;
      default:
        throw new Jump(statement.type);
    }
  }

  private async loop(statement: Extract<Statement, { type: 'while' | 'for' | 'forIn' }>): Promise<void> {
    const once = async (): Promise<boolean> => {
      try {
        await this.statement(statement.body);
        return true;
      } catch (error) {
        if (!(error instanceof Jump) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
        return error.kind === 'continue';
      }
    };
    if (statement.type === 'forIn') {
      for (const key of [...this.array(statement.array).keys()]) {
        this.setVariable(statement.name, { input: key });
        if (!(await once())) return;
      }
    } else if (statement.type === 'while') {
      if (statement.atEnd && !(await once())) return;
      while (truth(await this.condition(statement.test))) if (!(await once())) return;
    } else {
      if (statement.init) await this.statement(statement.init);
      while (!statement.test || truth(await this.condition(statement.test))) {
        if (!(await once())) return;
        if (statement.update) await this.statement(statement.update);
        else await this.process.compute(0.01);
      }
    }
  }

  private async printStatement({ format, args, redirect }: Extract<Statement, { type: 'print' }>): Promise<void> {
    const values: Value[] = [];
    for (const arg of args) values.push(await this.value(arg));
    const shown = (value: Value) => (typeof value === 'number' ? numberText(value, this.text('OFMT')) : toText(value));
    const text = format
      ? formatText(toText(values[0] ?? ''), values.slice(1).map(shown)).text
      : `${values.length === 0 ? this.fields[0] : values.map(shown).join(this.text('OFS'))}${this.text('ORS')}`;
    if (!redirect) return this.print(text);
    const target = toText(await this.value(redirect.target));
    return this.outputs.output(target, redirect.operator).printer.print(text);
  }

  private async value(expression: Expression): Promise<Value> {
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

  private async key(index: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const each of index) parts.push(toText(await this.value(each)));
    return parts.join(this.text('SUBSEP'));
  }

  private async store(target: Expression, value: Value): Promise<void> {
    if (target.type === 'variable') this.setVariable(target.name, value);
    else if (target.type === 'element') this.array(target.name).set(await this.key(target.index), value);
    else if (target.type === 'field')
      this.setField(Math.trunc(toNumber(await this.value(target.index))), toText(value));
    else if (target.type === 'group' && target.items.length === 1)
      await this.store(target.items[0] as Expression, value);
    else throw new AwkError('assignment to something that is no variable');
  }

  private async assignment({ operator, target, value }: Extract<Expression, { type: 'assign' }>): Promise<Value> {
    const right = await this.value(value);
    const result =
      operator === ''
        ? right
        : arithmetic(operator === '**' ? '^' : operator, toNumber(await this.value(target)), toNumber(right));
    await this.store(target, result);
    return result;
  }

  private async binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): Promise<Value> {
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

  private async getline({ source, target, command }: Extract<Expression, { type: 'getline' }>): Promise<Value> {
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

  private async call(name: string, args: readonly Expression[]): Promise<Value> {
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

  private async builtin(name: string, args: readonly Expression[]): Promise<Value> {
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

  private async splitCall(args: readonly Expression[]): Promise<Value> {
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

  private async substitute(all: boolean, args: readonly Expression[]): Promise<Value> {
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
