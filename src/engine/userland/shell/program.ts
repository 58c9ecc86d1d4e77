/** The programs sh, bash, dash and ash: command strings, scripts, commands from the standard input, and a terminal. */

import { type ParsedScript, parse } from 'unbash';
import { absolute, OsError, type Process, type Program, readUpTo } from '#engine/os';
import { set } from './builtins/options.ts';
import { CommandFailed, ExitShell, Interrupted } from './control.ts';
import { runToEnd } from './fork.ts';
import { isIncomplete } from './incomplete.ts';
import { interactiveLoop } from './interactive.ts';
import { runner, runScript } from './interpreter.ts';
import { Shell, type ShellFlavour } from './shell.ts';

/**
 * A shell as a Program.
 * @fidelity partial: bash's language without coproc, process substitution for output, programmable completion and job control by Ctrl-Z; dash and ash read bash's syntax too
 */
export const shellProgram =
  (flavour: ShellFlavour): Program =>
  async (process) => {
    const shell = new Shell(process, flavour, runner);
    return runToEnd(shell, () => start(shell, process));
  };

interface StartUp {
  command?: string;
  readsStdin: boolean;
  interactive: boolean;
  operands: readonly string[];
  options: string[];
}

async function start(shell: Shell, process: Process): Promise<number> {
  const startUp = await parseArguments(shell, process.argv);
  prepare(shell, process);
  if (startUp.options.length > 0)
    await set(shell, ['set', ...startUp.options], { runExternal: () => Promise.resolve(127) });
  const [first, ...rest] = startUp.operands;
  if (startUp.command !== undefined) {
    if (first !== undefined) shell.name = first;
    shell.positional = rest;
    shell.fromCommandString = true;
    return runScript(shell, parse(startUp.command), startUp.command, true);
  }
  if (first !== undefined && !startUp.readsStdin) return runFile(shell, first, rest);
  shell.positional = startUp.operands;
  if (process.terminal || startUp.interactive) return interactiveLoop(shell);
  return runStandardInput(shell);
}

async function parseArguments(shell: Shell, argv: readonly string[]): Promise<StartUp> {
  const startUp: StartUp = { readsStdin: false, interactive: false, operands: [], options: [] };
  let takesCommand = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const arg = argv[at] as string;
    if (arg === '--' || arg === '-') {
      at++;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    if (arg.startsWith('--')) {
      if (arg === '--version') {
        await shell.print('GNU bash, version 5.2.37(1)-release (x86_64-pc-linux-gnu)\n');
        throw new ExitShell(0);
      }
      if (arg === '--rcfile' || arg === '--init-file') at++;
      continue;
    }
    let letters = '';
    for (const letter of arg.slice(1)) {
      if (letter === 'c') takesCommand = true;
      else if (letter === 's') startUp.readsStdin = true;
      else if (letter === 'i') startUp.interactive = true;
      else if (letter !== 'l') letters += letter;
    }
    if (letters.endsWith('o')) startUp.options.push(arg[0] + letters, argv[++at] ?? '');
    else if (letters) startUp.options.push(arg[0] + letters);
  }
  startUp.operands = argv.slice(at);
  if (takesCommand) {
    const [command, ...rest] = startUp.operands;
    if (command === undefined) {
      await shell.printError(
        shell.flavour === 'bash'
          ? `${shell.name}: -c: option requires an argument\n`
          : `${shell.name}: -c requires an argument\n`,
      );
      throw new ExitShell(2);
    }
    startUp.command = command;
    startUp.operands = rest;
  }
  return startUp;
}

function prepare(shell: Shell, process: Process): void {
  const { variables } = shell;
  const setDefault = (name: string, value: string, exported: boolean) => {
    if (variables.find(name)) return;
    variables.set(name, value);
    const variable = variables.find(name);
    if (variable) variable.exported = exported;
  };
  variables.set('PWD', process.cwd);
  const pwd = variables.find('PWD');
  if (pwd) pwd.exported = true;
  setDefault('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', false);
  setDefault('IFS', ' \t\n', false);
  setDefault('OPTIND', '1', false);
  if (shell.flavour === 'bash') setDefault('SHLVL', '1', true);
  setDefault('HOSTNAME', process.hostname, false);
}

async function runFile(shell: Shell, path: string, args: readonly string[]): Promise<number> {
  let source: string;
  try {
    source = new TextDecoder().decode(shell.process.fs.readFile(absolute(path, shell.process.cwd)));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    const words =
      shell.flavour === 'bash'
        ? `${path}: ${error.message}`
        : shell.flavour === 'dash'
          ? `0: cannot open ${path}: ${error.code === 'ENOENT' ? 'No such file' : error.message}`
          : `can't open '${path}': ${error.message}`;
    await shell.printError(`${shell.name}: ${words}\n`);
    return error.code === 'ENOENT' ? (shell.flavour === 'dash' || shell.flavour === 'ash' ? 2 : 127) : 126;
  }
  shell.name = path;
  shell.scriptFile = path;
  shell.positional = args;
  return runScript(shell, parse(source), source, true);
}

/** Commands come line by line, so that what they run can read the lines behind them. */
async function runStandardInput(shell: Shell): Promise<number> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const bytes = await readUpTo(shell.stdin);
    if (!bytes && text === '') return shell.lastStatus;
    text += bytes ? decoder.decode(bytes) : '';
    const script = parse(text);
    if (bytes && isIncomplete(script, text)) continue;
    await runChunk(shell, script, text);
    text = '';
    if (!bytes) return shell.lastStatus;
  }
}

async function runChunk(shell: Shell, script: ParsedScript, text: string): Promise<void> {
  try {
    await runScript(shell, script, text);
  } catch (error) {
    if (error instanceof CommandFailed && !error.fatal) shell.lastStatus = error.code;
    else if (!(error instanceof Interrupted)) throw error;
  }
}
