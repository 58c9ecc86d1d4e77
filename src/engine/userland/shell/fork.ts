/** Subshells: a forked process with a copy of the shell's state. */
import { type ChildProcess, OsError, type SpawnOptions } from '#engine/os';
import { BreakLoop, CommandFailed, ExitShell, ReturnFromFunction } from './control.ts';
import { Shell } from './shell.ts';
import { runExitTrap } from './traps.ts';

/** Runs `body` in a subshell. Streams not given are the shell's own of the moment. See `forked`. */
export async function forkShell(
  shell: Shell,
  options: SpawnOptions,
  body: (subshell: Shell) => Promise<number>,
): Promise<ChildProcess> {
  const streams: SpawnOptions = {
    stdin: shell.stdin,
    stdout: shell.stdout,
    stderr: shell.stderr,
    env: shell.variables.environment(),
    cwd: shell.process.cwd,
    ...options,
  };
  return forked(shell, () =>
    // The child runs first: it copies the parent's state before the parent goes on.
    shell.process.fork(async (process) => {
      const subshell = new Shell(process, shell.flavour, shell.runner, shell);
      return runToEnd(subshell, () => body(subshell));
    }, streams),
  );
}

/** How long bash waits before its last try. @upstream bash jobs.c FORKSLEEP_MAX */
const LAST_WAIT_SECONDS = 8;

/** Starts a child. Bash tries for 15 seconds to get a process; then, or at once, it is reported and CommandFailed thrown. */
export async function forked(shell: Shell, start: () => ChildProcess): Promise<ChildProcess> {
  for (let seconds = 1; ; seconds *= 2) {
    try {
      return start();
    } catch (error) {
      if (!(error instanceof OsError && error.code === 'EAGAIN')) throw error;
      if (shell.flavour !== 'bash')
        return shell.fail(shell.flavour === 'dash' ? 'Cannot fork' : `can't fork: ${error.message}`, 2, true);
      const again = seconds <= LAST_WAIT_SECONDS;
      // What the system refuses is told without the line.
      await shell.printError(`${shell.name.replace(/^-/, '')}: fork: ${again ? 'retry: ' : ''}${error.message}\n`);
      if (!again) throw new CommandFailed(254, true);
      await shell.process.clock.sleep(seconds * 1000, 'fork');
    }
  }
}

/** Runs to the exit code, whatever way control leaves. */
export async function runToEnd(shell: Shell, body: () => Promise<number>): Promise<number> {
  let code: number;
  try {
    code = await body();
  } catch (error) {
    if (error instanceof ExitShell || error instanceof CommandFailed || error instanceof ReturnFromFunction)
      code = error.code;
    else if (error instanceof BreakLoop) code = 0;
    else throw error;
  }
  return runExitTrap(shell, code);
}
