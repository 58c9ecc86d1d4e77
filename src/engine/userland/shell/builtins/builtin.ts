/** What a builtin is. */
import type { Shell } from '../shell.ts';

interface BuiltinTools {
  /** Runs a program from PATH and waits. */
  runExternal(shell: Shell, argv: readonly string[]): Promise<number>;
}

/** argv[0] is the builtin's name. Resolves with the exit code. */
export type Builtin = (shell: Shell, argv: readonly string[], tools: BuiltinTools) => Promise<number>;

export const NAME = /^[A-Za-z_]\w*$/;
