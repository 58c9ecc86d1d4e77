/** The strategies of later kinds, see `registry/later-kinds.ts`. */
import {
  mutatingAdmissionPolicyBindingStrategy,
  mutatingAdmissionPolicyStrategy,
} from '../registry/admissionregistration/mutating-admission-policy.ts';
import {
  validatingAdmissionPolicyBindingStrategy,
  validatingAdmissionPolicyStrategy,
} from '../registry/admissionregistration/validating-admission-policy.ts';
import {
  mutatingWebhookConfigurationStrategy,
  validatingWebhookConfigurationStrategy,
} from '../registry/admissionregistration/webhook-configuration.ts';
import { horizontalPodAutoscalerStrategy } from '../registry/autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobStrategy } from '../registry/batch/cron-job.ts';
import { jobStrategy } from '../registry/batch/job.ts';
import { certificateSigningRequestStrategy } from '../registry/certificates/signing-request.ts';
import { persistentVolumeStrategy } from '../registry/core/persistent-volume.ts';
import { persistentVolumeClaimStrategy } from '../registry/core/persistent-volume-claim.ts';
import { replicationControllerStrategy } from '../registry/core/replication-controller.ts';
import { ingressStrategy } from '../registry/networking/ingress.ts';
import { ingressClassStrategy } from '../registry/networking/ingress-class.ts';
import { networkPolicyStrategy } from '../registry/networking/network-policy.ts';
import { deviceClassStrategy } from '../registry/resource/device-class.ts';
import { resourceClaimStrategy, resourceClaimTemplateStrategy } from '../registry/resource/resource-claim.ts';
import { resourceSliceStrategy } from '../registry/resource/resource-slice.ts';
import { csiDriverStrategy } from '../registry/storage/csi-driver.ts';
import { csiNodeStrategy } from '../registry/storage/csi-node.ts';
import { csiStorageCapacityStrategy } from '../registry/storage/csi-storage-capacity.ts';
import { storageClassStrategy } from '../registry/storage/storage-class.ts';
import { volumeAttachmentStrategy } from '../registry/storage/volume-attachment.ts';
import { volumeAttributesClassStrategy } from '../registry/storage/volume-attributes-class.ts';
import { forAnyKind } from '../registry/strategies.ts';
import type { Strategy } from '../registry/strategy.ts';

export const laterStrategies: readonly Strategy[] = [
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
