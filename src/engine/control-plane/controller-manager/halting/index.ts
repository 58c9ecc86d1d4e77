/** Controllers that somebody stopped on purpose, while the others go on: a second door of this room, for who must not bring all of it along. */
export { controllerNames } from './controller-names.ts';

/** Who is stopped, by upstream's names. Outlives the controller manager's process: a fault of the world, not of the program. */
export interface HaltedControllers {
  has(name: string): boolean;
  halt(name: string): void;
  resume(name: string): void;
  /** @returns ends the listening */
  listen(changed: (name: string) => void): () => void;
}

/** Nobody is stopped. */
export function createHaltedControllers(): HaltedControllers {
  const names = new Set<string>();
  const listeners = new Set<(name: string) => void>();
  const tell = (name: string) => {
    for (const listener of [...listeners]) listener(name);
  };
  return {
    has: (name) => names.has(name),
    halt(name) {
      names.add(name);
      tell(name);
    },
    resume(name) {
      names.delete(name);
      tell(name);
    },
    listen(changed) {
      listeners.add(changed);
      return () => {
        listeners.delete(changed);
      };
    },
  };
}

/** Starts a controller, stops it when it is halted, and starts it anew when it may go on, until `signal` aborts. */
export function whileAllowed(
  name: string,
  halted: HaltedControllers | undefined,
  signal: AbortSignal,
  start: (signal: AbortSignal) => void,
): void {
  let running: AbortController | undefined;
  const look = () => {
    const may = !signal.aborted && !halted?.has(name);
    if (may === (running !== undefined)) return;
    if (may) {
      running = new AbortController();
      start(running.signal);
    } else {
      running?.abort();
      running = undefined;
    }
  };
  const forget = halted?.listen((changed) => {
    if (changed === name) look();
  });
  signal.addEventListener(
    'abort',
    () => {
      forget?.();
      look();
    },
    { once: true },
  );
  look();
}
