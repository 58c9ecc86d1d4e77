/** A shell at a terminal: prompt, line editor, history, jobs, Ctrl-C. */

import { parse } from 'unbash';
import { absolute, OsError } from '#engine/os';
import { BreakLoop, CommandFailed, ExitShell, Interrupted, ReturnFromFunction } from './control.ts';
import { isIncomplete } from './incomplete.ts';
import { runScript } from './interpreter.ts';
import { reportJobs } from './jobs.ts';
import { LineEditor } from './line-editor.ts';
import { expandPrompt } from './prompt.ts';
import { appendHistory, EventNotFound, expandHistory, readHistory, remember } from './readline/history.ts';
import type { Shell } from './shell.ts';
import { runPendingTraps } from './traps.ts';

/** Reads and runs commands until `exit` or Ctrl-D. */
export async function interactiveLoop(shell: Shell): Promise<number> {
  shell.interactive = true;
  shell.options.monitor = true;
  if (shell.flavour === 'bash' && shell.get('HISTFILE') === undefined && shell.get('HOME'))
    shell.variables.set('HISTFILE', `${shell.get('HOME')}/.bash_history`);
  await readStartFiles(shell);
  readHistory(shell);
  const editor = new LineEditor(shell);
  const interrupt = () => {
    shell.interrupted = true;
    shell.wakeOnSignal?.();
  };
  shell.process.onSignal('SIGINT', interrupt);
  // An interactive shell is not ended by SIGTERM, nor stopped by Ctrl-Z.
  shell.process.onSignal('SIGTERM', () => undefined);
  shell.process.onSignal('SIGTSTP', () => undefined);
  shell.process.onSignal('SIGQUIT', () => undefined);
  for (;;) {
    await reportJobs(shell);
    await runPromptCommand(shell);
    const text = await readCommand(shell, editor);
    if (text === undefined) {
      await shell.printError(shell.flavour === 'bash' ? 'exit\n' : '\n');
      appendHistory(shell);
      return shell.lastStatus;
    }
    try {
      await runTyped(shell, text);
    } catch (error) {
      appendHistory(shell);
      throw error;
    }
  }
}

/** A line that somebody typed: what it was and how it ended can be seen from outside. */
async function runTyped(shell: Shell, text: string): Promise<void> {
  const { process } = shell;
  const startedAt = process.clock.now();
  await runLine(shell, text);
  const { lastStatus: code } = shell;
  process.trace.emit('shell.command', { line: text.replace(/\n$/, ''), code, hostname: process.hostname, startedAt });
}

async function readStartFiles(shell: Shell): Promise<void> {
  const files =
    shell.flavour === 'bash'
      ? ['/etc/bash.bashrc', `${shell.get('HOME') ?? '/root'}/.bashrc`]
      : [shell.get('ENV') ?? ''];
  for (const path of files.filter((each) => each !== '')) {
    try {
      const text = new TextDecoder().decode(shell.process.fs.readFile(absolute(path, shell.process.cwd)));
      await runLine(shell, text);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
    }
  }
}

/** A here-document that has begun. */
const HERE_DOCUMENT = /<<-?\s*[\w'"\\]/;

/** One complete command, over as many lines as it takes; undefined at the end of the input. */
async function readCommand(shell: Shell, editor: LineEditor): Promise<string | undefined> {
  let text = '';
  for (;;) {
    const prompt =
      text === '' ? await expandPrompt(shell, shell.get('PS1') ?? defaultPrompt(shell)) : (shell.get('PS2') ?? '> ');
    const line = await editor.readLine(prompt);
    if (line === 'interrupt') {
      shell.lastStatus = 130;
      text = '';
      shell.interrupted = false;
      continue;
    }
    if (line === undefined) {
      if (text === '') return undefined;
      return text;
    }
    // As bash: what a here-document holds is nobody's history.
    const expanded = HERE_DOCUMENT.test(text) ? line.text : await withHistory(shell, line.text);
    if (expanded === undefined) {
      text = '';
      continue;
    }
    text += `${expanded}\n`;
    if (text.trim() === '') {
      text = '';
      await reportJobs(shell);
      continue;
    }
    if (!isIncomplete(parse(text), text)) break;
  }
  remember(shell, text.replace(/\n$/, ''));
  return text;
}

/** The line with `!!` and the like replaced, which bash shows before it runs it; undefined when there is no such event. */
async function withHistory(shell: Shell, line: string): Promise<string | undefined> {
  if (shell.flavour !== 'bash') return line;
  try {
    const expanded = expandHistory(shell.history, line);
    if (expanded === undefined) return line;
    await shell.printError(`${expanded}\n`);
    return expanded;
  } catch (error) {
    if (!(error instanceof EventNotFound)) throw error;
    await shell.complain(error.message);
    return undefined;
  }
}

/** What bash runs before each prompt; the status of the last command stays. */
async function runPromptCommand(shell: Shell): Promise<void> {
  const command = shell.flavour === 'bash' ? shell.get('PROMPT_COMMAND') : undefined;
  if (!command) return;
  const { lastStatus } = shell;
  await runLine(shell, command);
  shell.lastStatus = lastStatus;
}

function defaultPrompt(shell: Shell): string {
  const root = shell.process.uid === 0;
  if (shell.flavour === 'bash') return '\\u@\\h:\\w\\$ ';
  return shell.flavour === 'dash' ? (root ? '# ' : '$ ') : '\\w \\$ ';
}

async function runLine(shell: Shell, text: string): Promise<void> {
  shell.interrupted = false;
  try {
    await runScript(shell, parse(text), text);
    await runPendingTraps(shell);
  } catch (error) {
    if (error instanceof ExitShell) throw error;
    if (error instanceof CommandFailed) shell.lastStatus = error.code;
    else if (error instanceof Interrupted) {
      shell.lastStatus = 130;
      await shell.printError('\n');
    } else if (!(error instanceof BreakLoop || error instanceof ReturnFromFunction)) throw error;
  } finally {
    shell.interrupted = false;
    shell.conditionDepth = 0;
    shell.loopDepth = 0;
  }
}
