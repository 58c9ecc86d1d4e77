/**
 * The aggregation layer: APIServices that a Service of the cluster answers for.
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go, pkg/controllers/status/remote
 */
import {
  type APIService,
  apiServices,
  endpointSlices,
  type Resource,
  type Service,
  schemaForKind,
  services,
} from '#engine/api';
import { type KubeObject, type StructSchema, semanticEqual, updateManagedFields } from '#engine/apimachinery';
import { type Etcd, EtcdError, prefixRange } from '#engine/control-plane/etcd';
import { bodyJson, bodyText, type HttpResponse, httpRequest, NetError } from '#engine/http';
import { formatTime, type Timer, type World } from '#engine/sim';
import { SERVER } from '../bootstrap/seed.ts';
import type { ApiContext } from '../context.ts';
import type { Server } from '../endpoints/endpoint.ts';
import type { CatalogueResource, RemoteVersion } from '../endpoints/resource-facts.ts';
import { reach } from '../endpoints/subresources/kubelet.ts';
import type { Store } from '../registry/generic/store.ts';
import { prefixOf } from '../storage/prefix.ts';
import { LOCAL } from './local-services.ts';
import { remoteResources } from './remote-resources.ts';

export interface Aggregator {
  /** The answer of the Service that is responsible for a path below /apis; undefined when this server is. */
  proxy(context: ApiContext): Promise<HttpResponse> | undefined;
  /** What Services answer for, as discovery shows it. */
  versions(): readonly RemoteVersion[];
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Resources by APIService. */
type Said = Map<string, readonly CatalogueResource[]>;

const PASSED: Verdict = { status: 'True', reason: 'Passed', message: 'all checks passed' };

/** Soon after a change, several of them together. */
const DELAY_MS = 100;
/** Who does not answer is asked again. */
const RETRY_MS = 30_000;
const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });

const UNAVAILABLE: HttpResponse = Object.freeze({
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: { kind: 'text', text: 'service unavailable\n' } as const,
});

const conditionOf = ({ status }: APIService) => status?.conditions?.find(({ type }) => type === 'Available');

/**
 * @param judges whether conditions are written; who only looks does not
 * @fidelity partial: OpenAPI of a Service is not merged into the server's own; groups of Services follow the others by name, not by priority; no client certificate of a front proxy
 */
export function createAggregator(
  world: World,
  server: Server,
  etcd: Etcd,
  judges: boolean,
  signal: AbortSignal | undefined,
): Aggregator {
  // The kind may come later than the server.
  const storeNow = () =>
    server.stores.find(apiServices.group, apiServices.plural) as unknown as Store<APIService> | undefined;
  /** By `group/version`; only those with a Service. */
  let remote: ReadonlyMap<string, APIService> = new Map();
  /** What each of them said last, by the APIService's name. */
  const said: Said = new Map();
  let next: { readonly timer: Timer; readonly due: number } | undefined;

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
  const judge = async () => {
    next = undefined;
    let again = false;
    for (const service of look()) {
      if (signal?.aborted) return;
      const verdict = service.spec?.service ? await verdictOf(server, service, said) : LOCAL;
      again ||= verdict.reason === 'FailedDiscoveryCheck';
      const store = storeNow();
      if (store) await say(world, store, service.metadata.name, verdict);
    }
    if (again) schedule(RETRY_MS);
  };
  const schedule = (after = DELAY_MS) => {
    const due = world.clock.now() + after;
    if (!judges || signal?.aborted || (next && next.due <= due)) return;
    next?.timer.cancel();
    const timer = world.clock.after(after, 'apiserver.aggregator', () => {
      judge().catch((error) => {
        // An etcd that is away is asked another time.
        if (!(error instanceof EtcdError)) throw error;
        schedule(RETRY_MS);
      });
    });
    next = { timer, due };
  };
  // Nothing is looked at for as long as every APIService is local and says so.
  const watch = (resource: Resource, concerns: () => boolean) => {
    const stop = etcd.watch(prefixRange(prefixOf(resource)), 0, () => {
      if (concerns()) schedule();
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
  if (remote.size > 0) schedule();

  return {
    versions: () => remoteVersions([...remote.values()], storeNow(), said),
    proxy(context) {
      if (remote.size === 0) return undefined;
      const { path } = context.request;
      const [, prefix, group, version] = path.split('/');
      if (prefix !== 'apis' || !group || !version) return undefined;
      const found = remote.get(`${group}/${version}`);
      if (!found) return undefined;
      return passOn(server, storeNow()?.find(undefined, found.metadata.name) ?? found, context);
    },
  };
}

async function passOn(server: Server, current: APIService, { request }: ApiContext): Promise<HttpResponse> {
  if (conditionOf(current)?.status !== 'True') return UNAVAILABLE;
  const { name = '', namespace = '', port = 443 } = current.spec?.service ?? {};
  const service = server.stores.of(services).find(namespace, name);
  if (!service) return UNAVAILABLE;
  return reach(server, 'https', `${service.spec.clusterIP}:${port}`, request.path, request, request.query);
}

/** As discovery shows them: without resources while the Service does not answer. */
function remoteVersions(
  remote: readonly APIService[],
  store: Store<APIService> | undefined,
  said: Said,
): readonly RemoteVersion[] {
  return remote.map(({ metadata: { name }, spec }) => {
    const current = store?.find(undefined, name);
    const isAvailable = current && conditionOf(current)?.status === 'True';
    const resources = isAvailable ? said.get(name) : undefined;
    return { group: spec?.group ?? '', version: spec?.version ?? '', resources };
  });
}

const portOf = (service: Service, port: number) => service.spec.ports?.find((one) => one.port === port);

/** Whether the Service can answer. @upstream remote_available_controller.go sync */
async function verdictOf(server: Server, { metadata, spec }: APIService, said: Said): Promise<Verdict> {
  const { name = '', namespace = '', port = 443 } = spec?.service ?? {};
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = server.stores.of(services).find(namespace, name);
  if (!service) return no('ServiceNotFound', `${where} is not present`);
  if ((service.spec.type ?? 'ClusterIP') === 'ClusterIP') {
    const found = portOf(service, port);
    if (!found) return no('ServicePortError', `${where} is not listening on port ${port}`);
    const slices = server.stores
      .of(endpointSlices)
      .storage.list(namespace)
      .filter(({ value }) => value.metadata.labels?.['kubernetes.io/service-name'] === name);
    if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${where}`);
    const ready = slices.some(({ value }) => {
      const named = value.ports?.some((one) => (one.name ?? '') === (found.name ?? ''));
      return named && value.endpoints?.some(({ conditions }) => conditions?.ready !== false);
    });
    if (!ready) {
      const which = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(found.name ?? '')}`;
      return no('MissingEndpoints', which);
    }
  }
  const { group = '', version = '' } = spec ?? {};
  const { verdict, list } = await discoveryVerdict(
    server,
    `https://${service.spec.clusterIP}:${port}/apis/${group}/${version}`,
  );
  said.set(metadata.name, remoteResources(group, version, list));
  return verdict;
}

/** Whether it answers, and the document it answers with. */
async function discoveryVerdict(
  server: Server,
  url: string,
): Promise<{ readonly verdict: Verdict; readonly list?: unknown }> {
  const failed = (why: string) => ({
    verdict: no('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`),
  });
  if (!server.net) return failed('no network');
  try {
    const response = await server.net.fetch(httpRequest('GET', url));
    if (response.status >= 200 && response.status < 300) {
      return { verdict: PASSED, list: await bodyJson(response.body) };
    }
    await bodyText(response.body);
    return failed(`bad status from ${url}: ${response.status}`);
  } catch (error) {
    if (error instanceof SyntaxError) return { verdict: PASSED };
    if (!(error instanceof NetError)) throw error;
    return failed(`Get ${JSON.stringify(url)}: ${error.message}`);
  }
}

/** Writes the condition where it is another one. */
async function say(world: World, store: Store<APIService>, name: string, verdict: Verdict): Promise<void> {
  const { status, reason, message } = verdict;
  const before = store.find(undefined, name);
  if (!before) return;
  const known = conditionOf(before);
  if (known && semanticEqual([known.status, known.reason, known.message], [status, reason, message])) return;
  const now = formatTime(world.clock.now());
  const time = known?.status === status ? (known.lastTransitionTime ?? now) : now;
  const condition = { type: 'Available', status, lastTransitionTime: time, reason, message };
  const next = (current: APIService | undefined): APIService => {
    const live = current ?? before;
    const others = (live.status?.conditions ?? []).filter(({ type }) => type !== 'Available');
    const changed = { ...live, status: { ...live.status, conditions: [...others, condition] } };
    return updateManagedFields(live as KubeObject, changed, schemaForKind(apiServices) as StructSchema, {
      manager: 'kube-apiserver',
      apiVersion: 'apiregistration.k8s.io/v1',
      time: now,
      subresource: 'status',
    });
  };
  const { strategy } = store;
  await store.update(
    { namespace: undefined, name, next, ...(strategy.status && { subresource: strategy.status }) },
    { world, user: SERVER, namespace: undefined, dryRun: false, warn: () => undefined },
  );
}
