/** A real cluster behind the same panes: its API by fetch, through `kubectl proxy`. No clock to stop, no workstation, nothing kept. */
import type { Remote } from 'comlink';
import { createClient } from '#engine/client-go';
import { bodyJson } from '#engine/http';
import type { EngineApi, PacerState, Past } from '../../workers/protocol.ts';
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

/** The engine's commands, without an engine: only the clock answers, and it is the wall's. */
function noEngine(): Remote<EngineApi> {
  const clock = async (): Promise<PacerState> => ({ now: Date.now(), speed: 1, paused: false });
  const past = async (): Promise<Past> => {
    const now = Date.now();
    return { boot: now, oldest: now, now, answers: true };
  };
  const refuse = () => Promise.reject(new Error('a real cluster has no engine in this page'));
  return new Proxy({} as Remote<EngineApi>, {
    get: (_, name) => (name === 'then' ? undefined : name === 'clock' ? clock : name === 'past' ? past : refuse),
  });
}

/** @param base see `serverBase` */
export function connectReal(base: string): Engine {
  const client = createClient(fetchHandler(base), { userAgent: 'podarium' });
  const ready = client.request('GET', '/version').then(async ({ body }) => {
    const { gitVersion } = (await bodyJson(body)) as { readonly gitVersion?: unknown };
    if (typeof gitVersion !== 'string') throw new Error(`${base || location.origin} answers, but is no API server`);
    return { id: 'real', name: base || location.origin, how: 'attached' as const };
  });
  return {
    capabilities: API_ONLY,
    view: 'real',
    api: noEngine(),
    client,
    ready,
    watchHost: () => undefined,
    openTerminal: () => Promise.reject(new Error('a real cluster has no workstation in this page')),
  };
}
