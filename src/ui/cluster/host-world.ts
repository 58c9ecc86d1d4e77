/** The page's own World: the host's clock and chance, for informers that live in the page. Not the engine's: nothing here is replayed. */
import { createRng, type Millis, type Timer, type World } from '#engine/sim';

function after(ms: Millis, _name: string, ring: () => void): Timer {
  const id = setTimeout(ring, ms);
  return { due: Date.now() + ms, cancel: () => clearTimeout(id) };
}

function sleep(ms: Millis, _name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const id = setTimeout(done, ms);
    function done() {
      clearTimeout(id);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}

export const hostWorld: World = {
  clock: { now: () => Date.now(), after, sleep },
  rng: createRng(Date.now() | 0, 'page'),
  trace: { emit: () => undefined },
};
