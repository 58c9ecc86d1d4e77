/**
 * Looking never changes the cluster: reads are answered by an API server of the observer's own over the same etcd, outside the simulated
 * world. No network, no timers of the loop, no trace, no journal; and it can look at any instant of the past.
 */
import { requestInfoOf } from '#engine/control-plane/apiserver';
import { EtcdError } from '#engine/control-plane/etcd';
import type { Handler, HttpRequest } from '#engine/http';
import type { Clock, Millis, Timer, World } from '#engine/sim';
import type { History } from './history.ts';
import { Lens } from './lens.ts';
import type { Site } from './site.ts';

export interface Observer {
  /** The API as its administrator reads it; refuses what is no read, see `isLooking`. */
  readonly handler: Handler;
  /** The instant on view; undefined: now. */
  readonly at: Millis | undefined;
  /**
   * Shows the state at the end of that instant, or from now on the present: open watches deliver what differs.
   * Answers the instant that is shown: no earlier than history goes back. Later than now is now.
   */
  goTo(at: Millis | undefined): Millis | undefined;
  /** Ends every watch. */
  close(): void;
}

/** Subresources whose reading goes to a kubelet or a Pod: that is a deed. */
const DEEDS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);
const ABOUT_THE_SERVER = /^\/(metrics|healthz|livez|readyz)(\/|$)/;

/** Whether a request only looks at what etcd holds or at what the API is: get, list, watch, discovery, OpenAPI, version. */
export function isLooking(request: Pick<HttpRequest, 'method' | 'path' | 'query'>): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const { isResourceRequest, verb, subresource } = requestInfoOf(request);
  if (!isResourceRequest) return !ABOUT_THE_SERVER.test(request.path);
  return verb !== 'proxy' && !DEEDS.has(subresource);
}

/** What observers need of the cluster. */
export interface Observed {
  readonly site: Pick<Site, 'world' | 'etcd' | 'adminToken' | 'pki' | 'apiAddress' | 'loadBeside'>;
  readonly history: History;
  /** A bug in the observer's own work. */
  fail(error: unknown): void;
}

export function createObserver({ site, history, fail }: Observed): Observer {
  let at: Millis | undefined;
  let lens = new Lens(site.etcd.store);
  let stop = new AbortController();
  let server: Promise<Handler> | undefined;
  const { clock } = site.world;
  const world: World = {
    clock: observersClock(() => at ?? clock.now(), fail),
    rng: site.world.rng.fork('observer'),
    trace: { emit: () => undefined },
  };
  const start = async (): Promise<Handler> => {
    const { createApiServer } = await site.loadBeside('apiserver');
    return createApiServer(
      world,
      {
        etcd: lens,
        advertiseAddress: site.apiAddress,
        users: [{ token: site.adminToken, username: 'kubernetes-admin', groups: ['system:masters'] }],
        serviceAccountKey: site.pki['sa.key'],
        load: site.loadBeside,
        compactionIntervalMs: 0,
        bootstrap: false,
      },
      stop.signal,
    ).handler;
  };
  const close = () => {
    stop.abort();
    stop = new AbortController();
    server = undefined;
    lens = new Lens(site.etcd.store);
  };
  const move = (wanted: Millis | undefined) => {
    const revision = wanted === undefined ? undefined : history.revisionAt(wanted);
    at = wanted;
    try {
      lens.move(revision);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      // What was on view is no longer known, so nobody can tell what differs: readers list again.
      close();
      lens.move(revision);
    }
  };
  return {
    handler: async (request) => {
      server ??= start();
      return (await server)({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${site.adminToken}` },
      });
    },
    get at() {
      return at;
    },
    goTo(wanted) {
      move(wanted === undefined || wanted >= clock.now() ? undefined : Math.max(wanted, history.oldest));
      return at;
    },
    close,
  };
}

/** Shows virtual time but leaves the loop alone: what is due at once rings when the running code is done, what is due later never does. */
function observersClock(now: () => Millis, fail: (error: unknown) => void): Clock {
  const after = (ms: Millis, _name: string, ring: () => void): Timer => {
    let cancelled = false;
    const timer = {
      due: now() + ms,
      cancel: () => {
        cancelled = true;
      },
    };
    if (ms === 0)
      Promise.resolve()
        .then(() => (cancelled ? undefined : ring()), undefined)
        .catch(fail);
    return timer;
  };
  return {
    now,
    after,
    sleep: (ms, name, signal) =>
      new Promise((resolve) => {
        after(ms, name, resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}
