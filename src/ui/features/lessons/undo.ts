/** Taking back the last command: the same inputs without it, played again. */
import type { Recipe, TypedLine } from '../../../workers/protocol.ts';

type Recorded = Recipe & Required<Pick<Recipe, 'journal' | 'until'>>;

/**
 * The recipe of the cluster as it was before the last line was typed. Keys that were pressed for it are left out; terminals are closed,
 * because the page opens new ones.
 */
export function withoutLast(recording: Recorded, typed: readonly TypedLine[]): Recipe | undefined {
  const last = typed.at(-1);
  if (!last) return undefined;
  const before = typed.at(-2)?.endedAt ?? Number.NEGATIVE_INFINITY;
  const journal = recording.journal.filter(
    ({ at, input }) => at < last.startedAt && (at <= before || input.type !== 'terminal.input'),
  );
  const until = Math.max(journal.at(-1)?.at ?? 0, last.startedAt - 1);
  const open = new Set<string>();
  for (const { input } of journal) {
    if (input.type === 'terminal.open') open.add(input.terminal);
    else if (input.type === 'terminal.hangup') open.delete(input.terminal);
  }
  const closing = [...open].map((terminal) => ({ at: until, input: { type: 'terminal.hangup', terminal } as const }));
  return { options: recording.options, journal: [...journal, ...closing], until: until + 1 };
}
