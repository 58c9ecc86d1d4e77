/** A shell at a terminal: prompt, line editor, history, jobs, Ctrl-C. */

import { parse } from 'unbash';
import { absolute, OsError } from '#engine/os';
import { BreakLoop, CommandFailed, ExitShell, Interrupted, ReturnFromFunction } from './control.ts';
import { isIncomplete } from './incomplete.ts';
import { runScript } from './interpreter.ts';
import { reportJobs } from './jobs.ts';
import { LineEditor } from './line-editor.ts';
import { expandPrompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { runPendingTraps } from './traps.ts';

/** Reads and runs commands until `exit` or Ctrl-D. */
export async function interactiveLoop(shell: Shell): Promise<number> {
  shell.interactive = true;
  shell.options.monitor = true;
  await readStartFiles(shell);
  const editor = new LineEditor(shell);
  const interrupt = () => {
    shell.interrupted = true;
    editor.interrupt();
    shell.wakeOnSignal?.();
  };
  shell.process.onSignal('SIGINT', interrupt);
  // An interactive shell is not ended by SIGTERM, nor stopped by Ctrl-Z.
  shell.process.onSignal('SIGTERM', () => undefined);
  shell.process.onSignal('SIGTSTP', () => undefined);
  shell.process.onSignal('SIGQUIT', () => undefined);
  for (;;) {
    await reportJobs(shell);
    const text = await readCommand(shell, editor);
    if (text === undefined) {
      await shell.printError(shell.flavour === 'bash' ? 'exit\n' : '\n');
      return shell.lastStatus;
    }
    await runLine(shell, text);
  }
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
    text += `${line.text}\n`;
    if (text.trim() === '') {
      text = '';
      await reportJobs(shell);
      continue;
    }
    if (!isIncomplete(parse(text), text)) break;
  }
  const entry = text.replace(/\n$/, '');
  if (shell.history.at(-1) !== entry && !entry.startsWith(' ')) shell.history.push(entry);
  if (shell.history.length > 500) shell.history.shift();
  return text;
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
