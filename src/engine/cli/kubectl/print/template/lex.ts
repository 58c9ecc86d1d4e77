/** text/template's words: text, and what stands between {{ and }}. */
export interface Token {
  readonly kind:
    | 'field'
    | 'variable'
    | 'string'
    | 'char'
    | 'number'
    | 'bool'
    | 'nil'
    | 'word'
    | 'symbol'
    | 'dot'
    | 'space';
  readonly text: string;
  /** Where it begins in the source. */
  readonly at: number;
  /** Of strings and numbers. */
  readonly value?: string | number | boolean;
}

export type Piece =
  | { readonly text: string }
  | { readonly action: readonly Token[]; readonly line: number; readonly at: number };

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function pieces(source: string): readonly Piece[] {
  const out: Piece[] = [];
  let from = 0;
  let trim = false;
  for (;;) {
    const open = source.indexOf('{{', from);
    const raw = source.slice(from, open < 0 ? undefined : open);
    const trimEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open));
    const text = trimEnd ? (trim ? raw.trimStart() : raw).trimEnd() : trim ? raw.trimStart() : raw;
    if (text !== '') out.push({ text });
    if (open < 0) return out;
    const line = source.slice(0, open).split('\n').length;
    const start = open + (trimEnd ? 3 : 2);
    const close = closing(source, start, line);
    trim = /\s-$/.test(source.slice(start, close));
    const inside = source.slice(start, trim ? close - 1 : close);
    const body = inside.trim();
    const bodyAt = start + inside.length - inside.trimStart().length;
    if (!body.startsWith('/*')) out.push({ action: tokens(body, bodyAt, line), line, at: bodyAt });
    from = close + 2;
  }
}

function closing(source: string, from: number, line: number): number {
  let quote = '';
  for (let i = from; i < source.length; i++) {
    const char = source[i] as string;
    if (quote) {
      if (char === '\\' && quote !== '`') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`' || char === "'") quote = char;
    else if (char === '}' && source[i + 1] === '}') return i;
  }
  throw new TemplateError(`template: output:${line}: ${quote ? 'unterminated quoted string' : 'unclosed action'}`);
}

const TOKEN =
  /\s+|"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\$[A-Za-z0-9_]*|\.[A-Za-z_][A-Za-z0-9_]*|[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|[A-Za-z_][A-Za-z0-9_]*|:=|[|()=,.]|./gs;

function tokens(body: string, start: number, line: number): readonly Token[] {
  const out: Token[] = [];
  for (const match of body.matchAll(TOKEN)) {
    const text = match[0];
    const token = classify(text, start + match.index);
    if (!token) throw new TemplateError(`template: output:${line}: unexpected ${JSON.stringify(text)} in operand`);
    out.push(token);
  }
  return out;
}

function classify(text: string, at: number): Token | undefined {
  if (/^\s/.test(text)) return { kind: 'space', text: ' ', at };
  if (text.startsWith('"')) return { kind: 'string', text, at, value: unquote(text) };
  if (text.startsWith('`')) return { kind: 'string', text, at, value: text.slice(1, -1) };
  if (text.startsWith("'"))
    return { kind: 'char', text, at, value: unquote(`"${text.slice(1, -1)}"`).codePointAt(0) as number };
  if (text.startsWith('$')) return { kind: 'variable', text, at };
  if (text === '.') return { kind: 'dot', text, at };
  if (text.startsWith('.')) return { kind: 'field', text: text.slice(1), at };
  if (/^[-+]?\d/.test(text)) return { kind: 'number', text, at, value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'bool', text, at, value: text === 'true' };
  if (text === 'nil') return { kind: 'nil', text, at };
  if (/^[A-Za-z_]/.test(text)) return { kind: 'word', text, at };
  return /^(:=|[|()=,])$/.test(text) ? { kind: 'symbol', text, at } : undefined;
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{3}|.)/g, (_, code: string) => {
    const named: { readonly [char: string]: string } = {
      n: '\n',
      t: '\t',
      r: '\r',
      a: '\x07',
      b: '\b',
      f: '\f',
      v: '\v',
    };
    if (/^[xu]/.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return named[code] ?? code;
  });
}
