/** The resources Podarium serves so far. The generated discovery facts say what else Kubernetes has. */

import type { KubeObject } from '#engine/apimachinery';
import type {
  APIService,
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ComponentStatus,
  ConfigMap,
  ControllerRevision,
  CoreV1Event,
  CronJob,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  DeviceClass,
  EndpointSlice,
  Endpoints,
  FlowSchema,
  Ingress,
  IngressClass,
  IPAddress,
  Job,
  Lease,
  LimitRange,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodTemplate,
  PriorityClass,
  PriorityLevelConfiguration,
  ReplicaSet,
  ReplicationController,
  ResourceClaimTemplate,
  ResourceQuota,
  ResourceSlice,
  ResourceV1ResourceClaim,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
  V2HorizontalPodAutoscaler,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  VolumeAttachment,
  VolumeAttributesClass,
} from './generated/types.ts';
import type { Resource } from './resource.ts';

function resource<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  namespaced: boolean,
): Resource<T> {
  const [version, group] = apiVersion.split('/').reverse() as [string, string?];
  return Object.freeze({ group: group ?? '', version, plural, singular: kind.toLowerCase(), kind, namespaced });
}

export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces', false);
export const nodes = resource<Node>('v1', 'Node', 'nodes', false);
export const pods = resource<Pod>('v1', 'Pod', 'pods', true);
export const podTemplates = resource<PodTemplate>('v1', 'PodTemplate', 'podtemplates', true);
export const replicationControllers = resource<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
  true,
);
export const services = resource<Service>('v1', 'Service', 'services', true);
export const endpoints = resource<Endpoints>('v1', 'Endpoints', 'endpoints', true);
export const configMaps = resource<ConfigMap>('v1', 'ConfigMap', 'configmaps', true);
export const secrets = resource<Secret>('v1', 'Secret', 'secrets', true);
export const serviceAccounts = resource<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts', true);
export const events = resource<CoreV1Event>('v1', 'Event', 'events', true);
export const deployments = resource<Deployment>('apps/v1', 'Deployment', 'deployments', true);
export const replicaSets = resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets', true);
export const daemonSets = resource<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets', true);
export const statefulSets = resource<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets', true);
export const controllerRevisions = resource<ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
  true,
);
export const endpointSlices = resource<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', true);
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases', true);
export const priorityClasses = resource<PriorityClass>(
  'scheduling.k8s.io/v1',
  'PriorityClass',
  'priorityclasses',
  false,
);
export const roles = resource<Role>('rbac.authorization.k8s.io/v1', 'Role', 'roles', true);
export const roleBindings = resource<RoleBinding>('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true);
export const clusterRoles = resource<ClusterRole>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false);
export const clusterRoleBindings = resource<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  false,
);
export const podDisruptionBudgets = resource<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
  true,
);
export const limitRanges = resource<LimitRange>('v1', 'LimitRange', 'limitranges', true);
export const resourceQuotas = resource<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas', true);
export const ingresses = resource<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses', true);
export const ingressClasses = resource<IngressClass>('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false);
export const networkPolicies = resource<NetworkPolicy>(
  'networking.k8s.io/v1',
  'NetworkPolicy',
  'networkpolicies',
  true,
);
export const validatingAdmissionPolicies = resource<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
  false,
);
export const validatingAdmissionPolicyBindings = resource<ValidatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  false,
);
export const mutatingAdmissionPolicies = resource<MutatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'MutatingAdmissionPolicy',
  'mutatingadmissionpolicies',
  false,
);
export const mutatingAdmissionPolicyBindings = resource<MutatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'MutatingAdmissionPolicyBinding',
  'mutatingadmissionpolicybindings',
  false,
);
export const validatingWebhookConfigurations = resource<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
);
export const mutatingWebhookConfigurations = resource<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  false,
);
export const storageClasses = resource<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false);
export const persistentVolumes = resource<PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes', false);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
  true,
);
export const csiDrivers = resource<CSIDriver>('storage.k8s.io/v1', 'CSIDriver', 'csidrivers', false);
export const csiNodes = resource<CSINode>('storage.k8s.io/v1', 'CSINode', 'csinodes', false);
export const csiStorageCapacities = resource<CSIStorageCapacity>(
  'storage.k8s.io/v1',
  'CSIStorageCapacity',
  'csistoragecapacities',
  true,
);
export const volumeAttachments = resource<VolumeAttachment>(
  'storage.k8s.io/v1',
  'VolumeAttachment',
  'volumeattachments',
  false,
);
export const volumeAttributesClasses = resource<VolumeAttributesClass>(
  'storage.k8s.io/v1',
  'VolumeAttributesClass',
  'volumeattributesclasses',
  false,
);
export const runtimeClasses = resource<RuntimeClass>('node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses', false);
/** Computed, not stored. */
export const componentStatuses = resource<ComponentStatus>('v1', 'ComponentStatus', 'componentstatuses', false);
export const certificateSigningRequests = resource<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'CertificateSigningRequest',
  'certificatesigningrequests',
  false,
);
export const flowSchemas = resource<FlowSchema>('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', 'flowschemas', false);
export const priorityLevelConfigurations = resource<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io/v1',
  'PriorityLevelConfiguration',
  'prioritylevelconfigurations',
  false,
);
export const apiServices = resource<APIService>('apiregistration.k8s.io/v1', 'APIService', 'apiservices', false);
export const serviceCIDRs = resource<ServiceCIDR>('networking.k8s.io/v1', 'ServiceCIDR', 'servicecidrs', false);
export const ipAddresses = resource<IPAddress>('networking.k8s.io/v1', 'IPAddress', 'ipaddresses', false);
export const deviceClasses = resource<DeviceClass>('resource.k8s.io/v1', 'DeviceClass', 'deviceclasses', false);
export const resourceClaims = resource<ResourceV1ResourceClaim>(
  'resource.k8s.io/v1',
  'ResourceClaim',
  'resourceclaims',
  true,
);
export const resourceClaimTemplates = resource<ResourceClaimTemplate>(
  'resource.k8s.io/v1',
  'ResourceClaimTemplate',
  'resourceclaimtemplates',
  true,
);
export const resourceSlices = resource<ResourceSlice>('resource.k8s.io/v1', 'ResourceSlice', 'resourceslices', false);
export const customResourceDefinitions = resource<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);

export const jobs = resource<Job>('batch/v1', 'Job', 'jobs', true);
export const cronJobs = resource<CronJob>('batch/v1', 'CronJob', 'cronjobs', true);
export const horizontalPodAutoscalers = resource<V2HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
  true,
);

/** Every handle of this file. */
export const resourcesServed: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  podTemplates,
  replicationControllers,
  services,
  endpoints,
  configMaps,
  secrets,
  serviceAccounts,
  events,
  deployments,
  replicaSets,
  daemonSets,
  statefulSets,
  controllerRevisions,
  endpointSlices,
  leases,
  priorityClasses,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
  mutatingWebhookConfigurations,
  podDisruptionBudgets,
  limitRanges,
  resourceQuotas,
  ingresses,
  ingressClasses,
  networkPolicies,
  storageClasses,
  persistentVolumes,
  persistentVolumeClaims,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  volumeAttachments,
  volumeAttributesClasses,
  runtimeClasses,
  jobs,
  cronJobs,
  horizontalPodAutoscalers,
  certificateSigningRequests,
  flowSchemas,
  priorityLevelConfigurations,
  apiServices,
  serviceCIDRs,
  ipAddresses,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  customResourceDefinitions,
];

/** The handle of a kind, such as an owner reference names it; undefined when it is not served. */
export function resourceForKind(apiVersion: string, kind: string): Resource | undefined {
  const [version, group = ''] = apiVersion.split('/').reverse();
  return resourcesServed.find((one) => one.kind === kind && one.version === version && one.group === group);
}
