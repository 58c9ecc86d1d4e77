/** A resource as the server prints it: its Table, kept up to date by a watch for Tables. */
import { type Resource, resourcePath } from '#engine/api';
import { type KubeObject, type Status, StatusError } from '#engine/apimachinery';
import { type Client, jsonLines } from '#engine/client-go';
import { bodyJson, type HttpResponse, type Source } from '#engine/http';
import { hostWorld } from './host-world.ts';

interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** 0 is shown always, more only where there is room. */
  readonly priority: number;
  readonly description?: string;
}

type Cell = string | number | boolean | undefined;

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly object: Pick<KubeObject, 'metadata'>;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  /** In the server's order: by namespace and name. */
  readonly rows: readonly TableRow[];
  readonly synced: boolean;
  /** Why there is no table, in the server's words. */
  readonly error?: string;
}

export interface TableSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

interface WireTable {
  readonly columnDefinitions?: readonly TableColumn[];
  readonly rows?: readonly TableRow[];
  readonly metadata?: { readonly resourceVersion?: string };
}

interface Frame {
  readonly type: string;
  readonly object: WireTable;
}

export const EMPTY_TABLE: Table = { columns: [], rows: [], synced: false };

const ACCEPT = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const RETRY_MS = 2000;

function query(selection: TableSelection, more: { readonly [name: string]: string } = {}): string {
  const parts = new URLSearchParams(more);
  if (selection.labelSelector) parts.set('labelSelector', selection.labelSelector);
  if (selection.fieldSelector) parts.set('fieldSelector', selection.fieldSelector);
  return parts.size > 0 ? `?${parts}` : '';
}

/** A watch that ends sooner is not resumed: the list is read anew. */
const SHORT_MS = 1000;

/**
 * Lists, watches, goes on where a watch has ended, and lists again when that cannot be, until `signal` aborts. `show` is told how to read
 * what is there now.
 */
export async function watchTable(
  client: Client,
  resource: Resource,
  selection: TableSelection,
  signal: AbortSignal,
  show: (read: () => Table) => void,
): Promise<void> {
  const path = resourcePath(resource, selection);
  let read = () => EMPTY_TABLE;
  while (!signal.aborted) {
    try {
      const response = await client.request('GET', path + query(selection), { headers: ACCEPT, signal });
      const list = (await bodyJson(response.body)) as WireTable;
      const state = new Rows(list);
      read = () => state.table();
      show(read);
      const watch = (resourceVersion: string) =>
        client.request('GET', path + query(selection, { watch: 'true', resourceVersion }), { headers: ACCEPT, signal });
      await follow(watch, list.metadata?.resourceVersion ?? '', signal, (frame) => {
        if (state.take(frame)) show(read);
      });
    } catch (error) {
      if (signal.aborted) return;
      // What went on is forgotten where it was: the list says all.
      if (!(error instanceof StatusError && error.code === 410)) {
        const message = error instanceof StatusError ? error.message : String(error);
        const failed = { ...read(), synced: true, error: message };
        show(() => failed);
      }
      await hostWorld.clock.sleep(RETRY_MS, 'table', signal);
    }
  }
}

/** Takes what watches bring, each from where the last one ended. */
async function follow(
  watch: (resourceVersion: string) => Promise<HttpResponse>,
  start: string,
  signal: AbortSignal,
  take: (frame: Frame) => void,
): Promise<void> {
  let version = start;
  for (let since = -SHORT_MS; !signal.aborted && performance.now() - since >= SHORT_MS; ) {
    since = performance.now();
    const frames = framesOf(await watch(version));
    const stop = () => frames.cancel();
    signal.addEventListener('abort', stop, { once: true });
    await frames
      .forEach((frame) => {
        if (signal.aborted) return;
        take(frame);
        version = frame.object.rows?.at(-1)?.object.metadata.resourceVersion ?? version;
      })
      .finally(() => signal.removeEventListener('abort', stop));
  }
}

function framesOf({ body }: HttpResponse): Source<Frame> {
  if (body?.kind === 'stream' && body.framing === 'json') return body.frames as Source<Frame>;
  if (body?.kind === 'stream' && body.framing === 'bytes') return jsonLines(body.frames) as Source<Frame>;
  throw new Error('the server did not answer a watch with a stream');
}

/** Rows by object; put in order when somebody reads them after a new one came. */
class Rows {
  private readonly columns: readonly TableColumn[];
  private rows = new Map<string, TableRow>();
  private ordered = false;
  private read: Table | undefined;

  constructor(list: WireTable) {
    this.columns = list.columnDefinitions ?? [];
    for (const row of list.rows ?? []) this.rows.set(rowKey(row), row);
  }

  /** False when nothing to see has changed. */
  take({ type, object }: Frame): boolean {
    if (type === 'ERROR') throw new StatusError(object as unknown as Status);
    if (type === 'BOOKMARK') return false;
    for (const row of object.rows ?? []) {
      const key = rowKey(row);
      if (type === 'DELETED') this.rows.delete(key);
      else {
        if (!this.rows.has(key)) this.ordered = false;
        this.rows.set(key, row);
      }
    }
    this.read = undefined;
    return true;
  }

  table(): Table {
    if (!this.ordered) {
      this.rows = new Map([...this.rows.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
      this.ordered = true;
    }
    this.read ??= { columns: this.columns, rows: [...this.rows.values()], synced: true };
    return this.read;
  }
}

/** `namespace/name`: what tells the rows of one table apart. */
export const rowKey = ({ object: { metadata } }: TableRow): string => `${metadata.namespace ?? ''}/${metadata.name}`;
