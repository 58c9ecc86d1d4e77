/** The kinds of Kubernetes 1.36: types and schemas generated at build time, and a handle for each resource served. */
export { columnDocs } from './generated/column-docs.ts';
export type * from './generated/types.ts';
export { quotaIsAbout } from './quota/scopes.ts';
export { countName, quotaUsage } from './quota/usage.ts';
export { apiVersionOf, type Resource, resourcePath } from './resource.ts';
export {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  controllerRevisions,
  cronJobs,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  daemonSets,
  deployments,
  endpointSlices,
  endpoints,
  events,
  horizontalPodAutoscalers,
  ingressClasses,
  ingresses,
  jobs,
  leases,
  limitRanges,
  namespaces,
  networkPolicies,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  podTemplates,
  priorityClasses,
  replicaSets,
  replicationControllers,
  resourceForKind,
  resourceQuotas,
  resourcesServed,
  roleBindings,
  roles,
  runtimeClasses,
  secrets,
  serviceAccounts,
  services,
  statefulSets,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
} from './resources.ts';
export { definitionNames, hasStruct, structSchema } from './schema-table.ts';
export { definitionOf, type GroupVersionKind, schemaFor, schemaForKind } from './scheme.ts';
export {
  classOfClaim,
  classOfVolume,
  findMatchingVolume,
  hasModes,
  isBoundToClaim,
  isFullyBound,
  sameVolumeMode,
  type VolumeSearch,
  volumeAnnotations,
} from './volumes/binding.ts';
