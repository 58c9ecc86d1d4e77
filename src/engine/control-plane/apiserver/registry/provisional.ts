/** Permissive strategies for the kinds whose own strategy is not written yet. */

import type { Resource } from '#engine/api';
import * as api from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { controllerRevisionStrategy } from './apps/controller-revision.ts';
import { leaseStrategy } from './coordination/lease.ts';
import { configMapStrategy } from './core/config-map.ts';
import { endpointsStrategy } from './core/endpoints.ts';
import { namespaceStrategy } from './core/namespace.ts';
import { nodeStrategy } from './core/node.ts';
import { secretStrategy } from './core/secret.ts';
import { serviceAccountStrategy } from './core/service-account.ts';
import { serviceStrategy } from './core/service.ts';
import { endpointSliceStrategy } from './discovery/endpoint-slice.ts';
import { priorityClassStrategy } from './scheduling/priority-class.ts';
import type { Strategy } from './strategy.ts';

type Loose = KubeObject & {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
};

function provisional(resource: Resource): Strategy<Loose> {
  const generation = resource.group === 'apps' || resource.plural === 'pods';
  return {
    resource: resource as Resource<Loose>,
    validate: () => [],
    validateUpdate: () => [],
    allowUnconditionalUpdate: true,
    allowCreateOnUpdate: resource.plural === 'leases' || resource.plural === 'endpoints',
    columns: [],
    ...(generation && { generation: (next: Loose, current: Loose) => next.spec !== current.spec }),
    prepareForUpdate: (next, current) => (current.status === undefined ? next : { ...next, status: current.status }),
    status: {
      prepareForUpdate: (next, current) => ({
        ...current,
        metadata: {
          ...current.metadata,
          ...(next.metadata.resourceVersion && { resourceVersion: next.metadata.resourceVersion }),
        },
        ...(next.status && { status: next.status }),
      }),
      validateUpdate: () => [],
    },
    ...(resource.plural === 'pods' && {
      fieldSelectors: {
        'spec.nodeName': (pod: Loose) => pod.spec?.nodeName ?? '',
        'status.phase': (pod: Loose) => pod.status?.phase ?? '',
      },
      gracePeriod: (_pod: Loose, options: { gracePeriodSeconds?: number }) => options.gracePeriodSeconds ?? 30,
    }),
  };
}

const resources: readonly Resource[] = [
  api.namespaces,
  api.nodes,
  api.pods,
  api.services,
  api.endpoints,
  api.configMaps,
  api.secrets,
  api.serviceAccounts,
  api.events,
  api.deployments,
  api.replicaSets,
  api.daemonSets,
  api.controllerRevisions,
  api.endpointSlices,
  api.leases,
  api.priorityClasses,
];

const finished = [
  configMapStrategy, endpointsStrategy, namespaceStrategy, nodeStrategy, secretStrategy, serviceAccountStrategy, serviceStrategy,
  endpointSliceStrategy, leaseStrategy, priorityClassStrategy, controllerRevisionStrategy,
] as unknown as readonly Strategy[];

export const strategies: readonly Strategy[] = resources.map(
  (resource) => finished.find((one) => one.resource === resource) ?? (provisional(resource) as unknown as Strategy),
);
