/** What can stand on a side of a comparison, and how its state is got. */
import type { Mark, ObjectFacts } from '../../../workers/protocol.ts';
import type { ClockState, Engine } from '../../cluster/index.ts';
import type { KeptCluster } from '../../cluster/kept.ts';
import { startRehearsal } from '../../cluster/rehearsal.ts';
import type { CompareSay } from './words/words.ts';

export interface Side {
  readonly id: string;
  readonly label: string;
  /** Instant of this cluster; undefined: the instant of the other side. */
  readonly at?: number;
  /** Another kept cluster. */
  readonly cluster?: string;
}

const timeText = (at: number): string => new Date(at).toISOString().slice(11, 19);
const DEEDS = 12;
const MAX_LABEL = 48;

/** `mark` of what people did: the instants that they want to compare with. */
function deedsOf(marks: readonly Mark[], oldest: number): readonly Mark[] {
  const deeds = marks.filter(({ kind, at }) => ['typed', 'changed', 'fault'].includes(kind) && at > oldest);
  return deeds.slice(-DEEDS).reverse();
}

/** What may be chosen, the likely ones first. */
export function sidesOf(
  say: CompareSay,
  clock: ClockState,
  marks: readonly Mark[],
  kept: readonly KeptCluster[],
): readonly Side[] {
  const here = (id: string, label: string, at: number): Side => ({ id, label, at });
  return [
    ...(clock.past ? [here('shown', say('shown', { time: timeText(clock.now) }), clock.now)] : []),
    here('now', say('now', { time: timeText(clock.live) }), clock.live),
    here('beginning', say('beginning', { time: timeText(clock.oldest) }), clock.oldest),
    ...kept.map(
      ({ id, name, parent }): Side => ({
        id,
        label: parent
          ? say('branchOf', { name, parent: parent.name, time: timeText(parent.at) })
          : say('other', { name }),
        cluster: id,
      }),
    ),
    ...deedsOf(marks, clock.oldest).map(({ at, label }) => {
      const what = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label;
      return here(`before ${at} ${label}`, say('before', { what, time: timeText(at) }), at - 1);
    }),
  ];
}

export interface Look {
  readonly facts: Promise<readonly ObjectFacts[]>;
  cancel(): void;
}

/** The state of a side. @param at the instant of this side, or of the other one */
export function lookAt({ api }: Engine, side: Side, at: number, onProgress: (share: number) => void): Look {
  const { cluster } = side;
  if (cluster === undefined) return { facts: api.factsAt(at), cancel: () => undefined };
  let cancel: () => void = () => undefined;
  let cancelled = false;
  const facts = async () => {
    const { recordingOf } = await import('../../cluster/kept.ts');
    const recipe = await recordingOf(cluster);
    if (!recipe) throw new Error('gone');
    const { options, journal = [] } = recipe;
    const { boot } = await api.past();
    const recording = { options, journal: journal.filter((entry) => entry.at <= at), until: at };
    const rehearsal = startRehearsal(recording, (reached) => onProgress((reached - boot) / Math.max(1, at - boot)));
    cancel = rehearsal.cancel;
    if (cancelled) cancel();
    return (await rehearsal.outcome).facts;
  };
  return {
    facts: facts(),
    cancel: () => {
      cancelled = true;
      cancel();
    },
  };
}
