/** The Strategy of every kind but definitions of custom resources, whose own comes with their machinery. */
import type { KubeObject } from '#engine/apimachinery';
import {
  mutatingAdmissionPolicyBindingStrategy,
  mutatingAdmissionPolicyStrategy,
} from './admissionregistration/mutating-admission-policy.ts';
import {
  validatingAdmissionPolicyBindingStrategy,
  validatingAdmissionPolicyStrategy,
} from './admissionregistration/validating-admission-policy.ts';
import {
  mutatingWebhookConfigurationStrategy,
  validatingWebhookConfigurationStrategy,
} from './admissionregistration/webhook-configuration.ts';
import { apiServiceStrategy } from './apiregistration/api-service.ts';
import { controllerRevisionStrategy } from './apps/controller-revision.ts';
import { daemonSetStrategy } from './apps/daemon-set.ts';
import { deploymentStrategy } from './apps/deployment.ts';
import { replicaSetStrategy } from './apps/replica-set.ts';
import { statefulSetStrategy } from './apps/stateful-set.ts';
import { horizontalPodAutoscalerStrategy } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobStrategy } from './batch/cron-job.ts';
import { jobStrategy } from './batch/job.ts';
import { certificateSigningRequestStrategy } from './certificates/signing-request.ts';
import { leaseStrategy } from './coordination/lease.ts';
import { configMapStrategy } from './core/config-map.ts';
import { endpointsStrategy } from './core/endpoints.ts';
import { eventStrategy } from './core/event.ts';
import { limitRangeStrategy } from './core/limit-range.ts';
import { namespaceStrategy } from './core/namespace.ts';
import { nodeStrategy } from './core/node.ts';
import { persistentVolumeStrategy } from './core/persistent-volume.ts';
import { persistentVolumeClaimStrategy } from './core/persistent-volume-claim.ts';
import { podStrategy } from './core/pod.ts';
import { podTemplateStrategy } from './core/pod-template.ts';
import { replicationControllerStrategy } from './core/replication-controller.ts';
import { resourceQuotaStrategy } from './core/resource-quota.ts';
import { secretStrategy } from './core/secret.ts';
import { serviceStrategy } from './core/service.ts';
import { serviceAccountStrategy } from './core/service-account.ts';
import { endpointSliceStrategy } from './discovery/endpoint-slice.ts';
import { flowSchemaStrategy } from './flowcontrol/flow-schema.ts';
import { priorityLevelStrategy } from './flowcontrol/priority-level.ts';
import { ingressStrategy } from './networking/ingress.ts';
import { ingressClassStrategy } from './networking/ingress-class.ts';
import { ipAddressStrategy } from './networking/ip-address.ts';
import { networkPolicyStrategy } from './networking/network-policy.ts';
import { serviceCIDRStrategy } from './networking/service-cidr.ts';
import { runtimeClassStrategy } from './node/runtime-class.ts';
import { podDisruptionBudgetStrategy } from './policy/pod-disruption-budget.ts';
import { clusterRoleBindingStrategy, roleBindingStrategy } from './rbac/bindings.ts';
import { clusterRoleStrategy } from './rbac/cluster-role.ts';
import { roleStrategy } from './rbac/role.ts';
import { deviceClassStrategy } from './resource/device-class.ts';
import { resourceClaimStrategy, resourceClaimTemplateStrategy } from './resource/resource-claim.ts';
import { resourceSliceStrategy } from './resource/resource-slice.ts';
import { priorityClassStrategy } from './scheduling/priority-class.ts';
import { csiDriverStrategy } from './storage/csi-driver.ts';
import { csiNodeStrategy } from './storage/csi-node.ts';
import { csiStorageCapacityStrategy } from './storage/csi-storage-capacity.ts';
import { storageClassStrategy } from './storage/storage-class.ts';
import { volumeAttachmentStrategy } from './storage/volume-attachment.ts';
import { volumeAttributesClassStrategy } from './storage/volume-attributes-class.ts';
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
  forAnyKind(replicationControllerStrategy),
  forAnyKind(ingressStrategy),
  forAnyKind(ingressClassStrategy),
  forAnyKind(networkPolicyStrategy),
  forAnyKind(storageClassStrategy),
  forAnyKind(persistentVolumeStrategy),
  forAnyKind(persistentVolumeClaimStrategy),
  forAnyKind(csiDriverStrategy),
  forAnyKind(csiNodeStrategy),
  forAnyKind(csiStorageCapacityStrategy),
  forAnyKind(volumeAttachmentStrategy),
  forAnyKind(volumeAttributesClassStrategy),
  forAnyKind(jobStrategy),
  forAnyKind(cronJobStrategy),
  forAnyKind(horizontalPodAutoscalerStrategy),
  forAnyKind(certificateSigningRequestStrategy),
  forAnyKind(deviceClassStrategy),
  forAnyKind(resourceClaimStrategy),
  forAnyKind(resourceClaimTemplateStrategy),
  forAnyKind(resourceSliceStrategy),
  forAnyKind(validatingAdmissionPolicyStrategy),
  forAnyKind(validatingAdmissionPolicyBindingStrategy),
  forAnyKind(mutatingAdmissionPolicyStrategy),
  forAnyKind(mutatingAdmissionPolicyBindingStrategy),
  forAnyKind(validatingWebhookConfigurationStrategy),
  forAnyKind(mutatingWebhookConfigurationStrategy),
];
