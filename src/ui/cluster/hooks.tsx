/** React's view of the cluster. Every hook re-renders at most once per frame, and only for what it asked for. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Capabilities } from './capabilities.ts';
import { type ClockControls, type ClockState, createClock } from './clock.ts';
import { Cluster, type List, type ListSelection } from './cluster.ts';
import type { ServedGroup } from './discovery.ts';
import { humanDuration } from './duration.ts';
import type { Engine } from './engine.ts';
import { followInstant } from './past.ts';
import type { Table, TableSelection } from './table.ts';

interface Context {
  readonly cluster: Cluster;
  readonly clock: ClockControls;
}

const ClusterContext = createContext<Context | undefined>(undefined);

export function ClusterProvider({ engine, children }: { readonly engine: Engine; readonly children: ReactNode }) {
  const value = useMemo(() => ({ cluster: new Cluster(engine), clock: createClock(engine) }), [engine]);
  useEffect(() => followInstant(engine, value.clock), [engine, value]);
  return <ClusterContext value={value}>{children}</ClusterContext>;
}

/** For hooks of this room. */
export function useContextOf(): Context {
  const context = useContext(ClusterContext);
  if (!context) throw new Error('no ClusterProvider above');
  return context;
}

export const useEngine = (): Engine => useContextOf().cluster.engine;
/** What stands behind the API: see `Capabilities`. */
export const useCapabilities = (): Capabilities => useContextOf().cluster.engine.capabilities;
export const useClient = () => useContextOf().cluster.engine.client;

export type ClusterState = 'starting' | 'ready' | 'failed';

/** Whether the cluster is there, and why not. */
export function useClusterState(): { readonly state: ClusterState; readonly error?: string } {
  const { ready } = useEngine();
  const [state, setState] = useState<{ readonly state: ClusterState; readonly error?: string }>({ state: 'starting' });
  useEffect(() => {
    ready.then(
      () => setState({ state: 'ready' }),
      (error: unknown) => setState({ state: 'failed', error: String(error) }),
    );
  }, [ready]);
  return state;
}

/** All objects of a selection, live. `kind` and `apiVersion` of listed items may be absent, as on the wire. */
export function useList<T extends KubeObject>(resource: Resource<T>, selection: ListSelection = {}): List<T> {
  const { cluster } = useContextOf();
  const source = cluster.list(resource, selection);
  return useSyncExternalStore(source.subscribe, source.get);
}

/** One object, live; undefined while unknown or gone. */
export function useObject<T extends KubeObject>(
  resource: Resource<T>,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name: string },
): { readonly object: T | undefined; readonly synced: boolean } {
  const { items, synced } = useList(resource, {
    ...(namespace !== undefined && { namespace }),
    fieldSelector: `metadata.name=${name}`,
  });
  return { object: items[0], synced };
}

/** A resource as the server prints it, live. */
export function useTable(resource: Resource, selection: TableSelection = {}): Table {
  const { cluster } = useContextOf();
  const source = cluster.table(resource, selection);
  return useSyncExternalStore(source.subscribe, source.get);
}

/** Virtual time on view; undefined until the cluster is there. */
export function useClock(): ClockState | undefined {
  const { clock } = useContextOf();
  return useSyncExternalStore(clock.subscribe, clock.get);
}

/** How long ago, as kubectl prints it. Re-renders only when the text changes. */
export function useAge(since: string | undefined): string {
  const { clock } = useContextOf();
  return useSyncExternalStore(clock.subscribe, () => {
    const now = clock.get()?.now;
    return now === undefined || since === undefined ? '' : humanDuration(now - Date.parse(since));
  });
}

export const useClockControls = (): ClockControls => useContextOf().clock;

/** All that can be listed, by group; undefined while unknown. */
export function useDiscovery(): readonly ServedGroup[] | undefined {
  const { served } = useContextOf().cluster;
  return useSyncExternalStore(served.subscribe, served.get);
}
