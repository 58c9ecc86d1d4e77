/** Runs an awk program over its input. */
import { formatText } from '../shell/builtins/output.ts';
import type { Rule, Statement } from './ast.ts';
import { Evaluator, Jump } from './evaluator.ts';
import { numberText, toNumber, toText, truth, type Value } from './values.ts';

export class Awk extends Evaluator {
  private readonly active = new Set<Rule>();
  private steps = 0;

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

  private print(text: string): Promise<void> {
    return this.printer.print(text);
  }

  protected override async statement(statement: Statement): Promise<void> {
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
}
