/** Looks that the server takes at what it keeps, at fixed instants, but only after something was written. */
import { StatusError } from '#engine/apimachinery';
import { EtcdError } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';

/**
 * Plans `round` for the next multiple of `periodMs` counted from now on; the returned function asks for it.
 * A round that etcd or the server refuses is taken again a period later.
 */
export function planRounds(
  world: World,
  label: string,
  periodMs: number,
  round: () => Promise<void>,
  signal: AbortSignal | undefined,
): () => void {
  const started = world.clock.now();
  let planned = false;
  const plan = () => {
    if (planned || signal?.aborted) return;
    planned = true;
    const wait = periodMs - ((world.clock.now() - started) % periodMs);
    const timer = world.clock.after(wait, label, () => void run());
    signal?.addEventListener('abort', () => timer.cancel(), { once: true });
  };
  const run = async () => {
    planned = false;
    try {
      await round();
    } catch (error) {
      if (!(error instanceof EtcdError || error instanceof StatusError)) throw error;
      plan();
    }
  };
  return plan;
}
