/** Builtins about variables, positional parameters and options. */
import { parse } from 'unbash';
import { assign, assignText } from '../assignment.ts';
import { arithmeticText } from '../expand.ts';
import { quoteForReuse } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { keysOf, ReadonlyVariable, type Variable } from '../variables.ts';
import type { Builtin } from './builtin.ts';
import { split } from './flags.ts';

interface Attributes {
  exported?: boolean;
  readonly?: boolean;
  integer?: boolean;
  indexed?: boolean;
  associative?: boolean;
  letters?: 'upper' | 'lower' | undefined;
}

/** Applies `name`, `name=value`, `name+=value` or `name=(…)` with attributes. */
async function declareOne(
  shell: Shell,
  command: string,
  text: string,
  attributes: Attributes,
  local: boolean,
): Promise<number> {
  const match = /^([A-Za-z_]\w*)(\[[^\]]*\])?(\+?=)?([\s\S]*)$/.exec(text);
  const name = match?.[1];
  if (!match || name === undefined || (match[3] === undefined && match[4] !== '')) {
    const bad = shell.flavour === 'bash' ? `\`${text}': not a valid identifier` : `${text}: bad variable name`;
    if (shell.flavour !== 'bash') return shell.fail(bad, 2, true, command);
    await shell.complain(bad, command);
    return 1;
  }
  try {
    const hadValue = shell.variables.find(name) !== undefined;
    const variable = local ? shell.variables.declareLocal(name) : shell.variables.find(name);
    if (variable?.readonly && match[3] !== undefined) throw new ReadonlyVariable(name);
    const target = variable ?? shell.variables.writable(name);
    if (!hadValue && match[3] === undefined) target.value = undefined;
    if (attributes.associative && target.kind !== 'associative')
      Object.assign(target, { kind: 'associative', array: new Map(), value: undefined });
    if (attributes.indexed && target.kind === 'scalar' && target.value === undefined) target.kind = 'indexed';
    if (attributes.integer !== undefined) target.integer = attributes.integer;
    if (attributes.letters !== undefined) target.letters = attributes.letters;
    if (match[3] !== undefined) await assignDeclared(shell, name, match[2], match[3] === '+=', match[4] ?? '', text);
    if (attributes.exported !== undefined) target.exported = attributes.exported;
    if (attributes.readonly) target.readonly = true;
    return 0;
  } catch (error) {
    if (!(error instanceof ReadonlyVariable)) throw error;
    if (shell.flavour !== 'bash') return shell.fail(`${error.variable}: is read only`, 2, true, command);
    await shell.complain(error.message, command);
    return 1;
  }
}

async function assignDeclared(
  shell: Shell,
  name: string,
  index: string | undefined,
  append: boolean,
  value: string,
  text: string,
): Promise<void> {
  if (value.startsWith('(') && value.endsWith(')')) {
    const command = parse(text).commands[0]?.command;
    const assignment = command?.type === 'Command' ? command.prefix[0] : undefined;
    if (assignment?.type === 'Assignment') return assign(shell, assignment);
  }
  await assignText(shell, name, value, append, index?.slice(1, -1));
}

async function declareAll(
  shell: Shell,
  argv: readonly string[],
  rest: readonly string[],
  attributes: Attributes,
  local: boolean,
): Promise<number> {
  let code = 0;
  for (const text of rest) code = (await declareOne(shell, argv[0] as string, text, attributes, local)) || code;
  return code;
}

export const exportBuiltin: Builtin = async (shell, argv) => {
  const { flags, rest } = split(argv);
  if (rest.length === 0)
    return list(shell, (variable) => variable.exported, shell.flavour === 'bash' ? 'declare -x ' : 'export ');
  if (flags.includes('f')) return 0;
  return declareAll(shell, argv, rest, { exported: !flags.includes('n') }, false);
};

export const readonlyBuiltin: Builtin = async (shell, argv) => {
  const { rest } = split(argv);
  if (rest.length === 0)
    return list(shell, (variable) => variable.readonly, shell.flavour === 'bash' ? 'declare -r ' : 'readonly ');
  return declareAll(shell, argv, rest, { readonly: true }, false);
};

export const local: Builtin = async (shell, argv) => {
  if (shell.functionDepth === 0) {
    await shell.complain(shell.flavour === 'bash' ? 'can only be used in a function' : 'not in a function', 'local');
    return 1;
  }
  return declare(shell, argv, { runExternal: () => Promise.resolve(127) });
};

export const declare: Builtin = async (shell, argv) => {
  const { flags, removed, rest } = split(argv);
  if (flags.includes('f') || flags.includes('F')) {
    for (const name of rest.length > 0 ? rest : [...shell.functions.keys()]) {
      const found = shell.functions.get(name);
      if (!found) return 1;
      await shell.print(
        flags.includes('F')
          ? `${rest.length > 0 ? '' : 'declare -f '}${name}\n`
          : `${found.source.slice(found.node.pos, found.node.end)}\n`,
      );
    }
    return 0;
  }
  if (rest.length === 0 || flags.includes('p')) {
    const code = rest.some((name) => !shell.variables.find(name)) ? 1 : 0;
    for (const name of rest.filter((each) => !shell.variables.find(each)))
      await shell.complain(`${name}: not found`, argv[0]);
    await list(shell, (_, name) => rest.length === 0 || rest.includes(name), 'declare');
    return code;
  }
  const attributes: Attributes = {
    ...(flags.includes('x') && { exported: true }),
    ...(removed.includes('x') && { exported: false }),
    ...(flags.includes('r') && { readonly: true }),
    ...(flags.includes('i') && { integer: true }),
    ...(flags.includes('a') && { indexed: true }),
    ...(flags.includes('A') && { associative: true }),
    ...(flags.includes('u') && { letters: 'upper' as const }),
    ...(flags.includes('l') && { letters: 'lower' as const }),
  };
  return declareAll(shell, argv, rest, attributes, shell.functionDepth > 0 && !flags.includes('g'));
};

async function list(
  shell: Shell,
  wanted: (variable: Variable, name: string) => boolean,
  prefix: string,
): Promise<number> {
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name) as Variable;
    if (!wanted(variable, name)) continue;
    const attributes = [
      variable.kind === 'indexed' && 'a',
      variable.kind === 'associative' && 'A',
      variable.integer && 'i',
      variable.readonly && 'r',
      variable.exported && 'x',
    ]
      .filter(Boolean)
      .join('');
    const head = prefix === 'declare' ? `declare -${attributes || '-'} ` : prefix;
    const quoted = (value: string) =>
      shell.flavour === 'bash' ? `"${value.replace(/[\\"$`]/g, '\\$&')}"` : quoteForReuse(value);
    if (variable.kind !== 'scalar')
      await shell.print(
        `${head}${name}=(${keysOf(variable)
          .map((key) => `[${key}]=${quoted(variable.array.get(key) as string)}`)
          .join(' ')})\n`,
      );
    else await shell.print(`${head}${name}${variable.value === undefined ? '' : `=${quoted(variable.value)}`}\n`);
  }
  return 0;
}

export const unset: Builtin = async (shell, argv) => {
  const { flags, rest } = split(argv);
  for (const name of rest) {
    const element = /^(\w+)\[(.+)\]$/.exec(name);
    try {
      if (flags.includes('f')) shell.functions.delete(name);
      else if (element) {
        const variable = shell.variables.find(element[1] as string);
        const key =
          variable?.kind === 'associative'
            ? (element[2] as string).replace(/^(["'])(.*)\1$/, '$2')
            : String(await arithmeticText(shell, element[2] as string));
        variable?.array.delete(key);
      } else if (shell.variables.find(name) || flags.includes('v')) shell.variables.unset(name);
      else shell.functions.delete(name);
    } catch (error) {
      if (!(error instanceof ReadonlyVariable)) throw error;
      await shell.complain(`${name}: cannot unset: readonly variable`, 'unset');
      return 1;
    }
  }
  return 0;
};

export const letBuiltin: Builtin = async (shell, argv) => {
  let value = 0n;
  for (const text of argv.slice(1)) value = await arithmeticText(shell, text);
  return value === 0n ? 1 : 0;
};
