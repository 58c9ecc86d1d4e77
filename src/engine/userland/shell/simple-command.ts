/** Simple commands: assignments, functions, builtins, programs. */

import { type Assignment, type Command, type Function as FunctionNode, parse, type Word } from 'unbash';
import { absolute, bareSink, bareSource, OsError, type SpawnOptions, which } from '#engine/os';
import { arrayText, assign } from './assignment.ts';
import { BUILTINS, DECLARATIONS, SPECIAL_BUILTINS } from './builtins/table.ts';
import { CommandFailed, ReturnFromFunction } from './control.ts';
import { expandAssignment, expandToText, expandWords } from './expand.ts';
import { forked, forkShell } from './fork.ts';
import { waitFor } from './jobs.ts';
import { quoteIfNeeded } from './quoting.ts';
import { redirect, withRedirections } from './redirect.ts';
import type { Shell } from './shell.ts';

type CallFunction = (shell: Shell, node: FunctionNode, source: string, args: readonly string[]) => Promise<number>;

/** Runs a simple command. With `isLast` an external program may replace this process. */
export async function runSimple(
  shell: Shell,
  node: Command,
  isLast: boolean,
  callFunction: CallFunction,
): Promise<number> {
  const alias = aliasOf(shell, node);
  if (alias !== undefined) return runAlias(shell, node, alias);
  shell.substitutionStatus = undefined;
  const head = node.name ? await expandWords(shell, [node.name]) : [];
  const argv = [...head, ...(await expandArguments(shell, node, DECLARATIONS.has(head[0] ?? '')))];
  const assignments = node.prefix.filter((part): part is Assignment => part.type === 'Assignment');
  if (argv.length === 0) return assignOnly(shell, node, assignments);
  if (shell.options.xtrace) await trace(shell, argv, assignments);
  if (argv[0] === 'exec') return runExec(shell, node, argv, assignments);
  return withRedirections(shell, node.redirects, () => dispatch(shell, argv, assignments, isLast, callFunction));
}

/** Arguments; for `export x=…` and its like an assignment is not split. */
async function expandArguments(shell: Shell, node: Command, isDeclaration: boolean): Promise<string[]> {
  const out: string[] = [];
  for (const part of node.suffix) {
    if (part.type === 'Word') out.push(...(await expandWords(shell, [part])));
    else if (part.type === 'Assignment') {
      const { value } = part;
      if (value.type === 'ArrayValue') {
        if (!isDeclaration) return shell.fail("syntax error near unexpected token `('", 2, true);
        out.push(`${part.name}${part.append ? '+' : ''}=${await arrayText(shell, value)}`);
      } else if (isDeclaration)
        out.push(
          `${part.name}${part.index ? `[${await expandToText(shell, part.index)}]` : ''}${part.append ? '+' : ''}=${await expandAssignment(shell, value)}`,
        );
      else out.push(`${part.text.slice(0, part.text.indexOf('=') + 1)}${await expandToText(shell, value)}`);
    }
  }
  return out;
}

async function assignOnly(shell: Shell, node: Command, assignments: readonly Assignment[]): Promise<number> {
  if (shell.options.xtrace) await trace(shell, [], assignments);
  for (const assignment of assignments) await assign(shell, assignment);
  return withRedirections(shell, node.redirects, () => Promise.resolve(shell.substitutionStatus ?? 0));
}

async function trace(shell: Shell, argv: readonly string[], assignments: readonly Assignment[]): Promise<void> {
  const head = assignments.map(({ text }) => text);
  const ps4 = shell.get('PS4') ?? '+ ';
  await shell.printError(`${ps4}${[...head, ...argv.map(quoteIfNeeded)].join(' ')}\n`);
}

async function dispatch(
  shell: Shell,
  argv: readonly string[],
  assignments: readonly Assignment[],
  isLast: boolean,
  callFunction: CallFunction,
): Promise<number> {
  const name = argv[0] as string;
  const defined = shell.functions.get(name);
  if (defined)
    return withTemporary(shell, assignments, () =>
      catchReturn(() => callFunction(shell, defined.node, defined.source, argv)),
    );
  const builtin = BUILTINS.get(name);
  if (builtin && (shell.flavour === 'bash' || !BASH_ONLY.has(name))) {
    if (SPECIAL_BUILTINS.has(name) && shell.flavour !== 'bash') {
      for (const assignment of assignments) await assign(shell, assignment);
      return builtin(shell, argv, { runExternal });
    }
    return withTemporary(shell, assignments, () => builtin(shell, argv, { runExternal }));
  }
  return withTemporary(shell, assignments, () => runExternal(shell, argv, isLast), true);
}

const BASH_ONLY = new Set([
  'declare',
  'typeset',
  'shopt',
  'mapfile',
  'readarray',
  'pushd',
  'popd',
  'dirs',
  'help',
  'enable',
  'disown',
  'logout',
]);

async function catchReturn(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.code;
    throw error;
  }
}

/** `x=1 command`: the assignments hold for this command only. */
async function withTemporary<T>(
  shell: Shell,
  assignments: readonly Assignment[],
  run: () => Promise<T>,
  exported = true,
): Promise<T> {
  if (assignments.length === 0) return run();
  shell.variables.push();
  try {
    for (const assignment of assignments) {
      shell.variables.declareLocal(assignment.name);
      await assign(shell, assignment);
      const variable = shell.variables.find(assignment.name);
      if (variable) variable.exported = exported;
    }
    return await run();
  } finally {
    shell.variables.pop();
  }
}

function streams(shell: Shell): SpawnOptions {
  return {
    env: shell.variables.environment(),
    cwd: shell.process.cwd,
    stdin: bareSource(shell.stdin),
    stdout: bareSink(shell.stdout),
    stderr: bareSink(shell.stderr),
  };
}

/** Runs a program and waits for it; as the last command it takes this process over. */
async function runExternal(shell: Shell, argv: readonly string[], isLast = false): Promise<number> {
  const name = argv[0] as string;
  try {
    if (isLast && shell.traps.size === 0 && shell.jobs.length === 0)
      return await shell.process.exec(argv, streams(shell));
    return await waitFor(shell, await forked(shell, () => shell.process.spawn(argv, streams(shell))));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    if (error.code === 'ENOEXEC') return runTextFile(shell, argv);
    return notRun(shell, name, error);
  }
}

async function notRun(shell: Shell, name: string, error: OsError): Promise<number> {
  const { flavour } = shell;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    // A script whose interpreter is missing says so in its own way.
    const path = which(name, { fs: shell.process.fs, cwd: shell.process.cwd, path: shell.get('PATH') ?? '' });
    const exists = path !== undefined && shell.process.fs.exists(path);
    if (flavour !== 'bash') await shell.complain(`${name}: not found`);
    else if (exists) await shell.complain(`${name}: cannot execute: required file not found`);
    else await shell.complain(name.includes('/') ? `${name}: ${error.message}` : `${name}: command not found`);
    return 127;
  }
  const path = absolute(name, shell.process.cwd);
  const isDirectory = shell.process.fs.exists(path) && shell.process.fs.stat(path).type === 'directory';
  await shell.complain(isDirectory && flavour === 'bash' ? `${name}: Is a directory` : `${name}: ${error.message}`);
  return 126;
}

/** An executable text file without `#!`: this shell reads it. */
async function runTextFile(shell: Shell, argv: readonly string[]): Promise<number> {
  const { process } = shell;
  const path = which(argv[0] as string, { fs: process.fs, cwd: process.cwd, path: shell.get('PATH') ?? '' }) as string;
  const bytes = process.fs.readFile(path);
  if (bytes.subarray(0, 128).includes(0) || bytes[0] === 0x7f) {
    await shell.complain(
      shell.flavour === 'bash'
        ? `${argv[0]}: cannot execute binary file: Exec format error`
        : `${argv[0]}: Exec format error`,
    );
    return 126;
  }
  const source = new TextDecoder().decode(bytes);
  const child = await forkShell(shell, {}, async (sub) => {
    sub.name = argv[0] as string;
    sub.scriptFile = sub.name;
    sub.positional = argv.slice(1);
    return sub.runner.script(sub, parse(source), source);
  });
  return waitFor(shell, child);
}

/** `exec`: without a command the redirections stay; with one the shell is gone. */
async function runExec(
  shell: Shell,
  node: Command,
  argv: readonly string[],
  assignments: readonly Assignment[],
): Promise<number> {
  for (const redirection of node.redirects) await redirect(shell, redirection);
  for (const assignment of assignments) {
    await assign(shell, assignment);
    const variable = shell.variables.find(assignment.name);
    if (variable) variable.exported = true;
  }
  const rest = argv.slice(1);
  const command =
    rest[0] === '-a' ? rest.slice(2) : rest[0] === '--' || rest[0] === '-c' || rest[0] === '-l' ? rest.slice(1) : rest;
  if (command.length === 0) return 0;
  try {
    return await shell.process.exec(command, streams(shell));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    if (error.code === 'ENOENT' && shell.flavour === 'bash')
      await shell.complain(
        command[0]?.includes('/') ? `${command[0]}: ${error.message}` : `exec: ${command[0]}: not found`,
      );
    else
      await shell.complain(
        shell.flavour === 'bash'
          ? `${command[0]}: ${error.message}`
          : `${error.code === 'ENOENT' ? `${command[0]}: not found` : `${command[0]}: ${error.message}`}`,
        shell.flavour === 'bash' ? undefined : 'exec',
      );
    throw new CommandFailed(error.code === 'ENOENT' ? 127 : 126, true);
  }
}

function aliasOf(shell: Shell, node: Command): string | undefined {
  if (shell.aliases.size === 0 || !node.name || node.name.parts) return undefined;
  if (shell.flavour === 'bash' && !shell.interactive && !shell.options.expand_aliases) return undefined;
  return node.name.text === node.name.value && !shell.activeAliases.has(node.name.text)
    ? shell.aliases.get(node.name.text)
    : undefined;
}

/** The command again, with the alias's text in place of the name. */
async function runAlias(shell: Shell, node: Command, alias: string): Promise<number> {
  const name = node.name as Word;
  const source = shell.source.slice(node.pos, name.pos) + alias + shell.source.slice(name.end, node.end);
  shell.activeAliases.add(name.text);
  try {
    return await shell.runner.script(shell, parse(source), source);
  } finally {
    shell.activeAliases.delete(name.text);
  }
}
