/**
 * The grammar of kubectl's JSONPath templates.
 * @upstream staging/src/k8s.io/client-go/util/jsonpath/parser.go
 */
export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'literal'; readonly value: number | boolean }
  | { readonly type: 'array'; readonly params: readonly SliceParam[] }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'union'; readonly lists: readonly (readonly PathNode[])[] }
  | {
      readonly type: 'filter';
      readonly left: readonly PathNode[];
      readonly right: readonly PathNode[];
      readonly operator: string;
    };

export interface SliceParam {
  readonly known: boolean;
  readonly value: number;
  /** The end of a plain index: start + 1. */
  readonly derived: boolean;
}

/** A stretch of text, or what stands between braces. */
export type TemplateNode = { readonly text: string } | { readonly path: readonly PathNode[] };

/** The template is wrong, or does not fit the object; the message is upstream's. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

const fail = (message: string): never => {
  throw new JsonPathError(message);
};

const isAlphanumeric = (c: string | undefined) => c !== undefined && /[\p{L}\p{Nd}_]/u.test(c);
const isTerminator = (c: string | undefined) => c === undefined || ' \t\r\n.,[]$@{}'.includes(c);
const quoteEscapes: { readonly [c: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

function codePoint(c: string): string {
  const hex = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${hex} '${c}'`;
}

class Parser {
  #at = 0;
  constructor(readonly input: string) {}

  template(): TemplateNode[] {
    const nodes: TemplateNode[] = [];
    while (this.#at < this.input.length) {
      const open = this.input.indexOf('{', this.#at);
      const end = open < 0 ? this.input.length : open;
      if (end > this.#at) nodes.push({ text: this.input.slice(this.#at, end) });
      this.#at = end;
      if (open < 0) break;
      this.#at++;
      nodes.push({ path: this.#action() });
    }
    return nodes;
  }

  #action(): PathNode[] {
    const nodes: PathNode[] = [];
    for (;;) {
      if (this.input.startsWith('}', this.#at)) {
        this.#at++;
        return nodes;
      }
      this.#step(nodes);
    }
  }

  #step(nodes: PathNode[]): void {
    const c = this.input[this.#at];
    if (this.input.startsWith('[?(', this.#at)) this.#filter(nodes);
    else if (this.input.startsWith('..', this.#at)) this.#recursive(nodes);
    else if (c === undefined || c === '\n' || c === '\r') fail('unclosed action');
    else if (c === ' ' || c === '@' || c === '$') this.#at++;
    else if (c === '[') this.#array(nodes);
    else if (c === '"' || c === "'") this.#quote(nodes, c);
    else if (c === '.') this.#field(nodes);
    else if (/[+\-\d]/.test(c)) this.#number(nodes);
    else if (isAlphanumeric(c)) this.#identifier(nodes);
    else fail(`unrecognized character in action: ${codePoint(c)}`);
  }

  #field(nodes: PathNode[]): void {
    if (this.input[this.#at] === '.') this.#at++;
    const start = this.#at;
    while (!isTerminator(this.input[this.#at])) this.#at += this.input[this.#at] === '\\' ? 2 : 1;
    const name = this.input.slice(start, this.#at);
    nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') });
  }

  #recursive(nodes: PathNode[]): void {
    if (nodes.at(-1)?.type === 'recursive') fail('invalid multiple recursive descent');
    this.#at += 2;
    nodes.push({ type: 'recursive' });
    if (isAlphanumeric(this.input[this.#at])) this.#field(nodes);
  }

  #identifier(nodes: PathNode[]): void {
    const start = this.#at;
    while (!isTerminator(this.input[this.#at])) this.#at++;
    const name = this.input.slice(start, this.#at);
    if (name === 'true' || name === 'false') nodes.push({ type: 'literal', value: name === 'true' });
    else nodes.push({ type: 'identifier', name });
  }

  #number(nodes: PathNode[]): void {
    const start = this.#at;
    if (/[+-]/.test(this.input[this.#at] ?? '')) this.#at++;
    while (!isTerminator(this.input[this.#at]) || this.input[this.#at] === '.') this.#at++;
    const text = this.input.slice(start, this.#at);
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)
      ? Number(text)
      : fail(`cannot parse number ${text}`);
    nodes.push({ type: 'literal', value });
  }

  #quote(nodes: PathNode[], end: string): void {
    this.#at++;
    let text = '';
    for (;;) {
      const c = this.input[this.#at++];
      if (c === undefined || c === '\n') fail('unterminated quoted string');
      if (c === end) break;
      if (c !== '\\') text += c;
      else text += quoteEscapes[this.input[this.#at++] ?? ''] ?? fail('invalid syntax');
    }
    nodes.push({ type: 'text', text });
  }

  #array(nodes: PathNode[]): void {
    const end = this.input.slice(this.#at).search(/[\]\n]/);
    if (end < 0 || this.input[this.#at + end] === '\n') fail('unterminated array');
    const inside = this.input.slice(this.#at + 1, this.#at + end);
    this.#at += end + 1;
    const text = inside === '*' ? ':' : inside;
    const parts = text.split(',');
    if (parts.length > 1) {
      nodes.push({ type: 'union', lists: parts.map((part) => parsePath(`[${part.trim()}]`)) });
      return;
    }
    const key = /^'([^']*)'$/.exec(text)?.[1];
    if (key === undefined) nodes.push({ type: 'array', params: sliceParams(text) });
    else nodes.push(...parsePath(`.${key}`));
  }

  #filter(nodes: PathNode[]): void {
    this.#at += 3;
    const start = this.#at;
    let quote = '';
    for (;;) {
      const c = this.input[this.#at++];
      if (c === undefined || c === '\n') fail('unterminated filter');
      else if (c === quote && this.input[this.#at - 2] !== '\\') quote = '';
      else if (quote === '' && (c === '"' || c === "'")) quote = c;
      else if (c === ')' && quote === '') break;
    }
    if (this.input[this.#at++] !== ']') fail('unclosed array expect ]');
    const text = this.input.slice(start, this.#at - 2);
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
    if (left === undefined || operator === undefined || right === undefined) {
      nodes.push({ type: 'filter', left: parsePath(text), right: [], operator: 'exists' });
    } else nodes.push({ type: 'filter', left: parsePath(left), right: parsePath(right), operator });
  }
}

function sliceParams(text: string): SliceParam[] {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (!match) return fail(`invalid array index ${text}`);
  const params: SliceParam[] = [];
  for (const [i, group] of [match[1], match[2], match[3]].entries()) {
    const digits = i > 0 ? group?.slice(1) : group;
    if (digits) params.push({ known: true, value: Number(digits), derived: false });
    else if (i === 1 && group === undefined)
      params.push({ known: true, value: (params[0]?.value ?? 0) + 1, derived: true });
    else params.push({ known: false, value: 0, derived: false });
  }
  return params;
}

function parsePath(text: string): readonly PathNode[] {
  const [node] = new Parser(`{${text}}`).template();
  return node && 'path' in node ? node.path : [];
}

/** Throws JsonPathError. */
export const parseJsonPath = (template: string): readonly TemplateNode[] => new Parser(template).template();
