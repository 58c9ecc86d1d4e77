/** Word expansion: tilde, parameters, commands, arithmetic, splitting, globbing, in POSIX order. */

import {
  type CommandExpansionPart,
  type DoubleQuotedChild,
  type ParsedScript,
  parse,
  type Word,
  type WordPart,
} from 'unbash';
import { createPipe, readBytes } from '#engine/os';
import { evaluate, evaluateText } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { Interrupted } from './control.ts';
import { forkShell } from './fork.ts';
import { type Expansion, expandParameter, parameter, unbound, type WordExpander } from './parameter.ts';
import { escapePattern, glob, hasMagic } from './pattern.ts';
import type { Shell } from './shell.ts';

/** A piece of a field; quoted text is neither split nor a pattern. */
interface Segment {
  readonly text: string;
  readonly quoted: boolean;
  /** Came from an unquoted expansion: split at IFS. */
  readonly split?: boolean;
}
/** Between fields of "$@". */
const BREAK = Symbol('break');
type Piece = Segment | typeof BREAK;
type AnyWord = Pick<Word, 'text' | 'value' | 'parts'>;

const decoder = new TextDecoder();

const expander: WordExpander = {
  toText: (shell, word) => expandToText(shell, word),
  toPattern: (shell, word) => expandToPattern(shell, word),
};

/** Expands words to the arguments of a command. */
export async function expandWords(shell: Shell, words: readonly AnyWord[]): Promise<string[]> {
  const out: string[] = [];
  for (const word of words) {
    if (!word.parts && !word.text.startsWith('~') && !word.text.includes('{')) out.push(word.value);
    else for (const braced of braceWords(shell, word)) await expandFields(shell, braced, out);
  }
  return out;
}

function braceWords(shell: Shell, word: AnyWord): readonly AnyWord[] {
  if (
    shell.flavour !== 'bash' ||
    !word.text.includes('{') ||
    !word.parts?.some(({ type }) => type === 'BraceExpansion')
  )
    return [word];
  const texts = expandBraces(word.text);
  if (texts.length === 1 && texts[0] === word.text) return [word];
  return texts.map((text) => {
    if (text === '') return { text: "''", value: '', parts: [] };
    const command = parse(`: ${text}`).commands[0]?.command;
    const made = command?.type === 'Command' ? command.suffix[0] : undefined;
    return made?.type === 'Word' ? made : { text, value: text };
  });
}

/** One text: no splitting, no globbing (assignments, redirections, here-strings). */
export async function expandToText(shell: Shell, word: AnyWord): Promise<string> {
  if (!word.parts) return word.text.startsWith('~') ? tilde(shell, word.value) : word.value;
  const pieces = await expandPieces(shell, word, false);
  return pieces.map((piece) => (piece === BREAK ? ' ' : piece.text)).join('');
}

/** The value of an assignment: like a text, with tildes behind colons too. */
export async function expandAssignment(shell: Shell, word: Word): Promise<string> {
  if (word.parts || !word.text.includes('~')) return expandToText(shell, word);
  return word.value
    .split(':')
    .map((part) => tilde(shell, part))
    .join(':');
}

/** A pattern: what was quoted comes escaped. */
export async function expandToPattern(shell: Shell, word: AnyWord): Promise<string> {
  const pieces = await expandPieces(shell, word, false);
  return pieces
    .map((piece) => (piece === BREAK ? ' ' : piece.quoted ? escapePattern(piece.text) : piece.text))
    .join('');
}

/** The right side of `=~`: quoted text is literal. */
export async function expandToRegex(shell: Shell, word: AnyWord): Promise<string> {
  if (!word.parts) return word.text;
  let out = '';
  for (const part of word.parts) {
    if (part.type === 'Literal') out += part.text;
    else if (part.type === 'ParameterExpansion' || part.type === 'SimpleExpansion' || part.type === 'CommandExpansion')
      out += await expandToText(shell, { text: part.text, value: part.text, parts: [part] });
    else if (part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted') {
      out += (await expandToText(shell, { text: part.text, value: part.text, parts: [part] })).replace(
        /[\\^$.*+?()[\]{}|]/g,
        '\\$&',
      );
    } else out += part.text;
  }
  return out;
}

/** The body of a here-document. */
export async function expandHereDocument(shell: Shell, parts: readonly WordPart[]): Promise<string> {
  const pieces: Piece[] = [];
  for (const part of parts) pieces.push(...(await expandPart(shell, part, true)));
  return pieces.map((piece) => (piece === BREAK ? ' ' : piece.text)).join('');
}

async function expandFields(shell: Shell, word: AnyWord, out: string[]): Promise<void> {
  const pieces = await expandPieces(shell, word, true);
  for (const field of splitFields(shell, pieces)) {
    const pattern = field.map((segment) => (segment.quoted ? escapePattern(segment.text) : segment.text)).join('');
    if (
      shell.options.noglob ||
      !field.some((segment) => !segment.quoted && /[*?[(]/.test(segment.text)) ||
      !hasMagic(pattern)
    ) {
      out.push(field.map((segment) => segment.text).join(''));
      continue;
    }
    const found = glob(shell.process.fs, shell.process.cwd, pattern, shell.options.dotglob);
    if (found.length > 0) out.push(...found);
    else if (!shell.options.nullglob) out.push(field.map((segment) => segment.text).join(''));
  }
}

async function expandPieces(shell: Shell, word: AnyWord, splitting: boolean): Promise<Piece[]> {
  if (!word.parts) return [{ text: word.text.startsWith('~') ? tilde(shell, word.value) : word.value, quoted: true }];
  const pieces: Piece[] = [];
  for (const [index, part] of word.parts.entries()) {
    if (index === 0 && part.type === 'Literal' && part.text.startsWith('~'))
      pieces.push({ text: tilde(shell, part.value), quoted: true });
    else pieces.push(...(await expandPart(shell, part, false, splitting)));
  }
  return pieces;
}

async function expandPart(shell: Shell, part: WordPart, quoted: boolean, splitting = true): Promise<Piece[]> {
  switch (part.type) {
    case 'Literal':
      return [{ text: part.value, quoted: true }];
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ text: part.value, quoted: true }];
    case 'DoubleQuoted':
    case 'LocaleString':
      return doubleQuoted(shell, part.parts);
    case 'Glob':
      return [{ text: part.kind === 'bracket' ? await bracketText(shell, part.parts) : part.text, quoted: false }];
    case 'ExtendedGlob':
      return [{ text: part.text, quoted: false }];
    case 'BraceExpansion':
      return [{ text: part.text, quoted: true }];
    case 'SimpleExpansion': {
      const name = part.text.slice(1);
      const value = parameter(shell, name);
      if (value === undefined && shell.options.nounset) return unbound(shell, name);
      return fromExpansion(shell, value, quoted, splitting);
    }
    case 'ParameterExpansion':
      return parameterPieces(shell, part, quoted, splitting);
    case 'CommandExpansion':
      return [{ text: await substitute(shell, part), quoted, split: !quoted && splitting }];
    case 'ArithmeticExpansion':
      return [{ text: String(await arithmetic(shell, part)), quoted, split: !quoted && splitting }];
    default:
      return [{ text: await processSubstitution(shell, part), quoted: true }];
  }
}

async function bracketText(shell: Shell, parts: readonly WordPart[]): Promise<string> {
  let out = '[';
  for (const part of parts)
    for (const piece of await expandPart(shell, part, false, false)) if (piece !== BREAK) out += piece.text;
  return `${out}]`;
}

async function parameterPieces(
  shell: Shell,
  part: Extract<WordPart, { type: 'ParameterExpansion' }>,
  quoted: boolean,
  splitting: boolean,
): Promise<Piece[]> {
  const { operation } = part;
  const isDefault = operation?.type === 'Default' && /[-+]$/.test(operation.operator);
  const value = await expandParameter(shell, part, expander);
  // The word of ${x:-word} keeps its own quotes: it is split and matched like any other.
  if (isDefault && value && 'word' in value && !quoted)
    return expandPieces(shell, (value as unknown as { word: Word }).word, splitting).then((pieces) =>
      pieces.map((piece) =>
        piece !== BREAK && isBareLiteral(piece, operation.operand)
          ? { ...piece, quoted: false, split: splitting }
          : piece,
      ),
    );
  return fromExpansion(shell, value, quoted, splitting);
}

const isBareLiteral = (piece: Segment, operand: Word): boolean =>
  piece.quoted && !operand.text.includes('"') && !operand.text.includes("'") && !operand.text.includes('\\');

async function doubleQuoted(shell: Shell, parts: readonly DoubleQuotedChild[]): Promise<Piece[]> {
  const pieces: Piece[] = [{ text: '', quoted: true }];
  for (const part of parts) pieces.push(...(await expandPart(shell, part, true)));
  // "$@" of nothing is nothing at all.
  const isNothing =
    parts.length === 1 &&
    pieces.length === 1 &&
    /^\$(@|\{@|\{\w+\[@\])/.test(parts[0]?.text ?? '') &&
    !/[-+?=]/.test(parts[0]?.text ?? '');
  return isNothing ? [] : pieces;
}

function fromExpansion(shell: Shell, value: Expansion, quoted: boolean, splitting: boolean): Piece[] {
  if (value === undefined) return [];
  if ('text' in value) return [{ text: value.text, quoted, split: !quoted && splitting }];
  const ifs = shell.get('IFS') ?? ' \t\n';
  if (value.star && (quoted || !splitting)) return [{ text: value.fields.join(ifs.slice(0, 1)), quoted }];
  const pieces: Piece[] = [];
  for (const [index, field] of value.fields.entries()) {
    if (index > 0) pieces.push(BREAK);
    pieces.push({ text: field, quoted, split: !quoted && splitting });
  }
  return pieces;
}

function splitFields(shell: Shell, pieces: readonly Piece[]): Segment[][] {
  const ifs = shell.get('IFS') ?? ' \t\n';
  const fields: Segment[][] = [];
  let field: Segment[] | undefined;
  const flush = () => {
    if (field) fields.push(field);
    field = undefined;
  };
  for (const piece of pieces) {
    if (piece === BREAK) flush();
    else if (!piece.split) {
      field ??= [];
      field.push(piece);
    } else field = splitText(piece.text, ifs, field, fields);
  }
  flush();
  return fields;
}

function splitText(text: string, ifs: string, open: Segment[] | undefined, fields: Segment[][]): Segment[] | undefined {
  let field = open;
  let start = 0;
  const isSpace = (char: string) => ifs.includes(char) && ' \t\n'.includes(char);
  for (let i = 0; i <= text.length; i++) {
    const char = text[i];
    if (char !== undefined && !ifs.includes(char)) continue;
    if (i > start) {
      field ??= [];
      field.push({ text: text.slice(start, i), quoted: false });
    }
    if (char === undefined) break;
    let end = i + 1;
    let sawDelimiter = !isSpace(char);
    while (
      end < text.length &&
      (isSpace(text[end] as string) || (!sawDelimiter && ifs.includes(text[end] as string)))
    ) {
      if (!isSpace(text[end] as string)) sawDelimiter = true;
      end++;
    }
    if (field) fields.push(field);
    else if (sawDelimiter) fields.push([]);
    field = undefined;
    start = end;
    i = end - 1;
  }
  return field;
}

function tilde(shell: Shell, text: string): string {
  const slash = text.indexOf('/');
  const user = slash < 0 ? text.slice(1) : text.slice(1, slash);
  const rest = slash < 0 ? '' : text.slice(slash);
  if (!text.startsWith('~')) return text;
  if (user === '') return (shell.get('HOME') ?? '/root') + rest;
  if (user === '+') return shell.process.cwd + rest;
  if (user === '-') return (shell.get('OLDPWD') ?? '~-') + rest;
  const passwd = shell.process.fs.exists('/etc/passwd') ? decoder.decode(shell.process.fs.readFile('/etc/passwd')) : '';
  const home = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user)?.[5];
  return home === undefined ? text : home + rest;
}

/** `$(…)`: a subshell's output without its last newlines. */
async function substitute(shell: Shell, part: CommandExpansionPart): Promise<string> {
  const { script } = part;
  if (!script) return '';
  const source = script.source ?? shell.source;
  const quick = await readFileShortcut(shell, script);
  if (quick !== undefined) return quick;
  const { source: out, sink } = createPipe();
  out.retain();
  const child = await forkShell(shell, { stdout: sink }, (sub) => sub.runner.script(sub, script, source));
  const bytes = await readBytes(out);
  out.release();
  const status = await shell.process.until(child.exited);
  if (shell.interrupted) throw new Interrupted();
  shell.substitutionStatus = status.code;
  shell.lastStatus = status.code;
  return decoder.decode(bytes).replaceAll('\0', '').replace(/\n+$/, '');
}

/** `$(<file)` */
async function readFileShortcut(shell: Shell, script: ParsedScript): Promise<string | undefined> {
  const command = script.commands.length === 1 ? script.commands[0]?.command : undefined;
  if (command?.type !== 'Command' || command.name || command.prefix.length + command.suffix.length !== 1)
    return undefined;
  const redirect = command.redirects[0];
  if (redirect?.type !== 'Redirect' || redirect.operator !== '<' || !redirect.target) return undefined;
  const path = await expandToText(shell, redirect.target);
  const full = path.startsWith('/') ? path : `${shell.process.cwd}/${path}`;
  if (!shell.process.fs.exists(full)) return shell.fail(`${path}: No such file or directory`, 1);
  return decoder.decode(shell.process.fs.readFile(full)).replace(/\n+$/, '');
}

const asWord = (inner: Shell, word: AnyWord) => expandToText(inner, word);

async function arithmetic(shell: Shell, part: Extract<WordPart, { type: 'ArithmeticExpansion' }>): Promise<bigint> {
  if (part.expression) return evaluate(shell, part.expression, asWord);
  return evaluateText(shell, part.text.replace(/^\$(\(\(|\[)|(\)\)|\])$/g, ''), asWord);
}

/** Evaluates arithmetic in text made at run time. */
export const arithmeticText = (shell: Shell, text: string): Promise<bigint> => evaluateText(shell, text, asWord);
export const arithmeticValue = (shell: Shell, expression: Parameters<typeof evaluate>[1]): Promise<bigint> =>
  evaluate(shell, expression, asWord);

/** `<(…)`: run to its end into a file, whose name is the word. Departs from bash, where both run at once. */
async function processSubstitution(
  shell: Shell,
  part: Extract<WordPart, { type: 'ProcessSubstitution' }>,
): Promise<string> {
  const { script } = part;
  if (part.operator === '>' || !script)
    return shell.fail(`${part.text}: output process substitution is not simulated`, 1);
  const { source: out, sink } = createPipe();
  out.retain();
  const child = await forkShell(shell, { stdout: sink }, (sub) => sub.runner.script(sub, script, shell.source));
  const bytes = await readBytes(out);
  out.release();
  await shell.process.until(child.exited);
  const path = `/tmp/.sh-np-${child.pid}`;
  shell.process.fs.mkdir('/tmp', { recursive: true });
  shell.process.fs.writeFile(path, bytes, { mode: 0o600 });
  return path;
}
