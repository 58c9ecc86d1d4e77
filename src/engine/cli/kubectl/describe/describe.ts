/** The describer of each kind. */

import type { CoreV1Event } from '#engine/api';
import type { ApiResource } from '../rest/discovery.ts';
import { groupResource } from '../rest/mapper.ts';
import type { JsonObject } from '../text/json.ts';
import { describeRole, describeRoleBinding } from './access.ts';
import { describeAutoscaler, describeCronJob, describeJob } from './batch.ts';
import { describeCertificateSigningRequest } from './certificates.ts';
import { type DescribeContext, eventsAbout } from './context.ts';
import { describeGeneric } from './generic.ts';
import { describeLimitRange, describeResourceQuota } from './limits.ts';
import { describeIngress, describeIngressClass, describeNetworkPolicy } from './network.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeEndpointSlice, describeEndpoints, describeService } from './service.ts';
import {
  describeConfigMap,
  describeNamespace,
  describePodDisruptionBudget,
  describePriorityClass,
  describeSecret,
  describeServiceAccount,
} from './simple.ts';
import {
  describeCsiNode,
  describePersistentVolume,
  describePersistentVolumeClaim,
  describeStorageClass,
  describeVolumeAttributesClass,
} from './storage.ts';
import {
  describeDaemonSet,
  describeDeployment,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.ts';
import { DescriptionWriter } from './writer.ts';

type Describer = (
  w: DescriptionWriter,
  object: never,
  events: readonly CoreV1Event[] | undefined,
  context: DescribeContext,
) => void | Promise<void>;

const DESCRIBERS: { readonly [resource: string]: Describer } = {
  'clusterrolebindings.rbac.authorization.k8s.io': describeRoleBinding,
  'clusterroles.rbac.authorization.k8s.io': describeRole,
  'certificatesigningrequests.certificates.k8s.io': describeCertificateSigningRequest,
  configmaps: describeConfigMap,
  'cronjobs.batch': describeCronJob,
  'daemonsets.apps': describeDaemonSet,
  'deployments.apps': describeDeployment,
  endpoints: describeEndpoints,
  'endpointslices.discovery.k8s.io': describeEndpointSlice,
  'ingressclasses.networking.k8s.io': describeIngressClass,
  'ingresses.networking.k8s.io': describeIngress,
  limitranges: describeLimitRange,
  'horizontalpodautoscalers.autoscaling': describeAutoscaler,
  'jobs.batch': describeJob,
  namespaces: describeNamespace,
  'networkpolicies.networking.k8s.io': describeNetworkPolicy,
  nodes: describeNode,
  persistentvolumeclaims: describePersistentVolumeClaim,
  persistentvolumes: describePersistentVolume,
  'poddisruptionbudgets.policy': describePodDisruptionBudget,
  pods: describePod,
  'priorityclasses.scheduling.k8s.io': describePriorityClass,
  'replicasets.apps': describeReplicaSet,
  replicationcontrollers: describeReplicationController,
  resourcequotas: describeResourceQuota,
  'rolebindings.rbac.authorization.k8s.io': describeRoleBinding,
  'roles.rbac.authorization.k8s.io': describeRole,
  secrets: describeSecret,
  serviceaccounts: describeServiceAccount,
  services: describeService,
  'statefulsets.apps': describeStatefulSet,
  'csinodes.storage.k8s.io': describeCsiNode,
  'storageclasses.storage.k8s.io': describeStorageClass,
  'volumeattributesclasses.storage.k8s.io': describeVolumeAttributesClass,
};

export async function describeObject(
  context: DescribeContext,
  resource: ApiResource,
  object: JsonObject,
): Promise<string> {
  const w = new DescriptionWriter(context.session.process.clock.now());
  const events = await eventsAbout(context, object, resource);
  const describer = DESCRIBERS[groupResource(resource)];
  if (describer) await describer(w, object as never, events, context);
  else describeGeneric(w, object, events);
  return w.aligned();
}
