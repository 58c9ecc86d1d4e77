/** How far a replay has come, told often enough to watch and seldom enough not to slow it. */
import { BOOT_TIME } from '#engine/cluster';
import type { Millis } from '#engine/sim';
import type { HostState, Recipe } from './protocol.ts';

const EVERY_MS = 150;

/** @returns what the replay tells its instants to */
export function replayProgress(
  { options, journal, until = journal?.at(-1)?.at }: Recipe,
  tell: (state: Pick<HostState, 'replaying'>) => void,
): (at: Millis) => void {
  const from = Date.parse(options.start ?? BOOT_TIME);
  let told = 0;
  return (now) => {
    if (until === undefined || performance.now() - told < EVERY_MS) return;
    told = performance.now();
    tell({ replaying: { from, now, until } });
  };
}
