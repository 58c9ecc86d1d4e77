/** The Strategy of every kind whose code the server always has; `later-strategies.ts` has the others. */
import type { KubeObject } from '#engine/apimachinery';
import { apiServiceStrategy } from './apiregistration/api-service.ts';
import { controllerRevisionStrategy } from './apps/controller-revision.ts';
import { daemonSetStrategy } from './apps/daemon-set.ts';
import { deploymentStrategy } from './apps/deployment.ts';
import { replicaSetStrategy } from './apps/replica-set.ts';
import { statefulSetStrategy } from './apps/stateful-set.ts';
import { leaseStrategy } from './coordination/lease.ts';
import { configMapStrategy } from './core/config-map.ts';
import { endpointsStrategy } from './core/endpoints.ts';
import { eventStrategy } from './core/event.ts';
import { limitRangeStrategy } from './core/limit-range.ts';
import { namespaceStrategy } from './core/namespace.ts';
import { nodeStrategy } from './core/node.ts';
import { podStrategy } from './core/pod.ts';
import { podTemplateStrategy } from './core/pod-template.ts';
import { resourceQuotaStrategy } from './core/resource-quota.ts';
import { secretStrategy } from './core/secret.ts';
import { serviceStrategy } from './core/service.ts';
import { serviceAccountStrategy } from './core/service-account.ts';
import { endpointSliceStrategy } from './discovery/endpoint-slice.ts';
import { flowSchemaStrategy } from './flowcontrol/flow-schema.ts';
import { priorityLevelStrategy } from './flowcontrol/priority-level.ts';
import { ipAddressStrategy } from './networking/ip-address.ts';
import { serviceCIDRStrategy } from './networking/service-cidr.ts';
import { runtimeClassStrategy } from './node/runtime-class.ts';
import { podDisruptionBudgetStrategy } from './policy/pod-disruption-budget.ts';
import { clusterRoleBindingStrategy, roleBindingStrategy } from './rbac/bindings.ts';
import { clusterRoleStrategy } from './rbac/cluster-role.ts';
import { roleStrategy } from './rbac/role.ts';
import { priorityClassStrategy } from './scheduling/priority-class.ts';
import type { Strategy } from './strategy.ts';

/** The machinery hands each strategy only objects of its own kind. */
export const forAnyKind = <T extends KubeObject>(strategy: Strategy<T>): Strategy => strategy as unknown as Strategy;

export const strategies: readonly Strategy[] = [
  forAnyKind(namespaceStrategy),
  forAnyKind(nodeStrategy),
  forAnyKind(podStrategy),
  forAnyKind(podTemplateStrategy),
  forAnyKind(serviceStrategy),
  forAnyKind(endpointsStrategy),
  forAnyKind(configMapStrategy),
  forAnyKind(secretStrategy),
  forAnyKind(serviceAccountStrategy),
  forAnyKind(eventStrategy),
  forAnyKind(deploymentStrategy),
  forAnyKind(replicaSetStrategy),
  forAnyKind(daemonSetStrategy),
  forAnyKind(statefulSetStrategy),
  forAnyKind(controllerRevisionStrategy),
  forAnyKind(endpointSliceStrategy),
  forAnyKind(leaseStrategy),
  forAnyKind(priorityClassStrategy),
  forAnyKind(roleStrategy),
  forAnyKind(roleBindingStrategy),
  forAnyKind(clusterRoleStrategy),
  forAnyKind(clusterRoleBindingStrategy),
  forAnyKind(podDisruptionBudgetStrategy),
  forAnyKind(limitRangeStrategy),
  forAnyKind(resourceQuotaStrategy),
  forAnyKind(runtimeClassStrategy),
  forAnyKind(flowSchemaStrategy),
  forAnyKind(priorityLevelStrategy),
  forAnyKind(apiServiceStrategy),
  forAnyKind(serviceCIDRStrategy),
  forAnyKind(ipAddressStrategy),
];
