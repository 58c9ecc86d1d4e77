/** Time as the page sees it: asked for twice a second while anybody looks and the tab is visible; an instant of the past when that is on view. */
import type { Millis } from '#engine/sim';
import type { Past, RunOutcome } from '../../workers/protocol.ts';
import type { Engine, PacerState, Speed } from './engine.ts';
import { createSource, type Snapshot } from './snapshot.ts';

const POLL_MS = 500;

export interface ClockState extends PacerState {
  /** The instant on view: the cluster's own, or one of the past. */
  readonly now: Millis;
  /** The cluster's own time, whatever is on view. */
  readonly live: Millis;
  readonly past: boolean;
  /** When the cluster was made. */
  readonly boot: Millis;
  /** The earliest instant that can be gone back to. */
  readonly oldest: Millis;
  /** False: no API server answers those inside; the page sees etcd's state all the same. */
  readonly answers: boolean;
}

export interface ClockControls extends Snapshot<ClockState | undefined> {
  pause(): void;
  resume(): void;
  /** Stays paused at the next instant at which something changes that is no heartbeat; when nothing does, ten minutes later. */
  step(): Promise<RunOutcome>;
  /** At full speed until the cluster has settled. */
  runUntilSettled(): Promise<RunOutcome>;
  setSpeed(speed: Speed): void;
  /** The instant on view; undefined is the present. What is seen then is `followInstant`'s matter. */
  show(instant: Millis | undefined): void;
}

function same(a: ClockState | undefined, b: ClockState): boolean {
  if (!a) return false;
  return (Object.keys(b) as (keyof ClockState)[]).every((key) => a[key] === b[key]);
}

export function createClock({ api, ready }: Engine): ClockControls {
  let known: (PacerState & Past) | undefined;
  let instant: Millis | undefined;
  let state: ClockState | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const read = () => {
    if (!known) return undefined;
    const next = { ...known, live: known.now, now: instant ?? known.now, past: instant !== undefined };
    if (!same(state, next)) state = next;
    return state;
  };
  const refresh = () => {
    if (document.hidden) return;
    Promise.all([api.clock(), api.past()]).then(
      ([clock, past]) => {
        known = { ...past, ...clock };
        source.changed();
      },
      // Before the cluster is there, there is no clock.
      () => clearInterval(timer),
    );
  };
  const start = () => {
    clearInterval(timer);
    refresh();
    timer = setInterval(refresh, POLL_MS);
  };
  const source = createSource(
    read,
    () => {
      ready.then(start, () => undefined);
    },
    () => clearInterval(timer),
  );
  const then = <T>(act: Promise<T>): Promise<T> => {
    act.then(refresh, refresh);
    return act;
  };
  const quietly = (act: Promise<unknown>) => {
    then(act).catch(reportError);
  };
  return {
    ...source,
    pause: () => quietly(api.pause()),
    resume: () => quietly(api.resume()),
    step: () => then(Promise.resolve(api.pause()).then(() => api.runUntil({ until: 'change' }))),
    runUntilSettled: () => then(api.runUntil({ until: 'settled' })),
    setSpeed: (speed) => quietly(api.setSpeed(speed)),
    show(next) {
      instant = next;
      source.changed();
    },
  };
}
