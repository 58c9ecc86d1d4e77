/** `trap`: what runs when a signal comes or the shell ends. */

import { parse } from 'unbash';
import { parseSignal, type Signal, signalNumber } from '#engine/os';
import { CommandFailed, ExitShell } from './control.ts';
import type { Shell } from './shell.ts';

/** `EXIT`, `ERR`, `DEBUG`, `RETURN` or a signal's name without SIG; undefined when there is no such thing. */
export function trapName(text: string): string | undefined {
  const upper = text.toUpperCase();
  if (upper === '0' || upper === 'EXIT') return 'EXIT';
  if (['ERR', 'DEBUG', 'RETURN'].includes(upper)) return upper;
  return parseSignal(upper)?.slice(3);
}

const restorers = new WeakMap<Shell, Map<string, () => void>>();

/** Sets, clears (undefined) or ignores ('') a trap. */
export function setTrap(shell: Shell, name: string, action: string | undefined): void {
  const mine = restorers.get(shell) ?? new Map<string, () => void>();
  restorers.set(shell, mine);
  mine.get(name)?.();
  mine.delete(name);
  if (action === undefined) shell.traps.delete(name);
  else shell.traps.set(name, action);
  if (action === undefined || ['EXIT', 'ERR', 'DEBUG', 'RETURN'].includes(name)) return;
  const signal = `SIG${name}` as Signal;
  const restore = shell.process.onSignal(signal, () => {
    if (shell.traps.get(name) === '') return;
    shell.pendingSignals.push(signal);
    shell.wakeOnSignal?.();
  });
  mine.set(name, restore);
}

/** Runs the actions of signals that came in the meantime. */
export async function runPendingTraps(shell: Shell): Promise<void> {
  for (let signal = shell.pendingSignals.shift(); signal; signal = shell.pendingSignals.shift()) {
    const action = shell.traps.get(signal.slice(3));
    if (action) await runAction(shell, action);
  }
}

/** Waits for something, or until a trapped signal comes: then resolves with its number plus 128. */
export async function untilSignalOr<T>(
  shell: Shell,
  wait: Promise<T>,
): Promise<T | { readonly interruptedBy: number }> {
  const signalled = new Promise<{ readonly interruptedBy: number }>((resolve) => {
    const wake = () => resolve({ interruptedBy: 128 + signalNumber(shell.pendingSignals[0] ?? 'SIGINT') });
    shell.wakeOnSignal = wake;
    if (shell.pendingSignals.length > 0) wake();
  });
  try {
    return await shell.process.until(Promise.race([wait, signalled]));
  } finally {
    shell.wakeOnSignal = undefined;
  }
}

/** Runs the EXIT trap once and gives the shell's exit code. */
export async function runExitTrap(shell: Shell, code: number): Promise<number> {
  const action = shell.traps.get('EXIT');
  if (!action) return code;
  shell.traps.delete('EXIT');
  shell.lastStatus = code;
  try {
    await runAction(shell, action);
  } catch (error) {
    if (error instanceof ExitShell || error instanceof CommandFailed) return error.code;
    throw error;
  }
  return code;
}

/** Runs an action without changing `$?`. */
export async function runAction(shell: Shell, action: string): Promise<void> {
  const { lastStatus } = shell;
  await shell.runner.script(shell, parse(action), action);
  shell.lastStatus = lastStatus;
}
