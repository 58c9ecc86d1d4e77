/** Parses awk by recursive descent. */
import type { AwkFunction, AwkProgram, Expression, Rule, Statement } from './ast.ts';
import { ExpressionParser, NO_GREATER } from './expression-parser.ts';
import { tokenize } from './lexer.ts';

/** Throws AwkSyntaxError. */
export const parseAwk = (source: string): AwkProgram => new Parser(tokenize(source)).program();

class Parser extends ExpressionParser {
  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    for (this.skipEnds(); this.peek().kind !== 'end'; this.skipEnds()) {
      if (this.is('function') || this.is('func')) {
        this.at++;
        const name = this.next().text;
        functions.set(name, this.functionRest());
      } else rules.push(this.rule());
    }
    return { rules, functions };
  }

  private functionRest(): AwkFunction {
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      parameters.push(this.next().text);
      if (!this.accept(',')) break;
      this.skipNewlines();
    }
    this.expect(')');
    this.skipNewlines();
    return { parameters, body: this.block() };
  }

  private rule(): Rule {
    if (this.accept('BEGIN')) return { kind: 'BEGIN', body: this.block() };
    if (this.accept('END')) return { kind: 'END', body: this.block() };
    if (this.is('{')) return { kind: 'main', body: this.block() };
    const from = this.expression();
    let to: Expression | undefined;
    if (this.accept(',')) {
      this.skipNewlines();
      to = this.expression();
    }
    const body = this.is('{') ? this.block() : undefined;
    return { kind: 'main', from, ...(to && { to }), ...(body && { body }) };
  }

  private block(): Statement {
    this.expect('{');
    const body: Statement[] = [];
    for (this.skipEnds(); !this.is('}'); this.skipEnds()) body.push(this.statement());
    this.expect('}');
    return { type: 'block', body };
  }

  private statement(): Statement {
    if (this.is('{')) return this.block();
    if (this.accept(';')) return { type: 'block', body: [] };
    const token = this.peek();
    if (token.kind === 'keyword') {
      const compound = this.compound(token.text);
      if (compound) return compound;
    }
    const simple = this.simple();
    this.endOfStatement();
    return simple;
  }

  private compound(keyword: string): Statement | undefined {
    switch (keyword) {
      case 'if': {
        this.at++;
        const test = this.parenthesised();
        const then = this.inner();
        const mark = this.at;
        this.skipEnds();
        if (this.accept('else')) return { type: 'if', test, then, otherwise: this.inner() };
        this.at = mark;
        return { type: 'if', test, then };
      }
      case 'while': {
        this.at++;
        const test = this.parenthesised();
        return { type: 'while', test, body: this.inner(), atEnd: false };
      }
      case 'do': {
        this.at++;
        const body = this.inner();
        this.skipEnds();
        this.expect('while');
        const test = this.parenthesised();
        this.endOfStatement();
        return { type: 'while', test, body, atEnd: true };
      }
      case 'for':
        this.at++;
        return this.forRest();
      default:
        return undefined;
    }
  }

  private forRest(): Statement {
    this.expect('(');
    const [name, word, array, close] = [0, 1, 2, 3].map((i) => this.tokens[this.at + i]);
    if (name?.kind === 'name' && word?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.at += 4;
      return { type: 'forIn', name: name.text, array: array.text, body: this.inner() };
    }
    const init = this.is(';') ? undefined : this.simple();
    this.expect(';');
    this.skipNewlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.skipNewlines();
    const update = this.is(')') ? undefined : this.simple();
    this.expect(')');
    return { type: 'for', ...(init && { init }), ...(test && { test }), ...(update && { update }), body: this.inner() };
  }

  private inner(): Statement {
    this.skipNewlines();
    return this.statement();
  }

  private parenthesised(): Expression {
    this.expect('(');
    const value = this.expression();
    this.expect(')');
    return value;
  }

  private simple(): Statement {
    const { kind, text } = this.peek();
    if (kind !== 'keyword') return { type: 'expression', value: this.expression() };
    switch (text) {
      case 'print':
      case 'printf':
        this.at++;
        return this.print(text === 'printf');
      case 'break':
      case 'continue':
      case 'next':
      case 'nextfile':
        this.at++;
        return { type: text };
      case 'exit':
      case 'return': {
        this.at++;
        const value = this.atEnd() ? undefined : this.expression();
        return { type: text, ...(value && { value }) };
      }
      case 'delete': {
        this.at++;
        const name = this.next().text;
        if (!this.accept('[')) return { type: 'delete', name };
        const index = this.list();
        this.expect(']');
        return { type: 'delete', name, index };
      }
      default:
        return { type: 'expression', value: this.expression() };
    }
  }

  private print(format: boolean): Statement {
    let args: readonly Expression[] = [];
    if (!this.atEnd() && !this.is('>') && !this.is('|') && !this.is('>>')) {
      args = this.list(NO_GREATER);
      const only = args[0];
      if (args.length === 1 && only?.type === 'group') args = only.items;
    }
    for (const operator of ['>>', '>', '|']) {
      if (this.accept(operator))
        return { type: 'print', format, args, redirect: { operator, target: this.concatenation(NO_GREATER) } };
    }
    return { type: 'print', format, args };
  }
}
