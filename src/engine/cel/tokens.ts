/** The words of CEL. @upstream cel-go parser/gen/CEL.g4 */
import type { CelIssue } from './source.ts';

/** ANTLR's display names of token types, in the order of their numbers: sets of expected tokens are printed in it. */
const TOKEN_ORDER = [
  "'=='",
  "'!='",
  "'in'",
  "'<'",
  "'<='",
  "'>='",
  "'>'",
  "'&&'",
  "'||'",
  "'['",
  "']'",
  "'{'",
  "'}'",
  "'('",
  "')'",
  "'.'",
  "','",
  "'-'",
  "'!'",
  "'?'",
  "':'",
  "'+'",
  "'*'",
  "'/'",
  "'%'",
  "'true'",
  "'false'",
  "'null'",
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
  'ESC_IDENTIFIER',
] as const;

export type TokenKind = (typeof TOKEN_ORDER)[number] | '<EOF>';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const SPACE = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const QUOTED = String.raw`[rR]"""[^]*?"""|[rR]'''[^]*?'''|[rR]"[^"\n\r]*"|[rR]'[^'\n\r]*'|"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^\n\r]|[^"\\\n\r])*"|'(?:\\[^\n\r]|[^'\\\n\r])*'`;
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['BYTES', new RegExp(`[bB](?:${QUOTED})`, 'y')],
  ['STRING', new RegExp(QUOTED, 'y')],
  ['NUM_FLOAT', /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y],
  ['NUM_UINT', /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ['NUM_INT', /0x[0-9a-fA-F]+|\d+/y],
  ['IDENTIFIER', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['ESC_IDENTIFIER', /`[A-Za-z0-9_.\-/ ]+`/y],
];
const OPERATOR = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y;
const WORDS = new Set(['in', 'true', 'false', 'null']);

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function nextToken(source: string, offset: number): Token | undefined {
  for (const [kind, pattern] of PATTERNS) {
    const text = match(pattern, source, offset);
    if (text === undefined) continue;
    if (kind === 'IDENTIFIER' && WORDS.has(text)) return { kind: `'${text}'` as TokenKind, text, offset };
    return { kind, text, offset };
  }
  const text = match(OPERATOR, source, offset);
  return text === undefined ? undefined : { kind: `'${text}'` as TokenKind, text, offset };
}

const UNFINISHED = /(?:[bB]?[rR]?(?:"(?:\\.|[^"\\\n\r])*|'(?:\\.|[^'\\\n\r])*)|[&|=]|`[A-Za-z0-9_.\-/ ]*)/y;
const ESCAPED: { readonly [character: string]: string } = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

/** What the lexer gives up on: as far as some token could have begun, and the character that ended the hope. */
function unreadable(source: string, offset: number): string {
  const begun = match(UNFINISHED, source, offset) ?? '';
  return source.slice(offset, offset + begun.length + 1) || source.slice(offset, offset + 1);
}

/** All tokens, the last of them `<EOF>`; what is no token is an issue, and left out. */
export function tokensOf(source: string): { readonly tokens: readonly Token[]; readonly issues: readonly CelIssue[] } {
  const tokens: Token[] = [];
  const issues: CelIssue[] = [];
  let at = 0;
  while (at < source.length) {
    at += match(SPACE, source, at)?.length ?? 0;
    if (at >= source.length) break;
    const token = nextToken(source, at);
    if (token) {
      tokens.push(token);
      at += token.text.length;
      continue;
    }
    const text = unreadable(source, at);
    const shown = text.replace(/[\n\t\r]/g, (character) => ESCAPED[character] ?? character);
    issues.push({ offset: at, message: `Syntax error: token recognition error at: '${shown}'` });
    at += text.length;
  }
  tokens.push({ kind: '<EOF>', text: '<EOF>', offset: source.length });
  return { tokens, issues };
}

/** A set of expected tokens as ANTLR prints it. */
export function printExpected(kinds: readonly TokenKind[]): string {
  if (kinds.length === 1) return kinds[0] as string;
  const sorted = TOKEN_ORDER.filter((kind) => kinds.includes(kind));
  return `{${sorted.join(', ')}}`;
}
