/** By upstream's names, in the order they start. */
export const controllerNames = [
  'serviceaccount-controller',
  'resourcequota-controller',
  'namespace-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'replicationcontroller-controller',
  'node-ipam-controller',
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'pod-garbage-collector-controller',
  'disruption-controller',
  'ttl-controller',
  'clusterrole-aggregation-controller',
  'daemonset-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
] as const;

export type ControllerName = (typeof controllerNames)[number];
