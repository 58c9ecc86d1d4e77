/** Breathing between requests: a storm of them is answered at one virtual instant, but not in one piece of the host's time. */
import type { World } from '#engine/sim';

/** How many requests may be under way before the others wait for their turn. About 20 ms of work. */
const REQUESTS_PER_TURN = 40;

/**
 * A filter for a handler. Requests beyond the turn's number begin in the order they came, at the same instant, after those before them have gone as
 * far as they can, and after the host has had time for others. So a controller that creates 500 Pods at once does not keep the page from being heard.
 */
export function inTurns<Q, A>(
  world: World,
  handle: (request: Q) => Promise<A>,
  perTurn = REQUESTS_PER_TURN,
): (request: Q) => Promise<A> {
  let under = 0;
  const waiting: (() => void)[] = [];
  const next = () => {
    for (const begin of waiting.splice(0, perTurn)) begin();
    if (waiting.length > 0) tick();
  };
  // From a reaction, not at once: what has just begun goes first, and the host breathes after it.
  const tick = () => void Promise.resolve().then(() => world.clock.after(0, 'apiserver.turn', next));
  const wait = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) tick();
    });
  return async (request) => {
    if (under >= perTurn || waiting.length > 0) await wait();
    under++;
    try {
      return await handle(request);
    } finally {
      under--;
    }
  };
}
