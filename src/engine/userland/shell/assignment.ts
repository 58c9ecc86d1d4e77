/** Assignments: `name=value`, `name+=value`, `name[i]=value`, `name=(…)`. */
import { type ArrayValue, type Assignment, parse, type Word } from 'unbash';
import { ExitShell } from './control.ts';
import { arithmeticText, expandAssignment, expandToText, expandWords } from './expand.ts';
import { quoteIfNeeded } from './quoting.ts';
import type { Shell } from './shell.ts';
import { ReadonlyVariable } from './variables.ts';

/** Assigns `name=value`, `name+=value`, `name[i]=value` or `name=(…)`. Reports and throws CommandFailed. */
export async function assign(shell: Shell, assignment: Assignment): Promise<void> {
  const { name, append, index, value } = assignment;
  try {
    if (value.type === 'ArrayValue') return await assignArray(shell, name, value, append ?? false);
    const text = await expandAssignment(shell, value);
    await assignText(shell, name, text, append ?? false, index && (await expandToText(shell, index)));
  } catch (error) {
    if (!(error instanceof ReadonlyVariable)) throw error;
    await shell.fail(
      shell.flavour === 'bash' ? error.message : `${error.variable}: is read only`,
      shell.flavour === 'bash' ? 1 : 2,
      shell.flavour !== 'bash',
    );
  }
}

export async function assignText(
  shell: Shell,
  name: string,
  text: string,
  append: boolean,
  index?: string,
): Promise<void> {
  const variable = shell.variables.writable(name);
  const value = variable.integer
    ? String(await arithmeticText(shell, append ? `${shell.get(name) ?? 0} + (${text})` : text))
    : text;
  if (value.length > MAX_VALUE_LENGTH) await outOfMemory(shell, value.length);
  if (shell.options.allexport) variable.exported = true;
  if (index !== undefined) {
    const key =
      variable.kind === 'associative'
        ? index.replace(/^(["'])(.*)\1$/s, '$2')
        : String(await arithmeticText(shell, index));
    shell.variables.setElement(name, key, append ? (variable.array.get(key) ?? '') + value : value);
  } else if (append && !variable.integer) shell.variables.set(name, (shell.get(name) ?? '') + value);
  else shell.variables.set(name, value);
  if (name === 'PATH') shell.hashed.clear();
}

/** What the machine has no memory for; a value at most doubles with an assignment, which still fits a string. */
const MAX_VALUE_LENGTH = 64 * 1024 * 1024;

/** The words of each shell whose allocator gave up, and its end. */
async function outOfMemory(shell: Shell, bytes: number): Promise<never> {
  const name = shell.name.replace(/^-/, '');
  const words =
    shell.flavour === 'bash'
      ? `${name}: xrealloc: cannot allocate ${bytes} bytes\n`
      : shell.flavour === 'dash'
        ? `${shell.prefix()}Out of space\n`
        : `${name}: out of memory\n`;
  await shell.printError(words);
  throw new ExitShell(2);
}

async function assignArray(shell: Shell, name: string, value: ArrayValue, append: boolean): Promise<void> {
  const variable = shell.variables.writable(name);
  const entries: [string, string][] = append ? [...variable.array] : [];
  if (append && variable.kind === 'scalar' && variable.value !== undefined) entries.push(['0', variable.value]);
  const isMap = variable.kind === 'associative';
  let next = entries.length > 0 ? Math.max(...entries.map(([key]) => Number(key) || 0)) + 1 : 0;
  for (const element of value.elements) {
    const keyed = /^\[([^\]]*)\]=/.exec(element.text);
    if (keyed) {
      const raw = (keyed[1] as string).replace(/^(["'])(.*)\1$/s, '$2');
      const key = isMap ? await expandKey(shell, raw) : String(await arithmeticText(shell, raw));
      entries.push([key, await keyedValue(shell, element, keyed[0])]);
      if (!isMap) next = Number(key) + 1;
    } else for (const word of await expandWords(shell, [element])) entries.push([String(next++), word]);
  }
  shell.variables.setArray(name, entries, 'indexed');
}

async function expandKey(shell: Shell, raw: string): Promise<string> {
  if (!raw.includes('$')) return raw;
  const command = parse(`x=${raw}`).commands[0]?.command;
  const made = command?.type === 'Command' ? command.prefix[0] : undefined;
  return made?.type === 'Assignment' && made.value.type === 'Word' ? expandToText(shell, made.value) : raw;
}

/** An array's elements, quoted so that the declaration builtin can read them again. */
export async function arrayText(shell: Shell, value: ArrayValue): Promise<string> {
  const parts: string[] = [];
  for (const element of value.elements) {
    const keyed = /^\[([^\]]*)\]=/.exec(element.text);
    if (keyed) parts.push(`[${keyed[1]}]=${quoteIfNeeded(await keyedValue(shell, element, keyed[0]))}`);
    else for (const word of await expandWords(shell, [element])) parts.push(quoteIfNeeded(word));
  }
  return `(${parts.join(' ')})`;
}

async function keyedValue(shell: Shell, element: Word, head: string): Promise<string> {
  const command = parse(`x=${element.text.slice(head.length)}`).commands[0]?.command;
  const made = command?.type === 'Command' ? command.prefix[0] : undefined;
  return made?.type === 'Assignment' && made.value.type === 'Word' ? expandToText(shell, made.value) : '';
}
