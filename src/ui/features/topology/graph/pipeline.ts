/** Sources to scene: relations, grouping, layout. What did not change comes out as the very same object. */
import { type PlaceOf, type Sorted, sortPods } from './buckets.ts';
import { groupByComponent, placeByComponent } from './by-component.ts';
import { groupByNetwork, type Network, networkOf } from './by-network.ts';
import { groupByNode, placeByNode } from './by-node.ts';
import { groupByOwner, placeByOwner } from './by-owner.ts';
import { type Grouping, keepGrouping, type Relation, type View } from './group.ts';
import { type Layout, layout } from './layout.ts';
import type { Box, Counts, Room } from './room.ts';
import type { Sources } from './sources.ts';

export interface Scene {
  readonly view: View;
  readonly rooms: readonly Room[];
  readonly relations: readonly Relation[];
  readonly bounds: Box;
  readonly counts: Counts;
}

export interface SceneOptions {
  readonly view: View;
  /** '' for all. The view by Node always shows all: a Node is shared. */
  readonly namespace: string;
  /** Width over height of the pane. */
  readonly aspect: number;
}

function within<T extends { readonly metadata: { readonly namespace?: string } }>(
  items: readonly T[],
  namespace: string,
): readonly T[] {
  return namespace ? items.filter(({ metadata }) => metadata.namespace === namespace) : items;
}

function narrow(sources: Sources, namespace: string): Sources {
  return {
    ...sources,
    pods: within(sources.pods, namespace),
    replicaSets: within(sources.replicaSets, namespace),
    deployments: within(sources.deployments, namespace),
    daemonSets: within(sources.daemonSets, namespace),
    statefulSets: within(sources.statefulSets, namespace),
    replicationControllers: within(sources.replicationControllers, namespace),
    services: within(sources.services, namespace),
    endpointSlices: within(sources.endpointSlices, namespace),
  };
}

function count(rooms: readonly Room[]): Counts {
  const sum = { good: 0, busy: 0, warn: 0, bad: 0, idle: 0 };
  for (const { counts } of rooms) {
    sum.good += counts.good;
    sum.busy += counts.busy;
    sum.warn += counts.warn;
    sum.bad += counts.bad;
    sum.idle += counts.idle;
  }
  return sum;
}

interface Memory {
  readonly shown: Sources;
  readonly network: Network | undefined;
  readonly sorted: Sorted;
  readonly grouping: Grouping;
  readonly layout: Layout;
  readonly namespace: string;
}

const PLACES: { readonly [view in Exclude<View, 'network'>]: PlaceOf } = {
  node: placeByNode,
  owner: placeByOwner,
  'control-plane': placeByComponent,
};

/** Remembers each view's last layout, so that places survive a look at another view. */
export class Pipeline {
  private readonly memory = new Map<View, Memory>();
  private last: { readonly sources: Sources; readonly options: SceneOptions; readonly scene: Scene } | undefined;

  update(sources: Sources, options: SceneOptions): Scene {
    const { last } = this;
    if (last && last.sources === sources && sameOptions(last.options, options)) return last.scene;
    const { view, aspect } = options;
    const namespace = view === 'owner' || view === 'network' ? options.namespace : '';
    const known = this.memory.get(view);
    const before = known?.namespace === namespace ? known : undefined;
    const shown = namespace ? narrow(sources, namespace) : sources;
    const network = view === 'network' ? keepNetwork(before, shown) : undefined;
    const sorted = sortPods(
      before?.sorted,
      shown.pods,
      view === 'network' && network ? network.placeOf : placeOf(view),
    );
    const grouping = keepGrouping(before?.grouping, group(view, shown, sorted, network));
    const placed = layout(before?.layout, grouping, aspect);
    this.memory.set(view, { shown, network, sorted, grouping, layout: placed, namespace });
    const { rooms, bounds } = placed;
    const scene: Scene = { view, rooms, relations: grouping.relations, bounds, counts: count(rooms) };
    this.last = { sources, options, scene };
    return scene;
  }
}

const placeOf = (view: View): PlaceOf => PLACES[view === 'network' ? 'node' : view];

function keepNetwork(before: Memory | undefined, { services, endpointSlices }: Sources): Network {
  const { shown, network } = before ?? {};
  if (network && shown?.services === services && shown.endpointSlices === endpointSlices) return network;
  return networkOf(services, endpointSlices);
}

function group(view: View, sources: Sources, { buckets }: Sorted, network: Network | undefined): Grouping {
  if (network) return groupByNetwork(network, buckets);
  if (view === 'owner') return groupByOwner(sources, buckets);
  return view === 'node' ? groupByNode(sources.nodes, buckets) : groupByComponent(buckets, sources);
}

const sameOptions = (a: SceneOptions, b: SceneOptions): boolean =>
  a.view === b.view && a.namespace === b.namespace && a.aspect === b.aspect;
