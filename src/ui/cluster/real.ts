/** A real cluster behind the same panes: its API by fetch, through `kubectl proxy`. No clock to stop, no terminal, nothing kept. */
import { type Remote, transfer, wrap } from 'comlink';
import { createClient } from '#engine/client-go';
import { bodyJson, type Handler } from '#engine/http';
import type { EngineApi, PacerState, Past } from '../../workers/protocol.ts';
import { servePort } from '../../workers/serve-port.ts';
import { API_ONLY } from './capabilities.ts';
import type { Engine } from './engine.ts';
import { fetchHandler } from './fetch-handler.ts';

/** Where the API of a real cluster is served, as `?server=` names it; undefined when it is no address. */
export function serverBase(server: string): string | undefined {
  if (!URL.canParse(server, location.href)) return undefined;
  const url = new URL(server, location.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return `${url.origin}${url.pathname}`.replace(/\/$/, '');
}

/**
 * The engine's commands, without an engine: the clock answers, and it is the wall's; and a kubectl line is run by our own kubectl, in a
 * worker that is started for it, with the real API behind it. So every button of the page does what it says it does.
 */
function noEngine(handler: Handler): Remote<EngineApi> {
  const refuse = () => Promise.reject(new Error('a real cluster has no engine in this page'));
  const answers: { readonly [name in keyof EngineApi]?: unknown } = {
    clock: async (): Promise<PacerState> => ({ now: Date.now(), speed: 1, paused: false }),
    past: async (): Promise<Past> => {
      const now = Date.now();
      return { boot: now, oldest: now, now, answers: true };
    },
    run: kubectl(handler),
  };
  return new Proxy({} as Remote<EngineApi>, {
    get: (_, name) => (name === 'then' ? undefined : (answers[name as keyof EngineApi] ?? refuse)),
  });
}

/** What runs a line; its worker is started for the first and stays for the next. */
function kubectl(handler: Handler): (line: string) => ReturnType<EngineApi['run']> {
  let worker: { readonly api: Remote<EngineApi>; readonly crashed: Promise<never> } | undefined;
  const start = () => {
    const started = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module' });
    const crashed = new Promise<never>((_, reject) => {
      started.addEventListener('error', (event) => {
        started.terminate();
        worker = undefined;
        reject(new Error(event.message || 'the engine worker stopped'));
      });
    });
    crashed.catch(() => undefined);
    return { api: wrap<EngineApi>(started), crashed };
  };
  // The proxy has the credentials: it adds its own where a request brings none.
  const anonymous: Handler = (request) => {
    const { authorization: _none, ...headers } = request.headers;
    return handler({ ...request, headers });
  };
  return async (line) => {
    worker ??= start();
    const { api, crashed } = worker;
    const { port1, port2 } = new MessageChannel();
    servePort(port1, anonymous);
    try {
      return await Promise.race([api.runRemote(line, transfer(port2, [port2])), crashed]);
    } finally {
      port1.close();
    }
  };
}

/** @param base see `serverBase` */
export function connectReal(base: string): Engine {
  const handler = fetchHandler(base);
  const client = createClient(handler, { userAgent: 'podarium' });
  const ready = client.request('GET', '/version').then(async ({ body }) => {
    const { gitVersion } = (await bodyJson(body)) as { readonly gitVersion?: unknown };
    if (typeof gitVersion !== 'string') throw new Error(`${base || location.origin} answers, but is no API server`);
    return { id: 'real', name: base || location.origin, how: 'attached' as const };
  });
  return {
    capabilities: API_ONLY,
    view: 'real',
    api: noEngine(handler),
    client,
    ready,
    watchHost: () => undefined,
    openTerminal: () => Promise.reject(new Error('a real cluster has no workstation in this page')),
  };
}
