/**
 * Services.
 * @upstream pkg/registry/core/service/strategy.go, pkg/api/service/warnings.go
 */
import { type Service, type ServicePort, services } from '#engine/api';
import { ageColumn, column, formatLabels, NONE, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { nameIsDnsLabel } from '../validation.ts';
import { cidrWarnings, ipWarnings } from './ip-warnings.ts';
import {
  defaultService,
  dropTypeDependentFields,
  normalizeClusterIps,
  patchAllocatedValues,
} from './service-defaults.ts';
import { validateService, validateServiceStatus, validateServiceUpdate } from './service-validation.ts';

const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const EXTERNAL_IPS = 'spec.externalIPs is deprecated and may no longer be implemented in some clusters';
const NO_STATUS = Object.freeze({ loadBalancer: Object.freeze({}) });

const prepareForCreate = (service: Service): Service =>
  normalizeClusterIps(withMember(service, 'status', NO_STATUS), undefined);

function prepareForUpdate(next: Service, current: Service): Service {
  const kept = withMember(next, 'status', current.status);
  return dropTypeDependentFields(normalizeClusterIps(patchAllocatedValues(kept, current), current), current);
}

function headlessWarnings({ spec }: Service): string[] {
  const found: string[] = [];
  if (spec.loadBalancerIP) found.push('spec.loadBalancerIP is ignored for headless services');
  if ((spec.externalIPs?.length ?? 0) > 0) found.push('spec.externalIPs is ignored for headless services');
  if (spec.sessionAffinity !== 'None') found.push('spec.SessionAffinity is ignored for headless services');
  return found;
}

function warnings(service: Service): readonly string[] {
  const { spec, metadata } = service;
  const found: string[] = [];
  if (metadata.annotations?.[TOPOLOGY_HINTS] !== undefined) {
    found.push(`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`);
  }
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  if (spec.clusterIP && spec.clusterIP !== 'None') {
    for (const [i, ip] of (spec.clusterIPs ?? []).entries()) found.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip));
  }
  if (headless) found.push(...headlessWarnings(service));
  const externalIPs = spec.externalIPs ?? [];
  if (externalIPs.length > 0) found.push(EXTERNAL_IPS);
  for (const [i, ip] of externalIPs.entries()) found.push(...ipWarnings(`spec.externalIPs[${i}]`, ip));
  if (spec.loadBalancerIP) found.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP));
  for (const [i, cidr] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    found.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, cidr));
  }
  const external = spec.type === 'ExternalName';
  if (external && externalIPs.length > 0) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (!external && spec.externalName) found.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return found;
}

const status: SubresourceStrategy<Service> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateServiceStatus,
  warnings: ({ status: { loadBalancer } = {} }) =>
    (loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
      ip ? ipWarnings(`status.loadBalancer.ingress[${i}].ip`, ip) : [],
    ),
};

function externalIp({ spec, status: { loadBalancer } = {} }: Service): string {
  const given = spec.externalIPs ?? [];
  const balanced = [...new Set((loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''))]
    .filter((text) => text !== '')
    .sort((a, b) => (a < b ? -1 : 1));
  switch (spec.type) {
    case 'LoadBalancer':
      return [...balanced, ...given].join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || NONE;
    default:
      return '<unknown>';
  }
}

const portText = ({ port, nodePort, protocol }: ServicePort) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`;
const docs = (field: string) => fieldDescription('ServiceSpec', field);

/** @fidelity full */
export const serviceStrategy: Strategy<Service> = {
  resource: services,
  shortNames: ['svc'],
  categories: ['all'],
  validateName: nameIsDnsLabel,
  defaults: defaultService,
  prepareForCreate,
  prepareForUpdate,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  warnings,
  status,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  fieldSelectors: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  columns: [
    nameColumn,
    column('Type', 'string', docs('type'), (o) => o.spec.type ?? ''),
    column('Cluster-IP', 'string', docs('clusterIP'), (o) => o.spec.clusterIPs?.[0] ?? NONE),
    column('External-IP', 'string', docs('externalIPs'), externalIp),
    column('Port(s)', 'string', docs('ports'), (o) => (o.spec.ports ?? []).map(portText).join(',') || NONE),
    ageColumn,
    wideColumn('Selector', 'string', docs('selector'), (o) => formatLabels(o.spec.selector)),
  ],
};
