/** The page's end of the engine worker. */
import { type Remote, wrap } from 'comlink';
import type { EngineApi } from '../workers/protocol.ts';

type ClusterOptions = Parameters<EngineApi['start']>[0];

export interface Engine {
  readonly api: Remote<EngineApi>;
  /** Resolves when the cluster is ready. */
  readonly ready: Promise<void>;
}

export function startEngine(options: ClusterOptions): Engine {
  const worker = new Worker(new URL('../workers/engine.worker.ts', import.meta.url), { type: 'module' });
  const api = wrap<EngineApi>(worker);
  return { api, ready: api.start(options) };
}
