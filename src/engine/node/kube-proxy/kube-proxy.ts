/** Keeps the rules of one Node in line with the Services and EndpointSlices of the cluster. */
import { type EndpointSlice, endpointSlices, type Service, services } from '#engine/api';
import { type Client, createInformerFactory, type Informer } from '#engine/client-go';
import type { NodeNetwork } from '#engine/node/cni';
import { type Millis, type Timer, untilAborted, type World } from '#engine/sim';
import { computeRules, type RuleSet } from './compute-rules.ts';

export interface KubeProxyOptions {
  readonly nodeName: string;
  readonly network: NodeNetwork;
  /** Informers that all proxies of a cluster share; without it a proxy keeps its own. */
  readonly shared?: ProxyState;
  readonly clusterCidr?: string;
  /** Told of every new set of rules. */
  readonly onRules?: (rules: RuleSet) => void;
}

/** Services and EndpointSlices as a proxy needs them. */
export interface ProxyState {
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
}

const SERVICE_NAME = 'service.kubernetes.io/service-proxy-name';
const HEADLESS = 'service.kubernetes.io/headless';
const OWNER = 'kubernetes.io/service-name';
/** At most one change of the rules a second. */
const MIN_SYNC_MS: Millis = 1_000;

export function createProxyState(world: World, client: Client, signal: AbortSignal): ProxyState {
  const informers = createInformerFactory(world, client, signal);
  const selection = { labelSelector: `!${SERVICE_NAME},!${HEADLESS}` };
  return {
    services: informers.informer(services, selection),
    slices: informers.informer(endpointSlices, {
      ...selection,
      indexers: { service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.[OWNER] ?? ''}`] },
    }),
  };
}

/**
 * Runs kube-proxy until the signal aborts. Rules stay when it ends, as they do on a real Node.
 * @upstream pkg/proxy/iptables/proxier.go, cmd/kube-proxy/app/server.go
 * @fidelity partial: iptables mode, IPv4
 */
export async function runKubeProxy(
  world: World,
  client: Client,
  options: KubeProxyOptions,
  signal: AbortSignal,
): Promise<void> {
  const state = options.shared ?? createProxyState(world, client, signal);
  let lastSync = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  const sync = () => {
    timer = undefined;
    if (signal.aborted || !state.services.hasSynced || !state.slices.hasSynced) return;
    lastSync = world.clock.now();
    const rules = computeRules({
      services: state.services.lister.list(),
      slicesOf: (namespace, service) => state.slices.lister.byIndex('service', `${namespace}/${service}`),
      nodeName: options.nodeName,
    });
    options.network.forwarding.install(rules.forwarding);
    options.onRules?.(rules);
  };
  const changed = () => {
    if (signal.aborted) return;
    timer ??= world.clock.after(Math.max(0, lastSync + MIN_SYNC_MS - world.clock.now()), 'kube-proxy/sync', sync);
  };
  const handler = { added: changed, updated: changed, deleted: changed };
  const stops = [state.services.addEventHandler(handler), state.slices.addEventHandler(handler)];
  void Promise.all([state.services.synced, state.slices.synced]).then(changed);
  await untilAborted(signal);
  for (const stop of stops) stop();
  timer?.cancel();
}
