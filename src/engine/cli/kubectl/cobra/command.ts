/** A command of kubectl as a value: its name, flags, help and what it does. The table of them is kubectl. */
import type { Session } from '../session.ts';
import type { FlagSpec } from './flags.ts';

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line in the list of commands. */
  readonly short: string;
  /** The help's first paragraphs; `short` when absent. */
  readonly long?: string;
  /** Lines of examples. */
  readonly examples?: string;
  /** What follows the name in the usage line. */
  readonly use?: string;
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly Command[];
  /** The heading under which the root's help lists it. */
  readonly group?: string;
  readonly hidden?: boolean;
  /** Without it the command only groups subcommands: alone it prints its help, on stderr with exit code 1 unless `helpAlone`. */
  readonly run?: (session: Session) => Promise<void>;
  /** A group that prints help on stdout whatever follows. */
  readonly helpAlone?: boolean;
  /** All arguments belong to the command, flags too (after the first argument that is none). */
  readonly acceptsNoArgs?: boolean;
}

/** A command with the way that led to it: `['kubectl', 'rollout', 'status']`. */
export interface CommandPath {
  readonly command: Command;
  readonly path: readonly Command[];
}

export const pathName = (path: CommandPath): string => path.path.map((command) => command.name).join(' ');
