/**
 * What a fresh server finds missing and makes: system namespaces, priority classes, and the Service that is itself.
 * @upstream pkg/controlplane/controller
 * @fidelity full
 */
import {
  apiServices,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  endpointSlices,
  endpoints,
  leases,
  namespaces,
  priorityClasses,
  roleBindings,
  roles,
  serviceCIDRs,
  services,
} from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { randomSuffix, randomUuid, type World } from '#engine/sim';
import { localApiService, localAvailable } from '../aggregation/local-services.ts';
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from '../authorization/rbac/bootstrap-policy.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import { reviewResources } from '../endpoints/subresources/reviews.ts';
import { seedFlowControl } from './flow-control.ts';
import { createSeed, ownedObject, SERVER, type Seed } from './seed.ts';

/** Those that every cluster has. */
export const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const IDENTITY_SECONDS = 3600;
const SYSTEM_CRITICAL = 2_000_000_000;

/** Where the server is, and what it hands out. */
export interface BootstrapOptions {
  /** The first address of the service range: 10.96.0.1. */
  readonly serviceIp: string;
  /** `10.96.0.0/16` */
  readonly serviceRange: string;
  /** PEM. */
  readonly clientCa: string;
  readonly address: string;
  readonly port: number;
}

/** Creates what is absent; what is there stays. */
export async function bootstrap(world: World, stores: Stores, options: BootstrapOptions): Promise<void> {
  const seed = createSeed(world, stores);
  seedNamespaces(seed);
  seedFlowControl(seed);
  for (const draft of bootstrapClusterRoles()) seed.put(clusterRoles, undefined, draft);
  for (const draft of bootstrapClusterRoleBindings()) seed.put(clusterRoleBindings, undefined, draft);
  for (const draft of bootstrapRoles()) seed.put(roles, draft.metadata.namespace, draft);
  for (const draft of bootstrapRoleBindings()) seed.put(roleBindings, draft.metadata.namespace, draft);
  for (const draft of systemPriorityClasses) seed.put(priorityClasses, undefined, draft);
  for (const [name, data] of Object.entries(systemConfigMaps(options, seed.now)))
    seed.put(configMaps, 'kube-system', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  seedServiceRange(seed, options);
  await seedServer(world, stores, seed, options);
  seedApiServices(seed, stores);
  seedIdentity(world, seed, options);
}

/** Makes those that are missing. */
export function seedNamespaces(seed: Seed): void {
  for (const name of SYSTEM_NAMESPACES)
    seed.put(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

/** The range that the addresses of Services are from. */
function seedServiceRange(seed: Seed, options: BootstrapOptions): void {
  seed.put(
    serviceCIDRs,
    undefined,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'kubernetes' },
      spec: { cidrs: [options.serviceRange] },
    },
    {
      status: { conditions: [rangeReady(seed.now)] },
      statusManager: 'kubernetes-service-cidr-controller',
      // The rest is the controller manager's a moment later.
      statusFields: ['status', 'type'],
    },
  );
}

/** The Service that is this server, and what stands behind it. Throws a StatusError when its address is taken. */
export async function seedServer(world: World, stores: Stores, seed: Seed, options: BootstrapOptions): Promise<void> {
  const store = stores.find('', services.plural);
  if (store && !store.find('default', 'kubernetes')) {
    const draft = kubernetesService(options) as unknown as KubeObject;
    const owned = ownedObject(services, store.strategy.defaults?.(draft) ?? draft, 'kube-apiserver', seed.now);
    // As everybody's Service: it takes its address from the range.
    await store.create(owned, { world, user: SERVER, namespace: 'default', dryRun: false, warn: () => undefined });
  }
  seed.put(endpoints, 'default', kubernetesEndpoints(options));
  seed.put(endpointSlices, 'default', kubernetesEndpointSlice(options));
}

/** One per group and version that is compiled in; the aggregator's own group has none. */
function seedApiServices(seed: Seed, stores: Stores): void {
  const versions = new Set([
    ...stores
      .allServed()
      .filter(({ custom, resource }) => !custom && resource.group !== apiServices.group)
      .map(({ resource }) => `${resource.version}.${resource.group}`),
    ...reviewResources.map(({ group, version }) => `${version}.${group}`),
  ]);
  for (const name of versions) {
    const dot = name.indexOf('.');
    const service = localApiService(name.slice(dot + 1), name.slice(0, dot), 'onstart');
    seed.put(apiServices, undefined, service, { status: { conditions: [localAvailable(seed.now)] } });
  }
}

/**
 * The Lease by which servers of one cluster know each other.
 * @upstream pkg/controlplane/apiserver/server.go
 * @fidelity partial: written once per start, not renewed every ten seconds
 */
function seedIdentity(world: World, seed: Seed, { address, port }: BootstrapOptions): void {
  const rng = world.rng.fork('apiserver/identity');
  const name = `apiserver-${randomSuffix(rng, 26)}`;
  seed.put(leases, 'kube-system', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': 'control-plane' },
      annotations: { 'kubernetes.io/peer-advertise-address': `${address}:${port}` },
    },
    spec: {
      holderIdentity: `${name}_${randomUuid(rng)}`,
      leaseDurationSeconds: IDENTITY_SECONDS,
      renewTime: seed.now.replace('Z', '.000000Z'),
    },
  });
}

const rangeReady = (now: string) => ({
  type: 'Ready',
  status: 'True',
  lastTransitionTime: now,
  reason: '',
  message: 'Kubernetes default Service CIDR is ready',
});

const systemConfigMaps = ({ clientCa }: BootstrapOptions, now: string) => ({
  'extension-apiserver-authentication': { 'client-ca-file': clientCa },
  'kube-apiserver-legacy-service-account-token-tracking': { since: now.slice(0, 10) },
});

const systemPriorityClasses = [
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'system-node-critical' },
    value: SYSTEM_CRITICAL + 1000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'system-cluster-critical' },
    value: SYSTEM_CRITICAL,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

const kubernetesService = ({ serviceIp, port }: BootstrapOptions) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    clusterIP: serviceIp,
    clusterIPs: [serviceIp],
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  },
});

const kubernetesEndpoints = ({ address, port }: BootstrapOptions) => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'kubernetes', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
});

const kubernetesEndpointSlice = ({ address, port }: BootstrapOptions) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
  ports: [{ name: 'https', port, protocol: 'TCP' }],
});
