/** The page's end of the engine worker: commands over Comlink, the cluster's API as a client over a port of its own. */
import { type Remote, transfer, wrap } from 'comlink';
import { type Client, createClient } from '#engine/client-go';
import {
  type EngineApi,
  type PacerState,
  portHandler,
  type Speed,
  type Started,
  type StartRequest,
  type TerminalSize,
} from '../../workers/protocol.ts';
import { type Capabilities, ENGINE } from './capabilities.ts';

import { rememberCluster } from './opening.ts';

export type { PacerState, Speed };

export interface Engine {
  readonly capabilities: Capabilities;
  readonly api: Remote<EngineApi>;
  readonly client: Client;
  /** The name of what this page looks through: see `EngineApi.connect` and `goTo`. */
  readonly view: string;
  /** Resolves when the cluster is ready. */
  readonly ready: Promise<Started>;
  /** Has a HostState posted on the port, now and whenever it changes. */
  watchHost(port: MessagePort): void;
  /** A shell at the workstation, on the port that is returned. */
  openTerminal(size: TerminalSize): Promise<MessagePort>;
}

/** Starts the worker, and the cluster in it. Requests made before the cluster is there wait for it. */
export function startEngine(request: StartRequest): Engine {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module' });
  const api = wrap<EngineApi>(worker);
  const crashed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'the engine worker stopped')));
  });
  const ready = Promise.race([api.start(request), crashed]);
  ready.then(
    ({ id }) => {
      performance.mark('podarium.ready');
      if (id !== 'memory') rememberCluster(id);
    },
    // Whoever waits for the cluster is told.
    () => undefined,
  );
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) api.flush().catch(() => undefined);
  });
  const view = `page-${crypto.randomUUID()}`;
  const { port1, port2 } = new MessageChannel();
  const handler = portHandler(port1);
  const connected = ready.then(() => api.connect(transfer(port2, [port2]), view));
  const client = createClient(
    async (request) => {
      await connected;
      return handler(request);
    },
    { userAgent: 'podarium' },
  );
  return {
    capabilities: ENGINE,
    api,
    client,
    view,
    ready,
    watchHost(port) {
      // A worker that is gone has nothing to tell; `ready` says so.
      api.watchHost(transfer(port, [port])).catch(() => undefined);
    },
    async openTerminal(size) {
      await ready;
      const { port1: ours, port2: theirs } = new MessageChannel();
      await api.openTerminal(size, transfer(theirs, [theirs]));
      return ours;
    },
  };
}
