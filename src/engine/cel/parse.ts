/**
 * Text to tree, with the words ANTLR has for what does not fit. After a misplaced word that can be left out reading goes on; other errors end it.
 * @upstream cel-go parser/parser.go, parser/gen/CEL.g4
 */
import { binary, type Expr, type MapEntry, type StructEntry } from './ast.ts';
import { literalOf } from './literal.ts';
import { expandMacro } from './macros.ts';
import { type CelIssue, CelSyntaxError } from './source.ts';
import { printExpected, type Token, type TokenKind, tokensOf } from './tokens.ts';
import type { Value } from './values.ts';

const STARTS: readonly TokenKind[] = [
  "'['",
  "'{'",
  "'('",
  "'.'",
  "'-'",
  "'!'",
  "'true'",
  "'false'",
  "'null'",
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
];
const AFTER_NOT = STARTS.filter((kind) => kind !== "'-'");
const AFTER_MINUS = STARTS.filter((kind) => kind !== "'!'");
const RELATIONS = new Set<TokenKind>(["'<'", "'<='", "'>='", "'>'", "'=='", "'!='", "'in'"]);
const RESERVED = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'package',
  'namespace',
  'null',
  'return',
  'true',
  'var',
  'void',
  'while',
]);
const MAX_DEPTH = 250;
const MAX_CODE_POINTS = 100_000;

/** Ends reading; what is wrong has been noted. */
class Stop extends Error {}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly issues: CelIssue[];
  #at = 0;
  #depth = 0;

  readonly #hasBind: boolean;

  constructor(source: string, hasBind: boolean) {
    this.#source = source;
    this.#hasBind = hasBind;
    const { tokens, issues } = tokensOf(source);
    this.#tokens = tokens;
    this.issues = [...issues];
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #peek(by = 1): Token {
    return this.#tokens[Math.min(this.#at + by, this.#tokens.length - 1)] as Token;
  }

  #is(kind: TokenKind): boolean {
    return this.#token.kind === kind;
  }

  #take(): Token {
    const token = this.#token;
    if (token.kind !== '<EOF>') this.#at++;
    return token;
  }

  issue(offset: number, message: string): void {
    this.issues.push({ offset, message });
  }

  #syntax({ offset }: Token, message: string): void {
    this.issue(offset, `Syntax error: ${message}`);
  }

  #fail(token: Token, message: string): never {
    this.#syntax(token, message);
    throw new Stop();
  }

  /** Goes past one unexpected token when the next one fits; otherwise it is the end. */
  #sync(expected: readonly TokenKind[]): void {
    if (expected.includes(this.#token.kind)) return;
    const shown = printExpected(expected);
    const token = this.#token;
    if (token.kind === '<EOF>' || !expected.includes(this.#peek().kind))
      this.#fail(token, `mismatched input '${token.text}' expecting ${shown}`);
    this.#syntax(token, `extraneous input '${token.text}' expecting ${shown}`);
    this.#at++;
  }

  /** The token of that kind. One that is merely missing is said so. */
  #expect(kind: TokenKind, follow: (next: Token) => boolean = () => false): Token {
    if (this.#is(kind)) return this.#take();
    const token = this.#token;
    if (token.kind !== '<EOF>' && this.#peek().kind === kind) {
      this.#syntax(token, `extraneous input '${token.text}' expecting ${kind}`);
      this.#at++;
      return this.#take();
    }
    if (follow(token)) {
      this.#syntax(token, `missing ${kind} at '${token.text}'`);
      return token;
    }
    return this.#fail(token, `mismatched input '${token.text}' expecting ${kind}`);
  }

  start(): Expr {
    const expr = this.expr();
    const token = this.#token;
    if (token.kind !== '<EOF>') {
      const how = this.#peek().kind === '<EOF>' ? 'extraneous' : 'mismatched';
      this.#fail(token, `${how} input '${token.text}' expecting <EOF>`);
    }
    return expr;
  }

  expr(): Expr {
    if (++this.#depth > MAX_DEPTH) {
      this.issue(0, `expression recursion limit exceeded: ${MAX_DEPTH}`);
      throw new Stop();
    }
    const condition = this.#or();
    let result = condition;
    if (this.#is("'?'")) {
      const { offset } = this.#take();
      const then = this.#or();
      this.#expect("':'", ({ kind }) => STARTS.includes(kind));
      result = { kind: 'call', name: '_?_:_', target: undefined, args: [condition, then, this.expr()], offset };
    }
    this.#depth--;
    return result;
  }

  #or(): Expr {
    let left = this.#and();
    while (this.#is("'||'")) left = binary('_||_', this.#take().offset, left, this.#and());
    return left;
  }

  #and(): Expr {
    let left = this.#relation();
    while (this.#is("'&&'")) left = binary('_&&_', this.#take().offset, left, this.#relation());
    return left;
  }

  #relation(): Expr {
    let left = this.#sum();
    while (RELATIONS.has(this.#token.kind)) {
      const { text, offset } = this.#take();
      left = binary(text === 'in' ? '@in' : `_${text}_`, offset, left, this.#sum());
    }
    return left;
  }

  #sum(): Expr {
    let left = this.#product();
    while (this.#is("'+'") || this.#is("'-'")) {
      const { text, offset } = this.#take();
      left = binary(`_${text}_`, offset, left, this.#product());
    }
    return left;
  }

  #product(): Expr {
    let left = this.#unary();
    while (this.#is("'*'") || this.#is("'/'") || this.#is("'%'")) {
      const { text, offset } = this.#take();
      left = binary(`_${text}_`, offset, left, this.#unary());
    }
    return left;
  }

  #unary(): Expr {
    this.#sync(STARTS);
    const { kind, offset } = this.#token;
    if (kind !== "'!'" && kind !== "'-'") return this.#member();
    const next = this.#peek().kind;
    if (kind === "'-'" && (next === 'NUM_INT' || next === 'NUM_FLOAT')) return this.#member();
    let count = 0;
    while (this.#is(kind)) {
      this.#take();
      count++;
    }
    this.#sync(kind === "'!'" ? AFTER_NOT : AFTER_MINUS);
    const operand = this.#member();
    if (count % 2 === 0) return operand;
    return { kind: 'call', name: kind === "'!'" ? '!_' : '-_', target: undefined, args: [operand], offset };
  }

  #member(): Expr {
    let operand = this.#primary();
    while (true) {
      if (this.#is("'.'")) operand = this.#select(operand);
      else if (this.#is("'['")) operand = this.#index(operand);
      else return operand;
    }
  }

  #select(operand: Expr): Expr {
    const dot = this.#take();
    const optional = this.#is("'?'") ? this.#take() : undefined;
    const token = this.#token;
    if (token.kind !== 'IDENTIFIER' && token.kind !== 'ESC_IDENTIFIER') {
      const end = token.kind === '<EOF>' ? token.offset : token.offset + token.text.length;
      this.#fail(token, `no viable alternative at input '${this.#source.slice(dot.offset, end).trimEnd()}'`);
    }
    this.#take();
    const name = token.kind === 'ESC_IDENTIFIER' ? token.text.slice(1, -1) : token.text;
    if (this.#is("'('") && !optional && token.kind === 'IDENTIFIER') {
      const open = this.#take();
      return this.#call(name, operand, open.offset);
    }
    if (!optional) return { kind: 'select', operand, field: name, testOnly: false, offset: dot.offset };
    const field: Expr = { kind: 'const', value: name, offset: token.offset };
    return { kind: 'call', name: '_?._', target: undefined, args: [operand, field], offset: dot.offset };
  }

  #index(operand: Expr): Expr {
    const { offset } = this.#take();
    const optional = this.#is("'?'") ? this.#take() : undefined;
    const index = this.expr();
    this.#expect("']'", closes);
    return binary(optional ? '_[?_]' : '_[_]', offset, operand, index);
  }

  #call(name: string, target: Expr | undefined, offset: number): Expr {
    const args: Expr[] = [];
    this.#sync([...STARTS, "')'"]);
    if (!this.#is("')'")) {
      args.push(this.expr());
      while (this.#is("','")) {
        this.#take();
        args.push(this.expr());
      }
    }
    this.#expect("')'", closes);
    const macro = expandMacro(name, target, args, offset, (at, message) => this.issue(at, message), this.#hasBind);
    return macro ?? { kind: 'call', name, target, args, offset };
  }

  #primary(): Expr {
    const token = this.#token;
    switch (token.kind) {
      case "'('": {
        this.#take();
        const inner = this.expr();
        this.#expect("')'", closes);
        return inner;
      }
      case "'['":
        return this.#list();
      case "'{'":
        return this.#map();
      case "'.'":
      case 'IDENTIFIER':
        return this.#name();
      default:
        return { kind: 'const', value: this.#literal(), offset: token.offset };
    }
  }

  #name(): Expr {
    const dot = this.#is("'.'") ? this.#take() : undefined;
    const token = this.#expect('IDENTIFIER');
    const name = `${dot ? '.' : ''}${token.text}`;
    if (RESERVED.has(token.text)) this.issue(token.offset, `reserved identifier: ${token.text}`);
    if (this.#is("'('")) {
      const open = this.#take();
      return this.#call(name, undefined, open.offset);
    }
    return this.#struct(name, token.offset) ?? { kind: 'ident', name, offset: token.offset };
  }

  /** `a.b.C{…}`, when that is what comes. */
  #struct(first: string, offset: number): Expr | undefined {
    let ahead = 0;
    let type = first;
    while (this.#peek(ahead).kind === "'.'" && this.#peek(ahead + 1).kind === 'IDENTIFIER') {
      type += `.${this.#peek(ahead + 1).text}`;
      ahead += 2;
    }
    if (this.#peek(ahead).kind !== "'{'") return undefined;
    this.#at += ahead;
    const open = this.#take();
    const entries: StructEntry[] = [];
    const firsts: readonly TokenKind[] = ["'}'", "','", "'?'", 'IDENTIFIER', 'ESC_IDENTIFIER'];
    this.#sync(firsts);
    while (!this.#is("'}'")) {
      if (entries.length > 0 || this.#is("','")) this.#expect("','");
      if (this.#is("'}'")) break;
      entries.push(this.#field());
      this.#sync(["'}'", "','"]);
    }
    this.#take();
    return { kind: 'struct', type, entries, offset: type.startsWith('.') ? offset : open.offset };
  }

  #field(): StructEntry {
    const optional = this.#is("'?'") ? this.#take() : undefined;
    const token = this.#is('ESC_IDENTIFIER') ? this.#take() : this.#expect('IDENTIFIER');
    const colon = this.#expect("':'", ({ kind }) => STARTS.includes(kind));
    const field = token.kind === 'ESC_IDENTIFIER' ? token.text.slice(1, -1) : token.text;
    return { field, offset: colon.offset, value: this.expr(), optional: optional !== undefined };
  }

  #list(): Expr {
    const { offset } = this.#take();
    const items: Expr[] = [];
    const optional = new Set<number>();
    this.#sync([...STARTS, "']'", "','", "'?'"]);
    while (!this.#is("']'")) {
      if (items.length > 0 || this.#is("','")) this.#expect("','");
      if (this.#is("']'")) break;
      if (this.#is("'?'")) {
        this.#take();
        optional.add(items.length);
      }
      items.push(this.expr());
      this.#sync(["']'", "','"]);
    }
    this.#take();
    return { kind: 'list', items, optional, offset };
  }

  #map(): Expr {
    const { offset } = this.#take();
    const entries: MapEntry[] = [];
    this.#sync([...STARTS, "'}'", "','", "'?'"]);
    while (!this.#is("'}'")) {
      if (entries.length > 0 || this.#is("','")) this.#expect("','");
      if (this.#is("'}'")) break;
      const optional = this.#is("'?'") ? this.#take() : undefined;
      const key = this.expr();
      this.#expect("':'", ({ kind }) => STARTS.includes(kind));
      entries.push({ key, value: this.expr(), optional: optional !== undefined });
      this.#sync(["'}'", "','"]);
    }
    this.#take();
    return { kind: 'map', entries, offset };
  }

  #literal(): Value {
    const negative = this.#is("'-'") ? this.#take() : undefined;
    const token = this.#take();
    const read = literalOf(token, negative !== undefined);
    if (!('invalid' in read)) return read.value;
    this.issue((negative ?? token).offset, `invalid ${read.invalid} literal`);
    return null;
  }
}

const closes = ({ kind }: Token): boolean => kind === '<EOF>';

/** The tree of an expression. `hasBind`: with `cel.bind`. Throws CelSyntaxError. */
export function parse(source: string, hasBind = false): Expr {
  const size = [...source].length;
  if (size > MAX_CODE_POINTS) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${MAX_CODE_POINTS}`;
    throw new CelSyntaxError([{ offset: 0, message }]);
  }
  const parser = new Parser(source, hasBind);
  let expr: Expr | undefined;
  try {
    expr = parser.start();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (!expr || parser.issues.length > 0) throw new CelSyntaxError(parser.issues);
  return expr;
}
