/** Delays that grow: for reflectors that cannot reach the server. */
import type { Clock, Millis, Rng } from '#engine/sim';

export interface BackoffOptions {
  readonly initialMs: Millis;
  readonly maxMs: Millis;
  readonly factor: number;
  /** Each delay is stretched by up to this share of itself. */
  readonly jitter: number;
  /** After so long without a failure the delays start anew. */
  readonly resetMs: Millis;
}

/**
 * Jittered exponential back-off that forgets after a quiet time. Returns the next delay in milliseconds.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/wait/backoff.go
 */
export function createBackoff(clock: Clock, rng: Rng, options: BackoffOptions): () => Millis {
  let last = Number.NEGATIVE_INFINITY;
  let current = options.initialMs;
  return () => {
    const now = clock.now();
    if (now - last > options.resetMs) current = options.initialMs;
    last = now;
    const delay = current;
    current = Math.min(current * options.factor, options.maxMs);
    return Math.floor(delay + rng.next() * options.jitter * delay);
  };
}
