/** The engine's clock as the page sees it: asked for twice a second while anybody looks and the tab is visible. */
import type { Engine, PacerState, Speed } from './engine.ts';
import { createSource, type Snapshot } from './snapshot.ts';

const POLL_MS = 500;

export interface ClockControls extends Snapshot<PacerState | undefined> {
  pause(): void;
  resume(): void;
  step(): void;
  setSpeed(speed: Speed): void;
}

export function createClock({ api, ready }: Engine): ClockControls {
  let state: PacerState | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const refresh = () => {
    if (document.hidden) return;
    api.clock().then(
      (next) => {
        if (state && state.now === next.now && state.speed === next.speed && state.paused === next.paused) return;
        state = next;
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
    () => state,
    () => {
      ready.then(start, () => undefined);
    },
    () => clearInterval(timer),
  );
  const then = (act: Promise<unknown>) => {
    act.then(refresh, refresh);
  };
  return {
    ...source,
    pause: () => then(api.pause()),
    resume: () => then(api.resume()),
    step: () => then(api.step()),
    setSpeed: (speed) => then(api.setSpeed(speed)),
  };
}
