/** Parses awk by recursive descent. */
import type { AwkFunction, AwkProgram, Expression, Rule, Statement } from './ast.ts';
import { AwkSyntaxError, type Token, tokenize } from './lexer.ts';

/** Throws AwkSyntaxError. */
export const parseAwk = (source: string): AwkProgram => new Parser(tokenize(source)).program();

const NO_IN = 1;
/** `>` redirects the output of print. */
const NO_GREATER = 2;
/** What may begin an operand of concatenation. */
const OPERAND = new Set(['number', 'string', 'regex', 'name', 'call', 'builtin']);

class Parser {
  private at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

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

  private list(mode = 0): Expression[] {
    const items = [this.expression(mode)];
    while (this.accept(',')) {
      this.skipNewlines();
      items.push(this.expression(mode));
    }
    return items;
  }

  private expression(mode = 0): Expression {
    const left = this.ternary(mode);
    const operator =
      /^([-+*/%^]|\*\*)?=$/.exec(this.peek().text) && this.peek().kind === 'operator' ? this.peek().text : undefined;
    if (operator === undefined || !['variable', 'element', 'field'].includes(left.type)) return left;
    this.at++;
    this.skipNewlines();
    return { type: 'assign', operator: operator.slice(0, -1), target: left, value: this.expression(mode) };
  }

  private ternary(mode: number): Expression {
    const test = this.or(mode);
    if (!this.accept('?')) return test;
    this.skipNewlines();
    const yes = this.expression(mode);
    this.skipNewlines();
    this.expect(':');
    this.skipNewlines();
    return { type: 'conditional', test, yes, no: this.expression(mode) };
  }

  private or(mode: number): Expression {
    let left = this.and(mode);
    while (this.accept('||')) {
      this.skipNewlines();
      left = { type: 'binary', operator: '||', left, right: this.and(mode) };
    }
    return left;
  }

  private and(mode: number): Expression {
    let left = this.membership(mode);
    while (this.accept('&&')) {
      this.skipNewlines();
      left = { type: 'binary', operator: '&&', left, right: this.membership(mode) };
    }
    return left;
  }

  private membership(mode: number): Expression {
    let left = this.matching(mode);
    while ((mode & NO_IN) === 0 && this.accept('in'))
      left = { type: 'in', index: left.type === 'group' ? left.items : [left], name: this.next().text };
    return left;
  }

  private matching(mode: number): Expression {
    let left = this.comparison(mode);
    while (this.is('~') || this.is('!~')) {
      const operator = this.next().text;
      left = { type: 'binary', operator, left, right: this.comparison(mode) };
    }
    return left;
  }

  private comparison(mode: number): Expression {
    const left = this.concatenation(mode);
    const { kind, text } = this.peek();
    if (
      kind !== 'operator' ||
      !['<', '<=', '==', '!=', '>', '>='].includes(text) ||
      (text === '>' && mode & NO_GREATER)
    )
      return this.pipeline(left);
    this.at++;
    return { type: 'binary', operator: text, left, right: this.concatenation(mode) };
  }

  /** `command | getline` */
  private pipeline(left: Expression): Expression {
    let result = left;
    while (this.is('|') && this.tokens[this.at + 1]?.text === 'getline') {
      this.at += 2;
      const target = this.lvalue();
      result = { type: 'getline', source: result, command: true, ...(target && { target }) };
    }
    return result;
  }

  private concatenation(mode: number): Expression {
    let left = this.additive(mode);
    for (;;) {
      const { kind, text } = this.peek();
      const starts =
        OPERAND.has(kind) ||
        (kind === 'operator' &&
          ['$', '!', '(', '-', '+', '++', '--'].includes(text) &&
          !(text === '-' || text === '+'));
      if (!starts || text === 'in') return left;
      left = { type: 'binary', operator: ' ', left, right: this.additive(mode) };
    }
  }

  private additive(mode: number): Expression {
    let left = this.multiplicative(mode);
    while (this.is('+') || this.is('-'))
      left = { type: 'binary', operator: this.next().text, left, right: this.multiplicative(mode) };
    return left;
  }

  private multiplicative(mode: number): Expression {
    let left = this.unary(mode);
    while (this.is('*') || this.is('/') || this.is('%'))
      left = { type: 'binary', operator: this.next().text, left, right: this.unary(mode) };
    return left;
  }

  private unary(mode: number): Expression {
    for (const operator of ['!', '-', '+'])
      if (this.accept(operator)) return { type: 'unary', operator, operand: this.unary(mode) };
    return this.power(mode);
  }

  private power(mode: number): Expression {
    const base = this.postfix(mode);
    if (this.accept('^') || this.accept('**'))
      return { type: 'binary', operator: '^', left: base, right: this.unary(mode) };
    return base;
  }

  private postfix(mode: number): Expression {
    if (this.is('++') || this.is('--')) {
      const operator = this.next().text;
      return { type: 'increment', operator, prefix: true, target: this.primary(mode) };
    }
    const value = this.primary(mode);
    const assignable = ['variable', 'element', 'field'].includes(value.type);
    if (assignable && (this.is('++') || this.is('--')))
      return { type: 'increment', operator: this.next().text, prefix: false, target: value };
    return value;
  }

  private primary(mode: number): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'number':
        return { type: 'number', value: Number(token.text) };
      case 'string':
        return { type: 'string', value: token.text };
      case 'regex':
        return { type: 'regex', source: token.text };
      case 'call':
        return { type: 'call', name: token.text, args: this.arguments(), builtin: false };
      case 'builtin':
        return { type: 'call', name: token.text, args: this.is('(') ? this.arguments() : [], builtin: true };
      case 'name':
        return this.nameRest(token.text);
      default:
        break;
    }
    if (token.text === '$')
      return {
        type: 'field',
        index:
          this.is('++') || this.is('--') ? this.postfix(mode) : this.is('-') ? this.unary(mode) : this.primary(mode),
      };
    if (token.text === '(') {
      const items = this.list();
      this.expect(')');
      return { type: 'group', items };
    }
    if (token.text === 'getline') {
      const target = this.lvalue();
      const source = this.accept('<') ? this.primary(mode) : undefined;
      return { type: 'getline', command: false, ...(target && { target }), ...(source && { source }) };
    }
    throw new AwkSyntaxError(`syntax error near ${token.kind === 'end' ? 'end of program' : token.text}`);
  }

  private lvalue(): Expression | undefined {
    if (this.peek().kind === 'name') return this.nameRest(this.next().text);
    return this.is('$') ? this.primary(0) : undefined;
  }

  private nameRest(name: string): Expression {
    if (!this.accept('[')) return { type: 'variable', name };
    const index = this.list();
    this.expect(']');
    return { type: 'element', name, index };
  }

  private arguments(): Expression[] {
    this.expect('(');
    this.skipNewlines();
    const args = this.is(')') ? [] : this.list();
    this.skipNewlines();
    this.expect(')');
    return args;
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === 'operator' || token.kind === 'keyword');
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text))
      throw new AwkSyntaxError(
        `syntax error near ${this.peek().kind === 'end' ? 'end of program' : this.peek().text}, expected ${text}`,
      );
  }

  private atEnd(): boolean {
    const { kind, text } = this.peek();
    return kind === 'newline' || kind === 'end' || (kind === 'operator' && (text === ';' || text === '}'));
  }

  private endOfStatement(): void {
    if (this.is('}') || this.peek().kind === 'end') return;
    if (!this.accept(';') && this.peek().kind !== 'newline')
      throw new AwkSyntaxError(`syntax error near ${this.peek().text}`);
  }

  private skipNewlines(): void {
    while (this.peek().kind === 'newline') this.at++;
  }

  private skipEnds(): void {
    while (this.peek().kind === 'newline' || this.is(';')) this.at++;
  }
}
