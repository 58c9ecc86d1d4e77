/**
 * The help of a command: what it is, examples, subcommands, options, usage.
 * @upstream staging/src/k8s.io/kubectl/pkg/util/templates/templater.go
 */
import { type Command, type CommandPath, pathName } from './command.ts';
import type { FlagSpec } from './flags.ts';

export function renderHelp(path: CommandPath): string {
  const { command } = path;
  const root = path.path.length === 1;
  const sections = [(command.long ?? command.short).trim()];
  if (command.examples) sections.push(`Examples:\n${indentExamples(command.examples)}`);
  const children = (command.subcommands ?? []).filter((child) => !child.hidden);
  if (root) sections.push(...groups(children));
  else if (children.length > 0) sections.push(`Available Commands:\n${list(children)}`);
  const flags = (command.flags ?? []).filter((flag) => !flag.hidden && !flag.deprecated);
  if (flags.length > 0) sections.push(`Options:\n${options(flags)}`);
  sections.push(`Usage:\n  ${usageLine(path)}`);
  const name = pathName(path);
  const tail =
    children.length > 0 ? [`Use "${name} <command> --help" for more information about a given command.`] : [];
  tail.push('Use "kubectl options" for a list of global command-line options (applies to all commands).');
  return `${sections.join('\n\n')}\n\n${tail.join('\n')}\n`;
}

function usageLine(path: CommandPath): string {
  const { command } = path;
  const use = command.use ?? (command.run || path.path.length === 1 ? '' : 'SUBCOMMAND');
  const line = [pathName(path), use].filter((part) => part !== '').join(' ');
  const own = path.path.length === 1 && command.run === undefined ? '[flags]' : '';
  return [line, own, '[options]'].filter((part) => part !== '').join(' ');
}

const indentExamples = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `  ${line.trim()}`)
    .join('\n');

function list(commands: readonly Command[]): string {
  const width = Math.max(11, ...commands.map((command) => command.name.length));
  return commands.map((command) => `  ${command.name.padEnd(width)}   ${command.short}`).join('\n');
}

function groups(commands: readonly Command[]): readonly string[] {
  const names = [...new Set(commands.map((command) => command.group ?? 'Other Commands'))];
  return names.map(
    (name) => `${name}:\n${list(commands.filter((command) => (command.group ?? 'Other Commands') === name))}`,
  );
}

/** Options as kubectl lists them: name with its default, then the indented explanation. */
export function options(flags: readonly FlagSpec[]): string {
  return [...flags]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}=${defaultOf(flag)}:\n\t${flag.usage}`)
    .join('\n\n');
}

function defaultOf(flag: FlagSpec): string {
  if (flag.kind === 'strings' || flag.kind === 'stringArray' || flag.kind === 'stringToString') return '[]';
  if (flag.kind === 'string') return `'${flag.default ?? ''}'`;
  if (flag.kind === 'bool') return flag.default ?? 'false';
  return flag.default ?? (flag.kind.toLowerCase().includes('duration') ? '0s' : '0');
}
