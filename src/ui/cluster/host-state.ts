/** Where the cluster runs and whether it is kept, as the worker tells it. */
import type { HostState } from '../../workers/protocol.ts';
import type { Engine } from './engine.ts';

export type { HostState };

interface HostSource {
  get(): HostState | undefined;
  subscribe(changed: () => void): () => void;
}

const sources = new WeakMap<Engine, HostSource>();

/** One port per engine, however many look. */
export function hostSource(engine: Engine): HostSource {
  const known = sources.get(engine);
  if (known) return known;
  let state: HostState | undefined;
  const listeners = new Set<() => void>();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<HostState>) => {
    state = data;
    for (const changed of listeners) changed();
  };
  engine.watchHost(port2);
  const source: HostSource = {
    get: () => state,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
  sources.set(engine, source);
  return source;
}
