/** Several tables at once. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Resource } from '#engine/api';
import { useContextOf } from './hooks.tsx';
import type { Snapshot } from './snapshot.ts';
import type { Table } from './table.ts';

function together(sources: readonly Snapshot<Table>[]): Snapshot<readonly Table[]> {
  let tables = sources.map(({ get }) => get());
  return {
    get() {
      if (sources.some(({ get }, at) => get() !== tables[at])) tables = sources.map(({ get }) => get());
      return tables;
    },
    subscribe(listener) {
      const leave = sources.map(({ subscribe }) => subscribe(listener));
      return () => {
        for (const one of leave) one();
      };
    },
  };
}

/** One table per resource, live, all namespaces; `resources` has to be a stable array. */
export function useTables(resources: readonly Resource[]): readonly Table[] {
  const { cluster } = useContextOf();
  const source = useMemo(
    () => together(resources.map((resource) => cluster.table(resource, {}))),
    [cluster, resources],
  );
  return useSyncExternalStore(source.subscribe, source.get);
}
