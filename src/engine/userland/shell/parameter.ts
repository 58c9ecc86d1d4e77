/** `$x` and every form of `${x…}`. */
import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import { evaluateText } from './arithmetic.ts';
import { CommandFailed } from './control.ts';
import { matches, patternSource } from './pattern.ts';
import { quoteForReuse } from './quoting.ts';
import type { Shell } from './shell.ts';
import { keysOf, type Variable, valuesOf } from './variables.ts';

/** What an expansion gives: one text, or the fields of `$@`; undefined when unset. */
export type Expansion =
  | { readonly text: string }
  | { readonly fields: readonly string[]; readonly star: boolean }
  | undefined;

/** How words inside an expansion are expanded, given by expand.ts. */
export interface WordExpander {
  toText(shell: Shell, word: Word): Promise<string>;
  toPattern(shell: Shell, word: Word): Promise<string>;
}

const text = (value: string | undefined): Expansion => (value === undefined ? undefined : { text: value });
const SPECIAL = /^[0-9@*#?$!-]+$/;

/** A parameter by name: positional, special, dynamic or a variable. */
export function parameter(shell: Shell, name: string): Expansion {
  if (/^\d+$/.test(name)) return name === '0' ? text(shell.name) : text(shell.positional[Number(name) - 1]);
  switch (name) {
    case '@':
    case '*':
      return { fields: shell.positional, star: name === '*' };
    case '#':
      return text(String(shell.positional.length));
    case '?':
      return text(String(shell.lastStatus));
    case '$':
      return text(String(shell.mainPid));
    case '!':
      return text(shell.lastBackground === undefined ? undefined : String(shell.lastBackground));
    case '-':
      return text(flagsOf(shell));
    default:
      return text(dynamic(shell, name) ?? shell.get(name));
  }
}

function dynamic(shell: Shell, name: string): string | undefined {
  const { process } = shell;
  switch (name) {
    case 'RANDOM':
      return shell.flavour === 'dash' ? undefined : String(process.rng.int(32_768));
    case 'LINENO':
      return String(shell.line);
    case 'SECONDS':
      return String(Math.floor((process.clock.now() - shell.startedAt) / 1000));
    case 'EPOCHSECONDS':
      return String(Math.floor(process.clock.now() / 1000));
    case 'PPID':
      return String(process.ppid);
    case 'BASHPID':
      return String(process.pid);
    case 'UID':
    case 'EUID':
      return shell.flavour === 'bash' ? String(process.uid) : undefined;
    case 'HOSTNAME':
      return shell.get('HOSTNAME') ?? (shell.flavour === 'dash' ? undefined : process.hostname);
    case 'FUNCNAME':
    case 'BASH_SUBSHELL':
      return name === 'BASH_SUBSHELL' ? (shell.isSubshell ? '1' : '0') : undefined;
    case 'PIPESTATUS':
      return String(shell.pipeStatus[0] ?? 0);
    case 'BASH_VERSION':
      return shell.flavour === 'bash' ? '5.2.37(1)-release' : undefined;
    default:
      return undefined;
  }
}

function flagsOf(shell: Shell): string {
  const { options } = shell;
  const letters = [
    options.errexit && 'e',
    options.noglob && 'f',
    shell.flavour === 'bash' && 'h',
    shell.interactive && 'i',
    options.monitor && 'm',
    options.nounset && 'u',
    options.xtrace && 'x',
    shell.flavour === 'bash' && 'B',
    shell.fromCommandString && shell.flavour === 'bash' && 'c',
  ];
  return letters.filter(Boolean).join('');
}

/** Expands `${…}`. */
export async function expandParameter(
  shell: Shell,
  part: ParameterExpansionPart,
  words: WordExpander,
): Promise<Expansion> {
  const { operation, prefix } = part;
  if (part.parameter === '' || operation?.type === 'Unknown')
    return shell.fail(`${part.text}: bad substitution`, shell.flavour === 'bash' ? 1 : 2, true);
  if (prefix === '!' && operation?.type === 'Names')
    return namesWith(shell, part.parameter, operation.operator === '*');
  if (prefix === '!' && part.index && isAll(part.index)) return keys(shell, part.parameter, part.index.text === '*');
  let name = part.parameter;
  let { index } = part;
  if (prefix === '!') {
    const target = parameter(shell, name);
    const value = target && 'text' in target ? target.text : '';
    const match = /^([A-Za-z_]\w*|[0-9@*#?$!-]+)(?:\[(.*)\])?$/.exec(value);
    if (!match) return shell.fail(`${name}: invalid indirect expansion`, 1);
    name = match[1] as string;
    index =
      match[2] === undefined ? undefined : ({ type: 'Word', text: match[2], value: match[2], pos: 0, end: 0 } as Word);
  }
  const current = index ? await element(shell, name, index, words) : arrayWide(shell, name);
  if (prefix === '#') {
    await requireSet(shell, name, current, part);
    return text(String(lengthOf(current)));
  }
  if (!operation) {
    await requireSet(shell, name, current, part);
    return current;
  }
  return operate(shell, name, index, current, operation, words, part);
}

/** `$name` of an array is its first element. */
const arrayWide = (shell: Shell, name: string): Expansion => parameter(shell, name);

const isAll = (index: Word): boolean => index.text === '@' || index.text === '*';

async function element(shell: Shell, name: string, index: Word, words: WordExpander): Promise<Expansion> {
  const variable = name === 'PIPESTATUS' ? pipeStatus(shell) : shell.variables.find(name);
  if (isAll(index)) return { fields: variable ? valuesOf(variable) : [], star: index.text === '*' };
  if (!variable) return undefined;
  if (variable.kind === 'associative') return text(variable.array.get(await words.toText(shell, index)));
  let key = Number(
    await evaluateText(shell, await words.toText(shell, index), (inner, word) => words.toText(inner, word as Word)),
  );
  if (key < 0) key += Math.max(-1, ...keysOf(variable).map(Number)) + 1;
  return text(variable.kind === 'scalar' ? (key === 0 ? variable.value : undefined) : variable.array.get(String(key)));
}

function pipeStatus(shell: Shell): Variable {
  const array = new Map(shell.pipeStatus.map((status, i) => [String(i), String(status)]));
  return {
    kind: 'indexed',
    value: undefined,
    array,
    exported: false,
    readonly: false,
    integer: false,
    letters: undefined,
  };
}

function keys(shell: Shell, name: string, star: boolean): Expansion {
  const variable = shell.variables.find(name);
  return { fields: variable ? keysOf(variable) : [], star };
}

function namesWith(shell: Shell, start: string, star: boolean): Expansion {
  return { fields: shell.variables.names().filter((name) => name.startsWith(start)), star };
}

const lengthOf = (value: Expansion): number =>
  value === undefined ? 0 : 'fields' in value ? value.fields.length : [...value.text].length;

async function requireSet(shell: Shell, name: string, value: Expansion, part: ParameterExpansionPart): Promise<void> {
  if (value !== undefined || !shell.options.nounset || name === '@' || name === '*') return;
  await unbound(shell, part.index ? `${name}[${part.index.text}]` : name);
}

/** `set -u`: the shell ends. */
export async function unbound(shell: Shell, name: string): Promise<never> {
  const words = shell.flavour === 'bash' ? 'unbound variable' : 'parameter not set';
  return shell.fail(
    `${SPECIAL.test(name) && shell.flavour === 'bash' ? `$${name}` : name}: ${words}`,
    shell.flavour === 'bash' ? 1 : 2,
    true,
  );
}

const isNull = (value: Expansion): boolean =>
  value === undefined ||
  ('text' in value
    ? value.text === ''
    : value.fields.length === 0 || (value.fields.length === 1 && value.fields[0] === ''));

async function operate(
  shell: Shell,
  name: string,
  index: Word | undefined,
  current: Expansion,
  operation: ParameterOperation,
  words: WordExpander,
  part: ParameterExpansionPart,
): Promise<Expansion> {
  if (operation.type === 'Default') return defaulted(shell, name, index, current, operation, words);
  await requireSet(shell, name, current, part);
  switch (operation.type) {
    case 'Remove': {
      const pattern = await words.toPattern(shell, operation.operand);
      return map(current, (value) => removed(value, pattern, operation.operator));
    }
    case 'Replace': {
      const pattern = await words.toPattern(shell, operation.pattern);
      const replacement = await words.toText(shell, operation.replacement);
      return map(current, (value) => replaced(value, pattern, replacement, operation.operator));
    }
    case 'Slice':
      return slice(shell, name, current, operation, words);
    case 'CaseModification': {
      const pattern = operation.operand ? await words.toPattern(shell, operation.operand) : '?';
      return map(current, (value) => recased(value, pattern, operation.operator));
    }
    case 'Transform':
      return transform(shell, name, current, operation.operand.value);
    default:
      return current;
  }
}

async function defaulted(
  shell: Shell,
  name: string,
  index: Word | undefined,
  current: Expansion,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  words: WordExpander,
): Promise<Expansion> {
  const { operator, operand } = operation;
  const absent = operator.startsWith(':')
    ? isNull(current)
    : current === undefined || ('fields' in current && current.fields.length === 0);
  switch (operator.slice(-1)) {
    case '+':
      return absent ? undefined : ({ text: await words.toText(shell, operand), word: operand } as Expansion);
    case '-':
      return absent ? ({ text: await words.toText(shell, operand), word: operand } as Expansion) : current;
    case '=': {
      if (!absent) return current;
      const value = await words.toText(shell, operand);
      if (index) shell.variables.setElement(name, await words.toText(shell, index), value);
      else shell.variables.set(name, value);
      return { text: value };
    }
    default: {
      if (!absent) return current;
      const message =
        (await words.toText(shell, operand)) || (operator === ':?' ? 'parameter null or not set' : 'parameter not set');
      await shell.complain(`${name}: ${message}`);
      throw new CommandFailed(
        shell.flavour === 'bash' && !shell.interactive ? 127 : shell.flavour === 'bash' ? 1 : 2,
        true,
      );
    }
  }
}

const map = (value: Expansion, change: (text: string) => string): Expansion =>
  value === undefined
    ? undefined
    : 'text' in value
      ? { text: change(value.text) }
      : { fields: value.fields.map(change), star: value.star };

function removed(value: string, pattern: string, operator: string): string {
  const longest = operator.length === 2;
  if (operator.startsWith('#')) {
    const match = new RegExp(`^(?:${patternSource(pattern, false, longest)})`).exec(value);
    return match ? value.slice(match[0].length) : value;
  }
  // The shortest suffix begins latest.
  const regex = new RegExp(`^(?:${patternSource(pattern)})$`);
  for (let n = 0; n <= value.length; n++) {
    const start = longest ? n : value.length - n;
    if (regex.test(value.slice(start))) return value.slice(0, start);
  }
  return value;
}

function replaced(value: string, pattern: string, replacement: string, operator: string): string {
  if (pattern === '') return value;
  const source = patternSource(pattern);
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  return value.replace(new RegExp(anchored, operator === '//' ? 'g' : ''), (found) =>
    found === '' && operator === '//' ? '' : replacement,
  );
}

function recased(value: string, pattern: string, operator: string): string {
  const change = (char: string) =>
    matches(pattern, char) ? (operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase()) : char;
  return operator.length === 2 ? [...value].map(change).join('') : change(value.slice(0, 1)) + value.slice(1);
}

async function slice(
  shell: Shell,
  name: string,
  current: Expansion,
  operation: Extract<ParameterOperation, { type: 'Slice' }>,
  words: WordExpander,
): Promise<Expansion> {
  const number = async (word: Word) =>
    Number(await evaluateText(shell, await words.toText(shell, word), (inner, w) => words.toText(inner, w as Word)));
  let offset = await number(operation.offset);
  const length = operation.length ? await number(operation.length) : undefined;
  if (current === undefined) return { text: '' };
  if ('fields' in current) {
    const isPositional = name === '@' || name === '*';
    const all = isPositional ? [shell.name, ...current.fields] : current.fields;
    if (offset < 0) offset = Math.max(0, all.length + offset);
    if (isPositional && offset === 0 && length === undefined) return { fields: all, star: current.star };
    return { fields: all.slice(offset, length === undefined ? undefined : offset + length), star: current.star };
  }
  const chars = [...current.text];
  if (offset < 0) offset = chars.length + offset;
  if (offset < 0) return { text: '' };
  const end = length === undefined ? chars.length : length < 0 ? chars.length + length : offset + length;
  if (end < offset) return shell.fail(`${operation.length?.text}: substring expression < 0`, 1);
  return { text: chars.slice(offset, end).join('') };
}

function transform(shell: Shell, name: string, current: Expansion, operator: string): Expansion {
  switch (operator) {
    case 'Q':
      return map(current, quoteForReuse);
    case 'U':
      return map(current, (value) => value.toUpperCase());
    case 'L':
      return map(current, (value) => value.toLowerCase());
    case 'u':
      return map(current, (value) => value.slice(0, 1).toUpperCase() + value.slice(1));
    case 'a':
      return { text: attributes(shell.variables.find(name)) };
    default:
      return current;
  }
}

function attributes(variable: Variable | undefined): string {
  if (!variable) return '';
  return [
    variable.kind === 'indexed' && 'a',
    variable.kind === 'associative' && 'A',
    variable.integer && 'i',
    variable.readonly && 'r',
    variable.exported && 'x',
  ]
    .filter(Boolean)
    .join('');
}
