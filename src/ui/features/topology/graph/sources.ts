/** What the map is made from, and how it names things. */
import type {
  DaemonSet,
  Deployment,
  EndpointSlice,
  Lease,
  Node,
  Pod,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
} from '#engine/api';

/** The objects as the API serves them: frozen, and the same object as before when nothing changed. */
export interface Sources {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly deployments: readonly Deployment[];
  readonly daemonSets: readonly DaemonSet[];
  readonly statefulSets: readonly StatefulSet[];
  readonly replicationControllers: readonly ReplicationController[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  /** Of kube-system: who leads, and since when he has said so. */
  readonly leases?: readonly Lease[];
}

/** One object of the API. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Two references to one object have the same key, whatever version they were read at. */
export const refKey = ({ kind, namespace = '', name }: Ref): string => `${kind}/${namespace}/${name}`;
