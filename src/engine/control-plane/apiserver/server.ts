/**
 * kube-apiserver: one Handler over one etcd.
 * @upstream pkg/controlplane/instance.go
 */
import { ipAddresses, services } from '#engine/api';
import type { TokenKey } from '#engine/apimachinery/x509';
import { type Etcd, EtcdError } from '#engine/control-plane/etcd';
import { type Handler, NetError } from '#engine/http';
import type { World } from '#engine/sim';
import { createAdmissionChain } from './admission/admission.ts';
import { defaultPlugins } from './admission/default-plugins.ts';
import { createAggregator } from './aggregation/aggregator.ts';
import { followDefinitions } from './aggregation/definition-services.ts';
import { createBootstrapTokens } from './authentication/bootstrap-tokens.ts';
import { createTokenIssuer, type Lookup } from './authentication/service-account-tokens.ts';
import { unionAuthorizer } from './authorization/authorizer.ts';
import { createNodeAuthorizer } from './authorization/node/node-authorizer.ts';
import { createRbac } from './authorization/rbac/rbac.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { startUpkeep } from './bootstrap/upkeep.ts';
import type { ApiHandler } from './context.ts';
import { createCustomResourceHost } from './custom-resource-host.ts';
import type { Server, Stores } from './endpoints/endpoint.ts';
import { createNonResourceEndpoint } from './endpoints/nonresource.ts';
import { printedYaml } from './endpoints/respond.ts';
import { route } from './endpoints/router.ts';
import { createAuthenticator, usersByToken } from './filters/authentication.ts';
import { createClassifier } from './flow-control/classifier.ts';
import { createFairness, type Fairness } from './flow-control/fairness.ts';
import { startFlowControlUpkeep } from './flow-control/upkeep.ts';
import {
  type ApiServerOptions,
  DEFAULT_ADVERTISE_ADDRESS,
  DEFAULT_ADVERTISE_PORT,
  DEFAULT_COMPACTION_INTERVAL_MS,
  DEFAULT_EVENT_TTL_SECONDS,
  DEFAULT_NODE_PORTS,
  DEFAULT_SERVICE_RANGE,
} from './options.ts';
import { createPipeline } from './pipeline.ts';
import { expressionHooks } from './registry/admissionregistration/expression-hooks.ts';
import { forAnyKind, strategies } from './registry/strategies.ts';
import { createAddressRecords } from './service-allocation/address-records.ts';
import { createServiceAllocation, type ServiceAllocation } from './service-allocation/service-hooks.ts';
import { createStores } from './stores.ts';
import { inTurns } from './turns.ts';

export interface ApiServer {
  readonly handler: Handler;
  /** Resolves when the objects every cluster has are there. Requests wait for it by themselves. */
  readonly ready: Promise<void>;
}

/** @fidelity full */
export function createApiServer(world: World, options: ApiServerOptions, signal?: AbortSignal): ApiServer {
  const { etcd, load, net } = options;
  const serviceRange = options.serviceClusterIpRange ?? DEFAULT_SERVICE_RANGE;
  const allocation = createServiceAllocation(world, {
    clusterIpRange: serviceRange,
    nodePorts: options.serviceNodePortRange ?? DEFAULT_NODE_PORTS,
  });
  // A server that is started again must not give the same names and uids once more.
  const thisRun = { ...world, rng: world.rng.fork(`started at ${world.clock.now()}`) };
  const rbac = createRbac();
  const custom = createCustomResourceHost(thisRun, options);
  const hooks = { '/services': allocation.hooks, ...custom.hooks, ...rbac.hooks };
  const stores = createStores(thisRun, {
    etcd,
    strategies: [...strategies, forAnyKind(custom.strategy)],
    eventTtlSeconds: options.eventTtlSeconds ?? DEFAULT_EVENT_TTL_SECONDS,
    freeze: options.freeze ?? false,
    hooks: { ...hooks, ...expressionHooks(load, () => server) },
  });
  takeOver(allocation, thisRun, stores, etcd, signal);
  const tokens = createTokenIssuer(thisRun, lookupIn(stores), signingKey(world, options));
  const authorizer = unionAuthorizer([
    createNodeAuthorizer(stores),
    rbac.start(stores, etcd, () => authorizer, signal),
  ]);
  const users = usersByToken(options.users ?? []);
  const bootstrapTokens = createBootstrapTokens(world, stores);
  const fairness = createFairness(thisRun, stores, etcd, signal);
  const server: Server = {
    world,
    stores,
    authorizer,
    tokens,
    audiencelessUser: (token) => users.get(token) ?? bootstrapTokens(token),
    admission: createAdmissionChain(
      defaultPlugins({ world: thisRun, stores, authorizer: () => authorizer, load, net }),
    ),
    net,
    load,
    timeouts: world.rng.fork('apiserver/watch-timeout'),
  };
  custom.start(stores, signal);
  const authenticate = createAuthenticator({ users, bootstrapTokens, anonymous: options.anonymous ?? true, tokens });
  const serve = createPipeline({
    world,
    authenticate,
    classify: createClassifier(stores, etcd, signal),
    fairness,
    authorizer,
    endpoint: createEndpoint(server, options, fairness, signal),
  });
  if (options.bootstrap !== false) followDefinitions(thisRun, stores, etcd, signal);
  let isReady = false;
  const network = { serviceIp: allocation.firstAddress, serviceRange };
  const ready = start(world, stores, options, network, signal).then(() => {
    isReady = true;
  });
  compactRegularly(world, etcd, options.compactionIntervalMs ?? DEFAULT_COMPACTION_INTERVAL_MS, signal);
  signal?.addEventListener('abort', () => closeAll(stores), { once: true });
  const handler: Handler = async (request) => {
    if (signal?.aborted) throw new NetError('ECONNREFUSED', 'connect: connection refused');
    if (!isReady) await ready;
    if (custom.isBusy) await custom.settle();
    return printedYaml(await serve(request), options.load);
  };
  return { handler: inTurns(world, handler), ready };
}

function createEndpoint(
  server: Server,
  options: ApiServerOptions,
  fairness: Fairness,
  signal: AbortSignal | undefined,
): ApiHandler {
  const parts = () => options.load('aggregation');
  const aggregator = createAggregator(server.world, server, options.etcd, parts, options.bootstrap !== false, signal);
  const address = `${options.advertiseAddress ?? DEFAULT_ADVERTISE_ADDRESS}:${options.advertisePort ?? DEFAULT_ADVERTISE_PORT}`;
  const nonResource = createNonResourceEndpoint(server, address, aggregator, parts, fairness);
  return async (context) =>
    aggregator.proxy(context) ?? (context.info.isResourceRequest ? route(server, context) : nonResource(context));
}

/** What stored Services hold is taken; from now on what they take is recorded. */
function takeOver(
  allocation: ServiceAllocation,
  world: World,
  stores: Stores,
  etcd: Etcd,
  signal: AbortSignal | undefined,
): void {
  for (const { value } of stores.of(services).storage.list()) allocation.adopt(value);
  const records = createAddressRecords(world, stores.find(ipAddresses.group, ipAddresses.plural));
  allocation.follow(records, stores, etcd, signal);
}

/** Makes what is missing; an etcd that is away is waited for. */
async function start(
  world: World,
  stores: Stores,
  options: ApiServerOptions,
  network: { readonly serviceIp: string; readonly serviceRange: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  if (options.bootstrap === false) return;
  const address = options.advertiseAddress ?? DEFAULT_ADVERTISE_ADDRESS;
  const port = options.advertisePort ?? DEFAULT_ADVERTISE_PORT;
  while (!signal?.aborted) {
    try {
      const own = { ...network, address, port, clientCa: options.clientCa ?? NO_CA };
      await bootstrap(world, stores, own);
      startUpkeep(world, stores, options.etcd, own, signal);
      startFlowControlUpkeep(world, stores, options.etcd, signal);
      return;
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      await world.clock.sleep(BOOTSTRAP_RETRY_MS, 'apiserver.bootstrap', signal);
    }
  }
}

/** What signs ServiceAccount tokens, made when the first one is asked for. */
function signingKey({ rng }: World, { load, serviceAccountKey }: ApiServerOptions): () => Promise<TokenKey> {
  const make = async (): Promise<TokenKey> => {
    const { tokenKey, writePrivateKey, drawPrivateKey } = await load('x509');
    return tokenKey(serviceAccountKey ?? writePrivateKey(drawPrivateKey(rng.fork('apiserver/service-account-key'))));
  };
  let made: Promise<TokenKey> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const BOOTSTRAP_RETRY_MS = 1000;
/** Stands in for a certificate where no CA is configured. */
const NO_CA = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

/** Ends every watch: clients find another server, or this one again. */
function closeAll(stores: Stores): void {
  for (const { cache } of stores.all()) cache.close();
}

const PLURALS = { ServiceAccount: 'serviceaccounts', Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

const lookupIn =
  (stores: Stores): Lookup =>
  (kind, namespace, name) =>
    stores.find('', PLURALS[kind])?.find(namespace || undefined, name);

/** The revision to compact in the next round. An etcd that is away is compacted another time. */
function compactUpTo(etcd: Etcd, revision: number): number {
  try {
    if (revision > etcd.compactedRevision) etcd.compact(revision);
    return etcd.revision;
  } catch (error) {
    if (error instanceof EtcdError) return revision;
    throw error;
  }
}

/** Forgets what was history at the last round. @upstream staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go */
function compactRegularly(world: World, etcd: Etcd, intervalMs: number, signal: AbortSignal | undefined): void {
  if (intervalMs === 0) return;
  let last = etcd.revision;
  const round = () => {
    last = compactUpTo(etcd, last);
    timer = world.clock.after(intervalMs, 'apiserver.compaction', round);
  };
  let timer = world.clock.after(intervalMs, 'apiserver.compaction', round);
  signal?.addEventListener('abort', () => timer.cancel(), { once: true });
}
