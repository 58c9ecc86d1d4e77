/**
 * What a fresh server finds missing and makes: system namespaces, priority classes, and the Service that is itself.
 * @upstream pkg/controlplane/controller
 * @fidelity partial: flow schemas and ServiceCIDRs are not served yet
 */
import {
  apiVersionOf,
  clusterRoleBindings,
  clusterRoles,
  endpointSlices,
  endpoints,
  namespaces,
  priorityClasses,
  type Resource,
  roleBindings,
  roles,
  schemaForKind,
  services,
} from '#engine/api';
import { type Draft, decodeObject, fieldSetOf, type KubeObject, updateManagedFields } from '#engine/apimachinery';
import { formatTime, type World } from '#engine/sim';
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from './authorization/rbac/bootstrap-policy.ts';
import type { Stores } from './endpoints/endpoint.ts';

const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const SYSTEM_CRITICAL = 2_000_000_000;

export interface BootstrapOptions {
  /** The first address of the service range: 10.96.0.1. */
  readonly serviceIp: string;
  readonly address: string;
  readonly port: number;
}

/** Creates what is absent; what is there stays. */
export async function bootstrap(world: World, stores: Stores, options: BootstrapOptions): Promise<void> {
  const ensure = async <T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    draft: Draft<T>,
  ) => {
    const store = stores.find(resource.group, resource.plural);
    if (!store || store.find(namespace, draft.metadata.name ?? '')) return;
    const object = draft as unknown as KubeObject;
    const context = {
      world,
      user: { username: 'system:apiserver', groups: ['system:masters'] },
      namespace,
      dryRun: false,
      warn: () => undefined,
    };
    await store.create(owned(world, resource, store.strategy.defaults?.(object) ?? object), context);
  };
  for (const name of SYSTEM_NAMESPACES)
    await ensure(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const draft of bootstrapClusterRoles()) await ensure(clusterRoles, undefined, draft);
  for (const draft of bootstrapClusterRoleBindings()) await ensure(clusterRoleBindings, undefined, draft);
  for (const draft of bootstrapRoles()) await ensure(roles, draft.metadata.namespace, draft);
  for (const draft of bootstrapRoleBindings()) await ensure(roleBindings, draft.metadata.namespace, draft);
  for (const draft of systemPriorityClasses) await ensure(priorityClasses, undefined, draft);
  await ensure(services, 'default', kubernetesService(options));
  await ensure(endpoints, 'default', kubernetesEndpoints(options));
  await ensure(endpointSlices, 'default', kubernetesEndpointSlice(options));
}

/** The server writes through itself, under its own name. */
function owned(world: World, resource: Resource, object: KubeObject): KubeObject {
  const schema = schemaForKind(resource);
  const decoded = (schema ? decodeObject(object, schema).object : object) as unknown as KubeObject;
  if (!schema) return decoded;
  const time = formatTime(world.clock.now());
  return updateManagedFields(undefined, decoded, schema, {
    manager: 'kube-apiserver',
    apiVersion: apiVersionOf(resource),
    time,
    resetFields: fieldSetOf(['status']),
  });
}

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
