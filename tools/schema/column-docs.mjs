/** The descriptions of the fields that printer columns show: Tables carry them, so they must be the API's own. */
import { typeName } from './models.mjs';

/** `Type.field`, by the names of the generated types. */
const shown = [
  'ObjectMeta.name',
  'ObjectMeta.creationTimestamp',
  'PodStatus.podIP',
  'PodSpec.nodeName',
  'PodStatus.nominatedNodeName',
  'PodSpec.readinessGates',
  'PodSpec.nodeSelector',
  'ReplicationControllerSpec.replicas',
  'ReplicationControllerStatus.replicas',
  'ReplicationControllerStatus.readyReplicas',
  'ReplicationControllerSpec.selector',
  'ReplicaSetSpec.replicas',
  'ReplicaSetStatus.replicas',
  'ReplicaSetStatus.readyReplicas',
  'ReplicaSetSpec.selector',
  'DaemonSetStatus.desiredNumberScheduled',
  'DaemonSetStatus.currentNumberScheduled',
  'DaemonSetStatus.numberReady',
  'DaemonSetStatus.updatedNumberScheduled',
  'DaemonSetStatus.numberAvailable',
  'DaemonSetSpec.selector',
  'DeploymentStatus.updatedReplicas',
  'DeploymentStatus.availableReplicas',
  'DeploymentSpec.selector',
  'ServiceSpec.type',
  'ServiceSpec.clusterIP',
  'ServiceSpec.externalIPs',
  'ServiceSpec.ports',
  'ServiceSpec.selector',
  'Endpoints.subsets',
  'NodeSystemInfo.kubeletVersion',
  'NodeStatus.addresses',
  'NodeSystemInfo.osImage',
  'NodeSystemInfo.kernelVersion',
  'NodeSystemInfo.containerRuntimeVersion',
  'CoreV1Event.lastTimestamp',
  'CoreV1Event.type',
  'CoreV1Event.reason',
  'CoreV1Event.involvedObject',
  'ObjectReference.fieldPath',
  'CoreV1Event.source',
  'CoreV1Event.message',
  'CoreV1Event.firstTimestamp',
  'CoreV1Event.count',
  'Secret.type',
  'Secret.data',
  'ConfigMap.data',
  'PriorityClass.value',
  'PriorityClass.globalDefault',
  'PriorityClass.preemptionPolicy',
  'LeaseSpec.holderIdentity',
  'EndpointSlice.addressType',
  'EndpointSlice.endpoints',
  'EndpointSlice.ports',
  'ControllerRevision.revision',
  'RoleBinding.roleRef',
  'NetworkPolicySpec.podSelector',
  'StorageClass.provisioner',
  'StorageClass.reclaimPolicy',
  'StorageClass.volumeBindingMode',
  'StorageClass.allowVolumeExpansion',
  'ClusterRoleBinding.roleRef',
  'PersistentVolumeSpec.capacity',
  'PersistentVolumeSpec.accessModes',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy',
  'PersistentVolumeSpec.claimRef',
  'PersistentVolumeSpec.volumeMode',
  'PersistentVolumeStatus.phase',
  'PersistentVolumeStatus.reason',
  'PersistentVolumeClaimStatus.phase',
  'PersistentVolumeClaimStatus.capacity',
  'PersistentVolumeClaimStatus.accessModes',
  'PersistentVolumeClaimSpec.volumeName',
  'PersistentVolumeClaimSpec.volumeMode',
  'CSIDriverSpec.attachRequired',
  'CSIDriverSpec.podInfoOnMount',
  'CSIDriverSpec.storageCapacity',
  'CSIDriverSpec.tokenRequests',
  'CSIDriverSpec.requiresRepublish',
  'CSIDriverSpec.volumeLifecycleModes',
  'CSIStorageCapacity.storageClassName',
  'CSIStorageCapacity.capacity',
  'VolumeAttachmentSpec.attacher',
  'VolumeAttachmentSpec.nodeName',
  'VolumeAttachmentSource.persistentVolumeName',
  'VolumeAttachmentStatus.attached',
  'VolumeAttributesClass.driverName',
  'JobStatus.succeeded',
  'JobSpec.selector',
  'CronJobSpec.schedule',
  'CronJobSpec.timeZone',
  'CronJobSpec.suspend',
  'CronJobStatus.active',
  'CronJobStatus.lastScheduleTime',
  'V2HorizontalPodAutoscalerSpec.scaleTargetRef',
  'V2HorizontalPodAutoscalerSpec.metrics',
  'V2HorizontalPodAutoscalerSpec.minReplicas',
  'V2HorizontalPodAutoscalerSpec.maxReplicas',
  'V2HorizontalPodAutoscalerStatus.currentReplicas',
  'PriorityLevelConfigurationReference.name',
  'FlowSchemaSpec.matchingPrecedence',
  'FlowSchemaSpec.distinguisherMethod',
  'PriorityLevelConfigurationSpec.type',
  'LimitedPriorityLevelConfiguration.nominalConcurrencyShares',
  'QueuingConfiguration.queues',
  'QueuingConfiguration.handSize',
  'QueuingConfiguration.queueLengthLimit',
  'CertificateSigningRequestSpec.expirationSeconds',
  'ServiceCIDRSpec.cidrs',
  'IPAddressSpec.parentRef',
  'ResourceSliceSpec.nodeName',
  'ResourceSliceSpec.driver',
  'ResourcePool.name',
];

/** The models' comments escape quotes and lose paragraph breaks; Tables keep both. */
const plain = (text) =>
  text.replace(/\\(['"])/g, '$1').replace(/(?<=\.) +(?=Populated by the system\. Read-only\.)/, '\n\n');

/** Types whose comments have paragraphs and examples; each line's end became a space. */
const withLines = ['CSIDriverSpec'];
const lines = (text) =>
  text.replace(/ {2,}/g, (run) => (run.length === 2 ? '\n\n' : `\n${run.slice(1)}`)).replace('... }', '...\n}');

/** The models have no words for fields that refer to another type, and lose paragraphs; what Tables say of these is written down here. */
const refDocs = {
  'PersistentVolumeSpec.claimRef':
    'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
  'CoreV1Event.involvedObject': 'The object that this event is about.',
  'CoreV1Event.source': 'The component reporting this event. Should be a short machine understandable string.',
  'DeploymentSpec.selector':
    "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
  'ReplicaSetSpec.selector':
    "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
  'DaemonSetSpec.selector':
    "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
  'NetworkPolicySpec.podSelector':
    "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple network policies can select the same set of pods. In this case, the ingress rules for each are combined additively. This field is optional. If it is not specified, it defaults to an empty selector.",
  'RoleBinding.roleRef':
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  'ClusterRoleBinding.roleRef':
    'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  'JobSpec.selector':
    'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  'V2HorizontalPodAutoscalerSpec.scaleTargetRef':
    'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
  'FlowSchemaSpec.distinguisherMethod':
    '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
  'IPAddressSpec.parentRef':
    'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
  'LimitedPriorityLevelConfiguration.nominalConcurrencyShares':
    '`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) of this level. This is the number of execution seats available at this priority level. This is used both for requests dispatched from this priority level as well as requests dispatched from other priority levels borrowing seats from this level. The server\'s concurrency limit (ServerCL) is divided among the Limited priority levels in proportion to their NCS values:\n\nNominalCL(i)  = ceil( ServerCL * NCS(i) / sum_ncs ) sum_ncs = sum[priority level k] NCS(k)\n\nBigger numbers mean a larger nominal concurrency limit, at the expense of every other priority level.\n\nIf not specified, this field defaults to a value of 30.\n\nSetting this field to zero supports the construction of a "jail" for this priority level that is used to hold some request(s)',
  'CertificateSigningRequestSpec.expirationSeconds':
    'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.',
};

/** @param {Awaited<ReturnType<typeof import('./models.mjs').readModels>>} models */
export function renderColumnDocs(models) {
  const docs = {};
  for (const [model, { fields }] of models) {
    for (const { name, description } of fields) {
      const key = `${typeName(model)}.${name}`;
      if (!shown.includes(key)) continue;
      const text = refDocs[key] ?? plain(description);
      docs[key] = withLines.includes(typeName(model)) ? lines(text) : text;
    }
  }
  const missing = shown.filter((key) => !(key in docs));
  if (missing.length > 0) throw new Error(`no such fields: ${missing.join(', ')}`);
  return `// Generated by tools/schema from the Kubernetes 1.36 API models. Do not edit.
export const columnDocs: { readonly [field: string]: string } = ${JSON.stringify(docs, null, 2)};
`;
}
