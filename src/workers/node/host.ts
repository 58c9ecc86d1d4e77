/** What the engine needs of Node: a macrotask to settle in, and somewhere to put its traces. */
import type { Host, TraceEvent } from '#engine/sim';

export const nodeHost = (trace: (event: TraceEvent) => void = () => {}): Host => ({
  settle: () => new Promise((resolve) => setImmediate(resolve)),
  trace,
});
