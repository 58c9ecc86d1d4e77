/** Subshells: a forked process with a copy of the shell's state. */
import { type ChildProcess, OsError, type SpawnOptions } from '#engine/os';
import { BreakLoop, CommandFailed, ExitShell, ReturnFromFunction } from './control.ts';
import { Shell } from './shell.ts';
import { runExitTrap } from './traps.ts';

/** Runs `body` in a subshell. Streams not given are the shell's own of the moment. Reports and throws CommandFailed when there are too many processes. */
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
  try {
    // The child runs first: it copies the parent's state before the parent goes on.
    return shell.process.fork(async (process) => {
      const subshell = new Shell(process, shell.flavour, shell.runner, shell);
      return runToEnd(subshell, () => body(subshell));
    }, streams);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return shell.fail(
      shell.flavour === 'bash'
        ? `fork: ${error.message}`
        : shell.flavour === 'dash'
          ? 'Cannot fork'
          : `can't fork: ${error.message}`,
      shell.flavour === 'bash' ? 254 : 2,
      true,
    );
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
