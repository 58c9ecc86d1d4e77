/** Which command a line means, and what may have been meant when there is none. */
import type { Command, CommandPath } from './command.ts';
import { FlagSet, type FlagSpec } from './flags.ts';
import { wordsWithoutFlags } from './parse.ts';

export interface Found extends CommandPath {
  /** The line without the words that named the command. */
  readonly rest: readonly string[];
}

export function findCommand(root: Command, line: readonly string[], globalFlags: readonly FlagSpec[]): Found {
  let command = root;
  const path = [root];
  let rest = line;
  for (;;) {
    const flags = new FlagSet([...(command.flags ?? []), ...globalFlags]);
    const first = wordsWithoutFlags(flags, rest)[0];
    const child =
      first && command.subcommands?.find((one) => one.name === first.word || one.aliases?.includes(first.word));
    if (!child) return { command, path, rest };
    rest = rest.filter((_, index) => index !== first.index);
    command = child;
    path.push(child);
  }
}

/** Names close to a typo: at most two edits away, or of which the word is the beginning. */
export function suggestions(root: Command, typed: string): readonly string[] {
  return (root.subcommands ?? [])
    .filter((command) => !command.hidden)
    .map((command) => command.name)
    .filter((name) => editDistance(typed, name) <= 2 || name.toLowerCase().startsWith(typed.toLowerCase()));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase();
      next.push(
        same ? (row[j - 1] as number) : 1 + Math.min(row[j - 1] as number, row[j] as number, next[j - 1] as number),
      );
    }
    row = next;
  }
  return row[b.length] as number;
}
