/** What the panes watch, shared: one informer per distinct list and one watched Table per distinct table, while anybody looks. */
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { createInformerFactory, type Informer, type InformerOptions } from '#engine/client-go';
import type { ServedGroup } from './discovery.ts';
import type { Engine } from './engine.ts';
import { hostWorld } from './host-world.ts';
import { createServed } from './served.ts';
import { createSource, type Snapshot, type Source } from './snapshot.ts';
import { EMPTY_TABLE, type Table, type TableSelection, watchTable } from './table.ts';

export interface List<T> {
  readonly items: readonly T[];
  /** False until the first list has arrived. */
  readonly synced: boolean;
}

export type ListSelection = Pick<InformerOptions<KubeObject>, 'namespace' | 'labelSelector' | 'fieldSelector'>;

const keyOf = (resource: Resource, { namespace = '', labelSelector = '', fieldSelector = '' }: ListSelection): string =>
  `${resource.group}/${resource.version}/${resource.plural}|${namespace}|${labelSelector}|${fieldSelector}`;

export class Cluster {
  private readonly lists = new Map<string, Snapshot<List<KubeObject>>>();
  private readonly tables = new Map<string, Snapshot<Table>>();

  /** What the server serves; undefined until it has said. */
  readonly served: Snapshot<readonly ServedGroup[] | undefined>;

  constructor(readonly engine: Engine) {
    this.served = createServed(engine.client, (resource) => this.list(resource, {}));
  }

  list<T extends KubeObject>(resource: Resource<T>, selection: ListSelection): Snapshot<List<T>> {
    const key = keyOf(resource, selection);
    let list = this.lists.get(key) as Snapshot<List<T>> | undefined;
    if (!list) {
      list = this.openList(resource, selection);
      this.lists.set(key, list as Snapshot<List<KubeObject>>);
    }
    return list;
  }

  table(resource: Resource, selection: TableSelection): Snapshot<Table> {
    const key = keyOf(resource, selection);
    let table = this.tables.get(key);
    if (!table) {
      table = this.openTable(resource, selection);
      this.tables.set(key, table);
    }
    return table;
  }

  private openList<T extends KubeObject>(resource: Resource<T>, selection: ListSelection): Snapshot<List<T>> {
    let stop: AbortController | undefined;
    let informer: Informer<T> | undefined;
    const read = (): List<T> => ({ items: informer?.lister.list() ?? [], synced: informer?.hasSynced ?? false });
    const source: Source<List<T>> = createSource(
      read,
      () => {
        stop = new AbortController();
        informer = createInformerFactory(hostWorld, this.engine.client, stop.signal).informer(resource, selection);
        informer.addEventHandler({ added: source.changed, updated: source.changed, deleted: source.changed });
        informer.synced.then(source.changed, source.changed);
      },
      () => {
        stop?.abort();
        informer = undefined;
      },
    );
    return source;
  }

  private openTable(resource: Resource, selection: TableSelection): Snapshot<Table> {
    let stop: AbortController | undefined;
    let read = () => EMPTY_TABLE;
    const source: Source<Table> = createSource(
      () => read(),
      () => {
        stop = new AbortController();
        watchTable(this.engine.client, resource, selection, stop.signal, (next) => {
          read = next;
          source.changed();
        }).catch(() => undefined);
      },
      () => {
        stop?.abort();
        read = () => EMPTY_TABLE;
      },
    );
    return source;
  }
}
