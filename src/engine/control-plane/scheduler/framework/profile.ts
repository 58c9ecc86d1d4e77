/** A profile resolved: for every extension point the plugins that run there, in order, and the weights of scores. */
import {
  defaultMultiPoint,
  type ExtensionPoint,
  extensionPoints,
  mergePluginSet,
  type PluginRef,
  type PluginSet,
  type SchedulerProfile,
} from './configuration.ts';
import type { Plugin } from './plugin.ts';

/** Makes a plugin from its arguments. */
type PluginFactory = (args: unknown) => Plugin;
export type PluginRegistry = { readonly [name: string]: PluginFactory };

/** A configuration upstream would refuse. */
export class SchedulerConfigurationError extends Error {
  override readonly name = 'SchedulerConfigurationError';
}

/** Which method makes a plugin belong to a point. */
const methodOf: { readonly [point in ExtensionPoint]: keyof Plugin } = {
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
};

export interface ResolvedProfile {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly points: { readonly [point in ExtensionPoint]: readonly Plugin[] };
  /** By plugin name. */
  readonly weights: ReadonlyMap<string, number>;
  /** Every plugin of the profile, once. */
  readonly plugins: readonly Plugin[];
}

/**
 * @upstream pkg/scheduler/framework/runtime/framework.go NewFramework, expandMultiPointPlugins
 * @fidelity partial: arguments are not validated; a plugin of upstream's that is off by default does not exist here
 */
export function resolveProfile(profile: SchedulerProfile, registry: PluginRegistry): ResolvedProfile {
  const multiPoint = mergePluginSet({ enabled: defaultMultiPoint }, profile.plugins?.multiPoint).enabled;
  const args = new Map((profile.pluginConfig ?? []).map((config) => [config.name, config.args]));
  const instances = new Map<string, Plugin>();
  const instance = ({ name }: PluginRef): Plugin => {
    let plugin = instances.get(name);
    if (!plugin) {
      const factory = registry[name];
      if (!factory) throw new SchedulerConfigurationError(`plugin ${JSON.stringify(name)} does not exist`);
      plugin = factory(args.get(name));
      instances.set(name, plugin);
    }
    return plugin;
  };
  const points = {} as { [point in ExtensionPoint]: readonly Plugin[] };
  for (const point of extensionPoints) points[point] = expand(point, profile.plugins?.[point], multiPoint, instance);
  const schedulerName = profile.schedulerName || 'default-scheduler';
  if (points.queueSort.length !== 1) {
    throw new SchedulerConfigurationError(
      `only one queue sort plugin required for profile with scheduler name ${JSON.stringify(schedulerName)}, but got ${points.queueSort.length}`,
    );
  }
  if (points.bind.length === 0) {
    throw new SchedulerConfigurationError(
      `at least one bind plugin is needed for profile with scheduler name ${JSON.stringify(schedulerName)}`,
    );
  }
  const weights = new Map<string, number>();
  for (const ref of [...(profile.plugins?.score?.enabled ?? []), ...multiPoint]) {
    if (!weights.has(ref.name)) weights.set(ref.name, ref.weight || 1);
  }
  return {
    schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore,
    points,
    weights,
    plugins: [...instances.values()],
  };
}

/** Explicit plugins that also came by multiPoint go first, then the other multiPoint ones, then the rest. */
function expand(
  point: ExtensionPoint,
  set: PluginSet | undefined,
  multiPoint: readonly PluginRef[],
  instance: (ref: PluginRef) => Plugin,
): readonly Plugin[] {
  const method = methodOf[point];
  const explicit = set?.enabled ?? [];
  for (const ref of explicit) {
    if (instance(ref)[method] === undefined) {
      throw new SchedulerConfigurationError(`plugin ${JSON.stringify(ref.name)} does not extend ${point} plugin`);
    }
  }
  const disabled = new Set((set?.disabled ?? []).map((ref) => ref.name));
  const explicitNames = new Set(explicit.map((ref) => ref.name));
  const inherited = disabled.has('*')
    ? []
    : multiPoint.filter((ref) => !disabled.has(ref.name) && instance(ref)[method] !== undefined);
  const overriding = explicit.filter((ref) => inherited.some((other) => other.name === ref.name));
  const rest = explicit.filter((ref) => !overriding.includes(ref));
  return [...overriding, ...inherited.filter((ref) => !explicitNames.has(ref.name)), ...rest].map(instance);
}
