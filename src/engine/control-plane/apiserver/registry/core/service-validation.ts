/**
 * Checks of Services. Addresses and ports are allocated elsewhere; here is what the fields may say.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Service, ServicePort, ServiceSpec } from '#engine/api';
import { fieldErrors, isDns1123Subdomain, isValidIp, parseIp } from '#engine/apimachinery';
import {
  checkCidr,
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkIp,
  checkLabels,
  checkOneOf,
  checkPortNum,
  checkPortNumOrName,
  checkQualifiedName,
  checkSupported,
  type Errors,
  IMMUTABLE,
} from '../validation.ts';
import { checkNonSpecialIp, PROTOCOLS } from './endpoints.ts';
import { checkClusterIps, checkClusterIpsUpdate } from './service-cluster-ips.ts';
import { isExternallyAccessible, isHeadless, isLoadBalancer, needsHealthCheck } from './service-defaults.ts';

const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const MAX_AFFINITY_SECONDS = 86_400;

function checkTopology(errors: Errors, { metadata: { annotations } }: Service): void {
  const hints = annotations?.[TOPOLOGY_HINTS];
  const mode = annotations?.[TOPOLOGY_MODE];
  if (hints === undefined || mode === undefined || hints === mode) return;
  const why = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`;
  errors.push(fieldErrors.invalid(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, why));
}

function checkByType(errors: Errors, spec: ServiceSpec): void {
  if ((isLoadBalancer(spec) || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.push(
      fieldErrors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`),
    );
  }
  if (spec.type !== 'ExternalName') return;
  const why = 'may not be set for ExternalName services';
  if ((spec.clusterIPs?.length ?? 0) > 0) errors.push(fieldErrors.forbidden('spec.clusterIPs', why));
  if ((spec.ipFamilies?.length ?? 0) > 0) errors.push(fieldErrors.forbidden('spec.ipFamilies', why));
  if (spec.ipFamilyPolicy !== undefined) errors.push(fieldErrors.forbidden('spec.ipFamilyPolicy', why));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(fieldErrors.required('spec.externalName'));
  else checkDnsSubdomain(errors, 'spec.externalName', name);
}

function checkPort(errors: Errors, at: string, port: ServicePort, nameRequired: boolean, names: Set<string>): void {
  const { name = '' } = port;
  if (name === '') {
    if (nameRequired) errors.push(fieldErrors.required(`${at}.name`));
  } else {
    checkDnsLabel(errors, `${at}.name`, name);
    if (names.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
    names.add(name);
  }
  checkPortNum(errors, `${at}.port`, port.port ?? 0);
  checkOneOf(errors, `${at}.protocol`, port.protocol, PROTOCOLS);
  checkPortNumOrName(errors, `${at}.targetPort`, port.targetPort ?? 0);
  if (port.appProtocol !== undefined) checkQualifiedName(errors, `${at}.appProtocol`, port.appProtocol);
}

function checkAffinity(errors: Errors, { sessionAffinity, sessionAffinityConfig: config }: ServiceSpec): void {
  const path = 'spec.sessionAffinityConfig';
  checkOneOf(errors, 'spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  if (sessionAffinity === 'None' && config) {
    errors.push(fieldErrors.forbidden(path, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return;
  const why = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(fieldErrors.required(path, why));
  else if (!config.clientIP) errors.push(fieldErrors.required(`${path}.clientIP`, why));
  else if (seconds === undefined) errors.push(fieldErrors.required(`${path}.clientIP.timeoutSeconds`, why));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
    const range = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
    errors.push(fieldErrors.invalid(`${path}.clientIP.timeoutSeconds`, seconds, range));
  }
}

function checkDuplicatePorts(errors: Errors, ports: readonly ServicePort[]): void {
  const nodePorts = new Set<string>();
  for (const [i, { protocol, nodePort }] of ports.entries()) {
    const key = `${protocol} ${nodePort}`;
    if (nodePort && nodePorts.has(key)) errors.push(fieldErrors.duplicate(`spec.ports[${i}].nodePort`, nodePort));
    nodePorts.add(key);
  }
  const numbers = new Set<string>();
  for (const [i, { protocol, port }] of ports.entries()) {
    const key = `${protocol} ${port}`;
    if (numbers.has(key)) {
      const value = {
        Name: '',
        Protocol: protocol ?? '',
        AppProtocol: null,
        Port: port ?? 0,
        TargetPort: 0,
        NodePort: 0,
      };
      errors.push(fieldErrors.duplicate(`spec.ports[${i}]`, value));
    }
    numbers.add(key);
  }
}

function checkSourceRanges(errors: Errors, { metadata, spec }: Service): void {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const annotation = metadata.annotations?.[SOURCE_RANGES];
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (!isLoadBalancer(spec)) errors.push(fieldErrors.forbidden(path, ONLY_LOAD_BALANCER));
    for (const [i, range] of ranges.entries()) checkCidr(errors, `${path}[${i}]`, range.trim());
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${SOURCE_RANGES}]`;
    if (!isLoadBalancer(spec)) errors.push(fieldErrors.forbidden(path, ONLY_LOAD_BALANCER));
    const text = annotation.trim();
    if (text !== '') for (const range of text.split(',')) checkCidr(errors, path, range.trim());
  }
}

function checkLoadBalancerClass(errors: Errors, spec: ServiceSpec): void {
  if (spec.loadBalancerClass === undefined) return;
  if (isLoadBalancer(spec)) checkQualifiedName(errors, 'spec.loadBalancerClass', spec.loadBalancerClass);
  else errors.push(fieldErrors.forbidden('spec.loadBalancerClass', ONLY_LOAD_BALANCER));
}

function checkTrafficPolicies(errors: Errors, spec: ServiceSpec): void {
  const {
    externalTrafficPolicy: external = '',
    healthCheckNodePort: health = 0,
    internalTrafficPolicy: internal,
  } = spec;
  if (isExternallyAccessible(spec)) checkOneOf(errors, 'spec.externalTrafficPolicy', external, ['Cluster', 'Local']);
  else if (external !== '') {
    const why = 'may only be set for externally-accessible services';
    errors.push(fieldErrors.invalid('spec.externalTrafficPolicy', external, why));
  }
  if (!needsHealthCheck(spec)) {
    if (health !== 0) {
      const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.push(fieldErrors.invalid('spec.healthCheckNodePort', health, why));
    }
  } else if (health !== 0) checkPortNum(errors, 'spec.healthCheckNodePort', health);
  if (internal !== undefined) checkSupported(errors, 'spec.internalTrafficPolicy', internal, ['Cluster', 'Local']);
  else if (spec.type === 'ClusterIP' || spec.type === 'NodePort' || isLoadBalancer(spec)) {
    errors.push(fieldErrors.required('spec.internalTrafficPolicy'));
  }
  if (spec.trafficDistribution !== undefined) {
    const supported = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
    checkSupported(errors, 'spec.trafficDistribution', spec.trafficDistribution, supported);
  }
}

/** `healthCheckNodePort` is allocated after validation here, before it upstream: its absence is no fault yet. */
export function validateService(service: Service): Errors {
  const errors: Errors = [];
  const { spec } = service;
  const ports = spec.ports ?? [];
  // Upstream looks at these when it allocates, before everything else.
  checkClusterIps(errors, spec);
  if (errors.length > 0) return errors;
  checkTopology(errors, service);
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName')
    errors.push(fieldErrors.required('spec.ports'));
  checkByType(errors, spec);
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) checkPort(errors, `spec.ports[${i}]`, port, ports.length > 1, names);
  checkLabels(errors, 'spec.selector', spec.selector);
  checkAffinity(errors, spec);
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    checkIp(errors, `spec.externalIPs[${i}]`, ip);
    if (isValidIp(ip).length === 0) checkNonSpecialIp(errors, `spec.externalIPs[${i}]`, ip);
  }
  checkOneOf(errors, 'spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
  if (spec.type === 'ClusterIP') {
    for (const [i, { nodePort }] of ports.entries()) {
      if (nodePort)
        errors.push(fieldErrors.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  checkDuplicatePorts(errors, ports);
  checkSourceRanges(errors, service);
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer(spec)) {
    errors.push(fieldErrors.forbidden('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER));
  }
  checkLoadBalancerClass(errors, spec);
  checkTrafficPolicies(errors, spec);
  return errors;
}

export function validateServiceUpdate(next: Service, current: Service): Errors {
  const errors: Errors = [];
  checkClusterIps(errors, next.spec);
  if (errors.length > 0) return errors;
  checkClusterIpsUpdate(errors, next, current);
  if (isLoadBalancer(current.spec) && isLoadBalancer(next.spec)) {
    const value = next.spec.loadBalancerClass;
    if (value !== current.spec.loadBalancerClass) {
      errors.push(fieldErrors.invalid('spec.loadBalancerClass', value, 'may not change once set'));
    }
  }
  checkLoadBalancerClass(errors, next.spec);
  if (needsHealthCheck(current.spec) && needsHealthCheck(next.spec)) {
    if (next.spec.healthCheckNodePort !== current.spec.healthCheckNodePort) {
      errors.push(fieldErrors.forbidden('spec.healthCheckNodePort', IMMUTABLE));
    }
  }
  return [...errors, ...validateService(next)];
}

/** The addresses that a load balancer reported. */
export function validateServiceStatus({ status, spec }: Service): Errors {
  const errors: Errors = [];
  const ingresses = status?.loadBalancer?.ingress ?? [];
  const path = 'status.loadBalancer.ingress';
  if (!isLoadBalancer(spec) && ingresses.length > 0) {
    return [fieldErrors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  for (const [i, { ip = '', ipMode, hostname = '' }] of ingresses.entries()) {
    const at = `${path}[${i}]`;
    if (ip !== '') checkIp(errors, `${at}.ip`, ip);
    if (ipMode === undefined) {
      if (ip !== '') errors.push(fieldErrors.required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (ip === '')
      errors.push(fieldErrors.forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else checkSupported(errors, `${at}.ipMode`, ipMode, ['Proxy', 'VIP']);
    if (hostname === '') continue;
    checkFormat(errors, `${at}.hostname`, hostname, isDns1123Subdomain);
    if (parseIp(hostname))
      errors.push(fieldErrors.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  }
  return errors;
}
