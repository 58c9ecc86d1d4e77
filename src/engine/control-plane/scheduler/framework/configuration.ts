/** KubeSchedulerConfiguration: which plugins run where, with what weights and arguments. */

export interface PluginRef {
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly PluginRef[];
  /** `*` disables all defaults. */
  readonly disabled?: readonly PluginRef[];
}

/** The points a profile can configure, by their names in the configuration. */
export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;

export type ExtensionPoint = (typeof extensionPoints)[number];

type PluginSets = { readonly [point in ExtensionPoint | 'multiPoint']?: PluginSet };

interface PluginConfig {
  readonly name: string;
  readonly args?: unknown;
}

export interface SchedulerProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: PluginSets;
  readonly pluginConfig?: readonly PluginConfig[];
}

/** @upstream staging/src/k8s.io/kube-scheduler/config/v1/types.go */
export interface KubeSchedulerConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly SchedulerProfile[];
  readonly leaderElection?: { readonly leaderElect?: boolean };
}

/** The default profile. @upstream pkg/scheduler/apis/config/v1/default_plugins.go */
export const defaultMultiPoint: readonly PluginRef[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DynamicResources', weight: 2 },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
];

/** A profile's own set on top of the default one. @upstream pkg/scheduler/apis/config/v1/default_plugins.go mergePluginSet */
export function mergePluginSet(defaults: PluginSet, custom: PluginSet | undefined): Required<PluginSet> {
  if (!custom) return { enabled: defaults.enabled ?? [], disabled: defaults.disabled ?? [] };
  const disabled = [...(custom.disabled ?? []), ...(defaults.disabled ?? [])];
  const off = new Set(disabled.map((ref) => ref.name));
  const own = new Map((custom.enabled ?? []).map((ref) => [ref.name, ref]));
  const replaced = new Set<PluginRef>();
  const enabled: PluginRef[] = [];
  for (const ref of off.has('*') ? [] : (defaults.enabled ?? [])) {
    if (off.has(ref.name)) continue;
    const mine = own.get(ref.name);
    if (mine) replaced.add(mine);
    enabled.push(mine ?? ref);
  }
  for (const ref of custom.enabled ?? []) if (!replaced.has(ref)) enabled.push(ref);
  return { enabled, disabled };
}
