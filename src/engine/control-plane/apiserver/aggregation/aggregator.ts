/**
 * The aggregation layer: APIServices that a Service of the cluster answers for.
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/apiserver/apiserver.go, pkg/controllers/status/remote
 */
import { type APIService, apiServices, endpointSlices, type Resource, services } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import { type Etcd, EtcdError, prefixRange } from '#engine/control-plane/etcd';
import type { HttpResponse } from '#engine/http';
import type { Millis, Timer, World } from '#engine/sim';
import type { ApiContext } from '../context.ts';
import type { Server } from '../endpoints/endpoint.ts';
import type { CatalogueResource, RemoteVersion } from '../endpoints/resource-facts.ts';
import type { Store } from '../registry/generic/store.ts';
import { prefixOf } from '../storage/prefix.ts';
import type { examine, setAvailable } from './availability.ts';
import type { proxyToService } from './front-proxy.ts';
import { LOCAL } from './local-services.ts';

export interface Aggregator {
  /** The answer of the Service that is responsible for a path below /apis; undefined when this server is. */
  proxy(context: ApiContext): Promise<HttpResponse> | undefined;
  /** What Services answer for, as discovery shows it. */
  versions(): readonly RemoteVersion[];
  /** The APIServices whose Service answers. */
  available(): readonly APIService[];
}

/** What only a cluster needs that has such Services: loaded then. */
export interface RemoteParts {
  readonly examine: typeof examine;
  readonly setAvailable: typeof setAvailable;
  readonly proxyToService: typeof proxyToService;
}

/** Soon after a change, several of them together. */
const DELAY_MS = 100;
/** Who does not answer is asked again. */
const RETRY_MS = 30_000;

const conditionOf = ({ status }: APIService) => status?.conditions?.find(({ type }) => type === 'Available');
const isAvailable = (service: APIService): boolean => conditionOf(service)?.status === 'True';

/**
 * @param judges whether conditions are written; who only looks does not
 * @fidelity partial: a caBundle is not looked at; a Service that answers is asked again only when it, its endpoints or an APIService changes
 */
export function createAggregator(
  world: World,
  server: Server,
  etcd: Etcd,
  parts: () => Promise<RemoteParts>,
  judges: boolean,
  signal: AbortSignal | undefined,
): Aggregator {
  // The kind may come later than the server.
  const storeNow = () =>
    server.stores.find(apiServices.group, apiServices.plural) as unknown as Store<APIService> | undefined;
  /** By `group/version`; only those with a Service. */
  let remote: ReadonlyMap<string, APIService> = new Map();
  /** What each of them said last, by the APIService's name. */
  const said = new Map<string, readonly CatalogueResource[]>();

  const look = () => {
    const all =
      storeNow()
        ?.storage.list()
        .map(({ value }) => value) ?? [];
    remote = new Map(
      all.filter(({ spec }) => spec?.service).map((one) => [`${one.spec?.group}/${one.spec?.version}`, one]),
    );
    return all;
  };
  const judgeOne = async (service: APIService): Promise<boolean> => {
    const store = storeNow();
    if (!store) return false;
    const part = await parts();
    const { name } = service.metadata;
    const { verdict, resources } = service.spec?.service
      ? await part.examine(server, service)
      : { verdict: LOCAL, resources: undefined };
    if (resources) said.set(name, resources);
    await part.setAvailable(world, store, name, verdict).catch(pastRace);
    return verdict.reason === 'FailedDiscoveryCheck';
  };
  const schedule = createRounds(world, signal, async () => {
    let again = false;
    for (const service of look()) {
      if (signal?.aborted) return false;
      again = (await judgeOne(service)) || again;
    }
    return again;
  });
  // Nothing is looked at for as long as every APIService is local and says so.
  const watch = (resource: Resource, concerns: () => boolean) => {
    const stop = etcd.watch(prefixRange(prefixOf(resource)), 0, () => {
      if (judges && concerns()) schedule(DELAY_MS);
    });
    signal?.addEventListener('abort', stop, { once: true });
  };
  watch(apiServices, () => {
    const all = look();
    return remote.size > 0 || all.some((one) => conditionOf(one) === undefined);
  });
  watch(services, () => remote.size > 0);
  watch(endpointSlices, () => remote.size > 0);
  look();
  if (judges && remote.size > 0) schedule(DELAY_MS);

  const current = (service: APIService) => storeNow()?.find(undefined, service.metadata.name) ?? service;
  return {
    versions: () =>
      [...remote.values()].map(current).map((service) => {
        const { group = '', version = '', groupPriorityMinimum = 0 } = service.spec ?? {};
        const resources = isAvailable(service) ? said.get(service.metadata.name) : undefined;
        return { group, version, priority: groupPriorityMinimum, resources };
      }),
    available: () => [...remote.values()].map(current).filter(isAvailable),
    proxy({ request, user }) {
      if (remote.size === 0) return undefined;
      const [, prefix, group, version] = request.path.split('/');
      const found = prefix === 'apis' ? remote.get(`${group}/${version}`) : undefined;
      return found && parts().then((part) => part.proxyToService(server, current(found), request, user));
    },
  };
}

/** Rounds of `judge`, one at a time: the returned function asks for the next one. It is asked for again while `judge` wants it. */
function createRounds(world: World, signal: AbortSignal | undefined, judge: () => Promise<boolean>) {
  let next: { readonly timer: Timer; readonly due: number } | undefined;
  const schedule = (after: Millis): void => {
    const due = world.clock.now() + after;
    if (signal?.aborted || (next && next.due <= due)) return;
    next?.timer.cancel();
    const timer = world.clock.after(after, 'apiserver.aggregator', () => {
      next = undefined;
      const again = judge().catch((error) => {
        // An etcd that is away is asked another time.
        if (error instanceof EtcdError) return true;
        throw error;
      });
      void again.then((wanted) => wanted && schedule(RETRY_MS));
    });
    next = { timer, due };
  };
  return schedule;
}

/** Somebody else was faster: their write is seen, and looked at. */
function pastRace(error: unknown): void {
  if (!isConflict(error) && !isNotFound(error)) throw error;
}
