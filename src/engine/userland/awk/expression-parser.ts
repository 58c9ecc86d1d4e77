/** Expressions of awk, by recursive descent. */
import type { Expression } from './ast.ts';
import { AwkSyntaxError, type Token } from './lexer.ts';

const NO_IN = 1;
/** `>` redirects the output of print. */
export const NO_GREATER = 2;
/** What may begin an operand of concatenation. */
const OPERAND = new Set(['number', 'string', 'regex', 'name', 'call', 'builtin']);

export class ExpressionParser {
  protected at = 0;
  constructor(protected readonly tokens: readonly Token[]) {}

  protected list(mode = 0): Expression[] {
    const items = [this.expression(mode)];
    while (this.accept(',')) {
      this.skipNewlines();
      items.push(this.expression(mode));
    }
    return items;
  }

  protected expression(mode = 0): Expression {
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

  protected concatenation(mode: number): Expression {
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

  protected peek(): Token {
    return this.tokens[this.at] as Token;
  }

  protected next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  protected is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === 'operator' || token.kind === 'keyword');
  }

  protected accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.accept(text))
      throw new AwkSyntaxError(
        `syntax error near ${this.peek().kind === 'end' ? 'end of program' : this.peek().text}, expected ${text}`,
      );
  }

  protected atEnd(): boolean {
    const { kind, text } = this.peek();
    return kind === 'newline' || kind === 'end' || (kind === 'operator' && (text === ';' || text === '}'));
  }

  protected endOfStatement(): void {
    if (this.is('}') || this.peek().kind === 'end') return;
    if (!this.accept(';') && this.peek().kind !== 'newline')
      throw new AwkSyntaxError(`syntax error near ${this.peek().text}`);
  }

  protected skipNewlines(): void {
    while (this.peek().kind === 'newline') this.at++;
  }

  protected skipEnds(): void {
    while (this.peek().kind === 'newline' || this.is(';')) this.at++;
  }
}
