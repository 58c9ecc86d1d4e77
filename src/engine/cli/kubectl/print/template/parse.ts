/**
 * Templates as trees.
 * @upstream text/template/parse
 */
import { FUNCTIONS } from './functions.ts';
import { type Piece, pieces, TemplateError, type Token } from './lex.ts';

/** Where something stands in the source, and how it is written: for messages. */
export interface Place {
  readonly at: number;
  readonly text: string;
}

export type Operand = Place &
  (
    | { readonly kind: 'dot' }
    | { readonly kind: 'nil' }
    | { readonly kind: 'literal'; readonly value: string | number | boolean }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
    | { readonly kind: 'fields'; readonly of: Operand; readonly path: readonly string[] }
  );

export interface Command extends Place {
  readonly operands: readonly Operand[];
}

export interface Pipeline {
  readonly variables: readonly string[];
  /** `=` instead of `:=` */
  readonly assign: boolean;
  readonly commands: readonly Command[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline; readonly line: number }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
      readonly line: number;
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined }
  | { readonly kind: 'break' | 'continue' };

export interface Template {
  readonly source: string;
  readonly body: readonly Node[];
  readonly named: ReadonlyMap<string, readonly Node[]>;
}

export function parseTemplate(source: string): Template {
  const parser = new Parser(pieces(source));
  const { body, end } = parser.list();
  if (end) throw new TemplateError(`template: output:1: unexpected {{${end}}}`);
  return { source, body, named: parser.named };
}

class Parser {
  readonly named = new Map<string, readonly Node[]>();
  private at = 0;

  constructor(private readonly pieces: readonly Piece[]) {}

  /** Nodes up to `end` or `else`, which is consumed and named. */
  list(): { readonly body: readonly Node[]; readonly end: string; readonly rest: readonly Token[] } {
    const body: Node[] = [];
    while (this.at < this.pieces.length) {
      const piece = this.pieces[this.at++] as Piece;
      if ('text' in piece) {
        body.push({ kind: 'text', text: piece.text });
        continue;
      }
      const [first, ...rest] = piece.action;
      const word = first?.kind === 'word' ? first.text : '';
      if (word === 'end' || word === 'else') return { body, end: word, rest: trimSpace(rest) };
      const node = this.node(word, piece.action, trimSpace(rest), piece.line);
      if (node) body.push(node);
    }
    return { body, end: '', rest: [] };
  }

  private node(word: string, action: readonly Token[], rest: readonly Token[], line: number): Node | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.control(word, rest, line);
      case 'break':
      case 'continue':
        return { kind: word };
      case 'define':
      case 'block': {
        const name = String(rest[0]?.value ?? '');
        this.named.set(name, this.closed(line));
        return word === 'define'
          ? undefined
          : { kind: 'template', name, pipeline: pipelineOf(trimSpace(rest.slice(1)), line) };
      }
      case 'template': {
        const argument = trimSpace(rest.slice(1));
        return {
          kind: 'template',
          name: String(rest[0]?.value ?? ''),
          pipeline: argument.length > 0 ? pipelineOf(argument, line) : undefined,
        };
      }
      default:
        return { kind: 'action', pipeline: pipelineOf(action, line), line };
    }
  }

  private closed(line: number): readonly Node[] {
    const { body, end } = this.list();
    if (end !== 'end') throw new TemplateError(`template: output:${line}: unexpected EOF`);
    return body;
  }

  private control(kind: 'if' | 'with' | 'range', condition: readonly Token[], line: number): Node {
    if (condition.length === 0) throw new TemplateError(`template: output:${line}: missing value for ${kind}`);
    const pipeline = pipelineOf(condition, line);
    const { body, end, rest } = this.list();
    if (end === '') throw new TemplateError(`template: output:${line}: unexpected EOF`);
    if (end === 'end') return { kind, pipeline, body, otherwise: [], line };
    const chained = rest[0]?.kind === 'word' ? rest[0].text : '';
    if (chained === 'if' || chained === 'with') {
      return { kind, pipeline, body, otherwise: [this.control(chained, trimSpace(rest.slice(1)), line)], line };
    }
    return { kind, pipeline, body, otherwise: this.closed(line), line };
  }
}

const trimSpace = (tokens: readonly Token[]): readonly Token[] =>
  tokens[0]?.kind === 'space' ? tokens.slice(1) : tokens;

function pipelineOf(tokens: readonly Token[], line: number): Pipeline {
  const words = tokens.filter((token) => token.kind !== 'space');
  const assign = words.findIndex((token) => token.kind === 'symbol' && (token.text === ':=' || token.text === '='));
  const variables =
    assign > 0
      ? words
          .slice(0, assign)
          .filter((token) => token.kind === 'variable')
          .map((token) => token.text)
      : [];
  const after = assign > 0 ? tokens.slice(tokens.indexOf(words[assign] as Token) + 1) : tokens;
  const reader = { tokens: after, at: 0, line };
  const commands = readCommands(reader);
  if (commands.some((command) => command.operands.length === 0))
    throw new TemplateError(`template: output:${line}: missing value for command`);
  return { variables, assign: assign > 0 && words[assign]?.text === '=', commands };
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly line: number;
}

const commandOf = (operands: readonly Operand[]): Command => ({
  operands,
  at: Math.min(...operands.map((one) => one.at)),
  text: operands.map((one) => one.text).join(' '),
});

/** Until the end or a closing parenthesis. */
function readCommands(reader: Reader): readonly Command[] {
  const commands: Operand[][] = [[]];
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] as Token;
    if (token.kind === 'symbol' && token.text === ')') break;
    if (token.kind === 'space') reader.at++;
    else if (token.kind === 'symbol' && token.text === '|') {
      reader.at++;
      commands.push([]);
    } else (commands.at(-1) as Operand[]).push(readOperand(reader));
  }
  return commands.map(commandOf);
}

function readOperand(reader: Reader): Operand {
  const start = reader.tokens[reader.at] as Token;
  const term = readTerm(reader);
  const fields: Token[] = [];
  while (reader.tokens[reader.at]?.kind === 'field') fields.push(reader.tokens[reader.at++] as Token);
  if (fields.length === 0) return term;
  const bare = start.kind === 'field';
  const written = fields.map((field) => `.${field.text}`).join('');
  // A chain of fields counts from its second part, as upstream's parser has it.
  const at = bare ? (fields[1] ?? start).at : (fields[0] as Token).at;
  return {
    kind: 'fields',
    of: term,
    path: fields.map((field) => field.text),
    at,
    text: bare ? written : term.text + written,
  };
}

function readTerm(reader: Reader): Operand {
  const token = reader.tokens[reader.at] as Token;
  const place: Place = { at: token.at, text: token.text };
  if (token.kind === 'field') return { kind: 'dot', at: token.at, text: '.' };
  reader.at++;
  switch (token.kind) {
    case 'dot':
      return { kind: 'dot', ...place };
    case 'nil':
      return { kind: 'nil', ...place };
    case 'string':
    case 'char':
    case 'number':
    case 'bool':
      return { kind: 'literal', value: token.value as string, ...place };
    case 'variable':
      return { kind: 'variable', name: token.text, ...place };
    case 'word':
      if (!FUNCTIONS.has(token.text))
        throw new TemplateError(`template: output:${reader.line}: function ${JSON.stringify(token.text)} not defined`);
      return { kind: 'function', name: token.text, ...place };
    default: {
      if (token.text !== '(')
        throw new TemplateError(`template: output:${reader.line}: unexpected ${JSON.stringify(token.text)} in operand`);
      const commands = readCommands(reader);
      if (reader.at >= reader.tokens.length)
        throw new TemplateError(`template: output:${reader.line}: unclosed left paren`);
      reader.at++;
      const text = `(${commands.map((one) => one.text).join(' | ')})`;
      return { kind: 'pipeline', pipeline: { variables: [], assign: false, commands }, at: token.at, text };
    }
  }
}
