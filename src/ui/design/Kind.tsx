/** Families of kinds and the mark of each: two or three letters in the family's colour. */
type Family = 'pod' | 'workload' | 'network' | 'config' | 'storage' | 'access' | 'cluster';

const FAMILY: { readonly [kind: string]: Family } = {
  Pod: 'pod',
  PodTemplate: 'pod',
  Deployment: 'workload',
  ReplicaSet: 'workload',
  StatefulSet: 'workload',
  DaemonSet: 'workload',
  Job: 'workload',
  CronJob: 'workload',
  ReplicationController: 'workload',
  ControllerRevision: 'workload',
  HorizontalPodAutoscaler: 'workload',
  Service: 'network',
  Endpoints: 'network',
  EndpointSlice: 'network',
  Ingress: 'network',
  IngressClass: 'network',
  NetworkPolicy: 'network',
  ConfigMap: 'config',
  Secret: 'config',
  LimitRange: 'config',
  ResourceQuota: 'config',
  PersistentVolume: 'storage',
  PersistentVolumeClaim: 'storage',
  StorageClass: 'storage',
  VolumeAttachment: 'storage',
  CSIDriver: 'storage',
  CSINode: 'storage',
  ServiceAccount: 'access',
  Role: 'access',
  RoleBinding: 'access',
  ClusterRole: 'access',
  ClusterRoleBinding: 'access',
};

/** `ReplicaSet` -> `RS`, `Pod` -> `Po`. */
const lettersOf = (kind: string): string => {
  const capitals = kind.replace(/[^A-Z]/g, '');
  return capitals.length > 1 ? capitals.slice(0, 3) : kind.slice(0, 2);
};

const familyOf = (kind: string): Family => FAMILY[kind] ?? 'cluster';

/** Decoration beside a name that says the kind in words. */
export function KindMark({ kind }: { readonly kind: string }) {
  return (
    <span className="kind-mark" data-family={familyOf(kind)} aria-hidden="true">
      {lettersOf(kind)}
    </span>
  );
}
