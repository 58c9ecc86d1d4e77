/**
 * The grammar of label selector strings: `app in (web, api),tier!=db,!legacy`.
 * @upstream staging/src/k8s.io/apimachinery/pkg/labels/selector.go
 */
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

/** What the text says, before keys and values are checked. */
export interface ParsedRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** The selector is not valid; the message is upstream's. */
export class LabelSelectorError extends Error {
  override readonly name = 'LabelSelectorError';
}

type TokenKind =
  | 'identifier'
  | 'end'
  | 'error'
  | '('
  | ')'
  | ','
  | '!'
  | '='
  | '=='
  | '!='
  | 'in'
  | 'notin'
  | '>'
  | '<';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SPECIAL = '=!(),><';
const SPACE = ' \t\r\n';
const specialTokens: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const end = () => at >= text.length || text[at] === '\0';
  while (!end()) {
    const c = text[at] as string;
    if (SPACE.includes(c)) at++;
    else if (SPECIAL.includes(c)) {
      let length = 1;
      let buffer = c;
      while (at + length < text.length && specialTokens.has(buffer + text[at + length])) buffer += text[at + length++];
      at += length;
      tokens.push({ kind: buffer as TokenKind, text: buffer });
    } else {
      const start = at;
      while (!end() && !SPECIAL.includes(text[at] as string) && !SPACE.includes(text[at] as string)) at++;
      const word = text.slice(start, at);
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

const binaryOperators = 'in, notin, =, ==, !=, gt, lt';
const operatorOf: { readonly [kind in TokenKind]?: LabelOperator } = {
  '=': '=',
  '==': '==',
  '!=': '!=',
  in: 'in',
  notin: 'notin',
  '>': 'gt',
  '<': 'lt',
};

const fail = (message: string): never => {
  throw new LabelSelectorError(message);
};
const failRequirement = (message: string): never => fail(`unable to parse requirement: ${message}`);

class Parser {
  #at = 0;
  readonly #tokens: readonly Token[];
  readonly #checkKey: (key: string) => void;

  constructor(text: string, checkKey: (key: string) => void) {
    this.#tokens = tokenize(text);
    this.#checkKey = checkKey;
  }

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
    // Where a value may stand, `in` and `notin` are ordinary words.
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #takeOperator(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
    this.#at++;
    return token;
  }

  parse(): ParsedRequirement[] {
    const found: ParsedRequirement[] = [];
    for (;;) {
      const first = this.#peek();
      if (first.kind === 'end') return found;
      if (first.kind !== 'identifier' && first.kind !== '!') {
        fail(`found '${first.text}', expected: !, identifier, or 'end of string'`);
      }
      found.push(this.#requirement());
      const next = this.#take();
      if (next.kind === 'end') return found;
      if (next.kind !== ',') fail(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!')
        fail(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #requirement(): ParsedRequirement {
    let token = this.#take();
    const absent = token.kind === '!';
    if (absent) token = this.#take();
    if (token.kind !== 'identifier') failRequirement(`found '${token.text}', expected: identifier`);
    const key = token.text;
    this.#checkKey(key);
    if (absent) return { key, operator: '!', values: [] };
    const next = this.#peek().kind;
    if (next === 'end' || next === ',') return { key, operator: 'exists', values: [] };
    const word = this.#takeOperator();
    const operator = operatorOf[word.kind] ?? failRequirement(`found '${word.text}', expected: ${binaryOperators}`);
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return { key, operator, values: [...new Set(values)].sort() };
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    this.#take();
    return next.kind === 'identifier' ? next.text : failRequirement(`found '${next.text}', expected: identifier`);
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') failRequirement(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      failRequirement(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#list();
    if (this.#take().kind !== ')') failRequirement(`found '${first.text}', expected: ')'`);
    return values;
  }

  #list(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (token.kind === 'identifier') {
        values.push(token.text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') failRequirement(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#take();
          values.push('');
        }
      } else failRequirement(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

/** `checkKey` throws for a key that is no qualified name, at the point where upstream would. */
export const parseRequirements = (text: string, checkKey: (key: string) => void): ParsedRequirement[] =>
  new Parser(text, checkKey).parse();
