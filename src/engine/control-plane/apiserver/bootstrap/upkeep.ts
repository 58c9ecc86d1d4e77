/** What a server makes at its start is made again when somebody takes it away. */
import { endpointSlices, endpoints, namespaces, type Resource, services } from '#engine/api';
import { type Etcd, prefixRange } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import { prefixOf } from '../storage/prefix.ts';
import { type BootstrapOptions, SYSTEM_NAMESPACES, seedNamespaces, seedServer } from './bootstrap.ts';
import { planRounds } from './rounds.ts';
import { createSeed } from './seed.ts';

const NAMESPACES_PERIOD_MS = 60_000;
const SERVER_PERIOD_MS = 10_000;

/**
 * System namespaces are back within a minute, the Service that is this server and what stands behind it within ten seconds.
 * @upstream pkg/controlplane/controller/systemnamespaces, pkg/controlplane/controller/kubernetesservice
 * @fidelity partial: what is changed instead of taken away stays as it is
 */
export function startUpkeep(
  world: World,
  stores: Stores,
  etcd: Etcd,
  options: BootstrapOptions,
  signal: AbortSignal | undefined,
): void {
  const afterLoss = (kind: Resource, names: readonly string[], plan: () => void) => {
    const prefix = prefixOf(kind);
    const keys = new Set(names.map((name) => prefix + name));
    const stop = etcd.watch(prefixRange(prefix), 0, (events) => {
      if (events.some(({ type, kv }) => type === 'DELETE' && keys.has(kv.key))) plan();
    });
    signal?.addEventListener('abort', stop, { once: true });
  };
  const remake = async () => seedNamespaces(createSeed(world, stores));
  const namespaceLost = planRounds(world, 'apiserver.system-namespaces', NAMESPACES_PERIOD_MS, remake, signal);
  afterLoss(namespaces, SYSTEM_NAMESPACES, namespaceLost);
  const restand = () => seedServer(world, stores, createSeed(world, stores), options);
  const serverLost = planRounds(world, 'apiserver.kubernetes-service', SERVER_PERIOD_MS, restand, signal);
  for (const kind of [services, endpoints, endpointSlices]) afterLoss(kind, ['default/kubernetes'], serverLost);
}
