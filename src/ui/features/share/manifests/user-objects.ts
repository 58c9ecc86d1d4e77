/** Which objects of a cluster somebody made, as opposed to what every cluster has, and in what order they are to be applied. */
import type { KubeObject } from '#engine/apimachinery';

/** Kinds that are made from others, or that say what is and not what ought to be. */
const DERIVED = new Set([
  '/events',
  'events.k8s.io/events',
  '/endpoints',
  '/nodes',
  '/componentstatuses',
  '/bindings',
  'discovery.k8s.io/endpointslices',
  'coordination.k8s.io/leases',
  'apps/controllerrevisions',
  'apiregistration.k8s.io/apiservices',
  'certificates.k8s.io/certificatesigningrequests',
  'storage.k8s.io/csinodes',
  'storage.k8s.io/csistoragecapacities',
  'storage.k8s.io/volumeattachments',
  'networking.k8s.io/ipaddresses',
  'networking.k8s.io/servicecidrs',
  'flowcontrol.apiserver.k8s.io/flowschemas',
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations',
  'resource.k8s.io/resourceslices',
  'metrics.k8s.io/pods',
  'metrics.k8s.io/nodes',
]);

export const isExported = ({ group, plural }: { readonly group: string; readonly plural: string }): boolean =>
  !DERIVED.has(`${group}/${plural}`);

const SYSTEM_NAMESPACES = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'kube-flannel',
  'local-path-storage',
]);
const SYSTEM_NAME =
  /^(system[:-]|kubeadm:|kube-|kindnet$|flannel$|coredns$|local-path|metrics-server|v1beta1\.metrics\.k8s\.io$)/;

/** @param kind where the list did not say */
export function isUsers(object: KubeObject, kind: string): boolean {
  const { name = '', namespace, labels, annotations, ownerReferences } = object.metadata;
  if (ownerReferences?.some(({ controller }) => controller)) return false;
  if (namespace !== undefined ? SYSTEM_NAMESPACES.has(namespace) : SYSTEM_NAME.test(name)) return false;
  if (labels?.['kubernetes.io/bootstrapping'] !== undefined) return false;
  if (annotations?.['kubernetes.io/config.source'] !== undefined) return false;
  if (kind === 'Namespace') return name !== 'default' && !SYSTEM_NAMESPACES.has(name);
  if (kind === 'ServiceAccount') return name !== 'default';
  if (kind === 'ConfigMap') return name !== 'kube-root-ca.crt';
  if (kind === 'Service') return !(name === 'kubernetes' && namespace === 'default');
  if (kind === 'Secret') return (object as { readonly type?: string }).type !== 'kubernetes.io/service-account-token';
  if (/^Cluster(Role|RoleBinding)$/.test(kind)) return !/^(cluster-admin|admin|edit|view)$/.test(name);
  return true;
}

/** As Helm installs: what others need comes first. */
const ORDER = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'IngressClass',
  'PersistentVolume',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'PersistentVolumeClaim',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
];

const rank = (kind: string): number => {
  if (/WebhookConfiguration$|AdmissionPolicy(Binding)?$/.test(kind)) return ORDER.length + 1;
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
};

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export const inApplyOrder = (a: Named, b: Named): number =>
  rank(a.kind) - rank(b.kind) ||
  compare(a.namespace, b.namespace) ||
  compare(a.kind, b.kind) ||
  compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
