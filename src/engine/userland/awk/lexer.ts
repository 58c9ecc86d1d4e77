/** Words of an awk program. */

type TokenKind =
  | 'number'
  | 'string'
  | 'regex'
  | 'name'
  | 'call'
  | 'builtin'
  | 'keyword'
  | 'operator'
  | 'newline'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Whether blank stood before it: `a (b)` is not a call. */
  readonly spaced: boolean;
}

/** A program that cannot be read. */
export class AwkSyntaxError extends Error {}

const KEYWORDS = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
);
const BUILTIN_FUNCTIONS = new Set(
  'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush gensub strftime systime'.split(
    ' ',
  ),
);
const OPERATORS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '**',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let spaced = false;
  const push = (kind: TokenKind, text: string) => {
    tokens.push({ kind, text, spaced });
    spaced = false;
  };
  for (let i = 0; i < source.length; ) {
    const char = source[i] as string;
    if (char === '\\' && source[i + 1] === '\n') i += 2;
    else if (char === ' ' || char === '\t' || char === '\r') {
      spaced = true;
      i++;
    } else if (char === '#') while (i < source.length && source[i] !== '\n') i++;
    else if (char === '\n') {
      push('newline', '\n');
      i++;
    } else if (char === '"') {
      const { value, end } = quoted(source, i);
      push('string', value);
      i = end;
    } else if (char === '/' && regexAllowed(tokens.at(-1))) {
      const { value, end } = regex(source, i);
      push('regex', value);
      i = end;
    } else {
      const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(source.slice(i, i + 60));
      const name = /^[A-Za-z_]\w*/.exec(source.slice(i, i + 200));
      if (number) {
        push('number', number[0]);
        i += number[0].length;
      } else if (name) {
        const text = name[0];
        i += text.length;
        const kind = KEYWORDS.has(text)
          ? 'keyword'
          : BUILTIN_FUNCTIONS.has(text)
            ? 'builtin'
            : source[i] === '('
              ? 'call'
              : 'name';
        push(kind, text);
      } else {
        const operator = OPERATORS.find((each) => source.startsWith(each, i));
        if (!operator)
          throw new AwkSyntaxError(
            `syntax error at source line ${source.slice(0, i).split('\n').length}: unexpected ${char}`,
          );
        push('operator', operator);
        i += operator.length;
      }
    }
  }
  tokens.push({ kind: 'end', text: '', spaced });
  return tokens;
}

function regexAllowed(before: Token | undefined): boolean {
  if (!before) return true;
  if (
    before.kind === 'number' ||
    before.kind === 'string' ||
    before.kind === 'name' ||
    before.kind === 'builtin' ||
    before.kind === 'regex'
  )
    return false;
  return !(before.kind === 'operator' && [')', ']', '$', '++', '--'].includes(before.text));
}

const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function quoted(source: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i] as string;
    if (char === '"') return { value, end: i + 1 };
    if (char === '\n') break;
    if (char !== '\\') value += char;
    else {
      const octal = /^[0-7]{1,3}/.exec(source.slice(i + 1, i + 4));
      if (octal) {
        value += String.fromCharCode(Number.parseInt(octal[0], 8));
        i += octal[0].length;
      } else {
        const letter = source[++i] ?? '';
        value += ESCAPES[letter] ?? `\\${letter}`;
      }
    }
  }
  throw new AwkSyntaxError('non-terminated string');
}

function regex(source: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  let inSet = false;
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i] as string;
    if (char === '\n') break;
    if (char === '\\') {
      const next = source[++i] ?? '';
      value += next === '/' ? '/' : `\\${next}`;
    } else if (char === '/' && !inSet) return { value, end: i + 1 };
    else {
      if (char === '[') inSet = true;
      if (char === ']') inSet = false;
      value += char;
    }
  }
  throw new AwkSyntaxError('non-terminated regular expression');
}
