/**
 * What the server fills into a Service, and what it takes away when the type changes.
 * @upstream pkg/apis/core/v1/defaults.go, pkg/registry/core/service/strategy.go
 */
import type { Service, ServicePort, ServiceSpec } from '#engine/api';
import { changeItems, changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';

const AFFINITY_SECONDS = 10_800;

export const isLoadBalancer = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer';
export const isHeadless = ({ clusterIPs }: ServiceSpec): boolean =>
  clusterIPs?.length === 1 && clusterIPs[0] === 'None';

/** Whether the Service can be reached from outside the cluster. */
export const isExternallyAccessible = (spec: ServiceSpec): boolean =>
  isLoadBalancer(spec) ||
  spec.type === 'NodePort' ||
  (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);

/** Whether a port for health checks of the load balancer is needed. */
export const needsHealthCheck = (spec: ServiceSpec): boolean =>
  isLoadBalancer(spec) && spec.externalTrafficPolicy === 'Local';

function defaultPort(port: ServicePort): ServicePort {
  const next = withDefaults(port, { protocol: 'TCP' });
  return next.targetPort ? next : { ...next, targetPort: next.port ?? 0 };
}

function defaultAffinity(spec: ServiceSpec): ServiceSpec {
  const next = withDefaults(spec, { sessionAffinity: 'None' });
  if (next.sessionAffinity === 'None') return withMember(next, 'sessionAffinityConfig', undefined);
  if (next.sessionAffinity !== 'ClientIP' || next.sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined)
    return next;
  return { ...next, sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } };
}

function defaultSpec(spec: ServiceSpec): ServiceSpec {
  let next = changeItems(withDefaults(defaultAffinity(spec), { type: 'ClusterIP' }), 'ports', defaultPort);
  if (isExternallyAccessible(next)) next = withDefaults(next, { externalTrafficPolicy: 'Cluster' });
  if (next.type === 'ClusterIP' || next.type === 'NodePort' || isLoadBalancer(next)) {
    next = withPointerDefaults(next, { internalTrafficPolicy: 'Cluster' });
  }
  return isLoadBalancer(next) ? withPointerDefaults(next, { allocateLoadBalancerNodePorts: true }) : next;
}

export function defaultService(service: Service): Service {
  const spec = defaultSpec(service.spec ?? {});
  let status = service.status?.loadBalancer ? service.status : { ...service.status, loadBalancer: {} };
  if (isLoadBalancer(spec)) {
    status = changeMember(status, 'loadBalancer', (balancer) =>
      changeItems(balancer, 'ingress', (ingress: { readonly ip?: string; readonly ipMode?: string }) =>
        ingress.ip ? withPointerDefaults(ingress, { ipMode: 'VIP' }) : ingress,
      ),
    );
  }
  return service.spec === spec && service.status === status ? service : { ...service, spec, status };
}

/**
 * `clusterIP` is the first of `clusterIPs`. Whoever sets or clears only the one means the other too.
 * @upstream pkg/registry/core/service/strategy.go (NormalizeClusterIPs)
 */
export function normalizeClusterIps(next: Service, current: Service | undefined): Service {
  const { clusterIP = '', clusterIPs = [] } = next.spec;
  const put = (ips: readonly string[] | undefined): Service => ({
    ...next,
    spec: withMember(next.spec, 'clusterIPs', ips),
  });
  if (!current) return clusterIP !== '' && clusterIPs.length === 0 ? put([clusterIP]) : next;
  const { clusterIP: before = '', clusterIPs: beforeAll = [] } = current.spec;
  if (clusterIP === before) return clusterIPs.length === 0 && beforeAll.length > 0 ? put(beforeAll) : next;
  if (clusterIP === '') return sameList(clusterIPs, beforeAll) ? put(undefined) : next;
  return clusterIPs.length === 0 || sameList(clusterIPs, beforeAll) ? put([clusterIP]) : next;
}

/** A client that writes a Service without its allocated values keeps them. */
export function patchAllocatedValues(next: Service, current: Service): Service {
  let { spec } = next;
  const before = current.spec;
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!spec.clusterIP) spec = withMember(spec, 'clusterIP', before.clusterIP);
    if ((spec.clusterIPs?.length ?? 0) === 0 && spec.clusterIP === before.clusterIP) {
      spec = withMember(spec, 'clusterIPs', before.clusterIPs);
    }
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) spec = keepNodePorts(spec, before);
  if (needsHealthCheck(spec) && needsHealthCheck(before) && !spec.healthCheckNodePort) {
    spec = withMember(spec, 'healthCheckNodePort', before.healthCheckNodePort);
  }
  return spec === next.spec ? next : { ...next, spec };
}

export const needsNodePorts = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || (isLoadBalancer(spec) && spec.allocateLoadBalancerNodePorts !== false);

const portKey = ({ protocol, port }: ServicePort) => `${protocol} ${port}`;

/** Ports that kept protocol and number keep their node port, unless another port took it. */
function keepNodePorts(spec: ServiceSpec, before: ServiceSpec): ServiceSpec {
  const taken = new Set(
    (spec.ports ?? []).filter((port) => port.nodePort).map(({ protocol, nodePort }) => `${protocol} ${nodePort}`),
  );
  const old = new Map((before.ports ?? []).map((port) => [portKey(port), port.nodePort]));
  return changeItems(spec, 'ports', (port: ServicePort) => {
    const nodePort = port.nodePort ? undefined : old.get(portKey(port));
    return nodePort && !taken.has(`${port.protocol} ${nodePort}`) ? { ...port, nodePort } : port;
  });
}

const sameNodePorts = (a: ServiceSpec, b: ServiceSpec) => {
  const portsOf = (spec: ServiceSpec) =>
    (spec.ports ?? [])
      .map(({ nodePort = 0 }) => nodePort)
      .sort()
      .join();
  return portsOf(a) === portsOf(b);
};

/** Fields that belong to the old type and were left as they were go away with it. */
export function dropTypeDependentFields(next: Service, current: Service): Service {
  let { spec } = next;
  const before = current.spec;
  const drop = <K extends keyof ServiceSpec>(key: K) => {
    spec = withMember(spec, key, undefined);
  };
  if (before.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (sameList(spec.clusterIPs, before.clusterIPs) && spec.clusterIP === before.clusterIP) {
      drop('clusterIP');
      drop('clusterIPs');
    }
    if (sameList(spec.ipFamilies, before.ipFamilies)) drop('ipFamilies');
    if (spec.ipFamilyPolicy === before.ipFamilyPolicy) drop('ipFamilyPolicy');
  }
  if (usesNodePorts(before) && !usesNodePorts(spec) && sameNodePorts(spec, before)) {
    spec = changeItems(spec, 'ports', (port: ServicePort) => withMember(port, 'nodePort', undefined));
  }
  if (needsHealthCheck(before) && !needsHealthCheck(spec) && spec.healthCheckNodePort === before.healthCheckNodePort) {
    drop('healthCheckNodePort');
  }
  if (isLoadBalancer(before) && !isLoadBalancer(spec)) {
    if (spec.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts)
      drop('allocateLoadBalancerNodePorts');
    if (spec.loadBalancerClass === before.loadBalancerClass) drop('loadBalancerClass');
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) {
    if (spec.externalTrafficPolicy === before.externalTrafficPolicy) drop('externalTrafficPolicy');
  }
  return spec === next.spec ? next : { ...next, spec };
}

const usesNodePorts = (spec: ServiceSpec) => spec.type === 'NodePort' || isLoadBalancer(spec);
const sameList = (a: readonly string[] = [], b: readonly string[] = []) =>
  a.length === b.length && a.every((x, i) => x === b[i]);
