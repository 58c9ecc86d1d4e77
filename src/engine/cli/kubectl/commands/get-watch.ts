/** get -w: what there is, then every change. */
import { CommandError } from '../errors.ts';
import { withoutManagedFields } from '../print/output.ts';
import type { ObjectPrinter } from '../print/printer.ts';
import { isTable, TABLE_ACCEPT, TablePrinter } from '../print/table.ts';
import { plan, select } from '../resource/builder.ts';
import { itemsOf } from '../resource/fetch.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { type JsonObject, marshal, sortKeys, text } from '../text/json.ts';
import { watchEvents } from '../watch.ts';
import { queryOf } from './get-query.ts';
import { tableOptions } from './get-table.ts';

interface Target {
  readonly resource: ApiResource;
  readonly path: string;
  readonly query: { readonly [name: string]: string | undefined };
  readonly isList: boolean;
}

async function targetOf(session: Session): Promise<Target> {
  const query = queryOf(session);
  const decided = await plan(session, query);
  const infos = decided.kind === 'files' ? (await select(session, { ...query, fetch: false })).infos : decided.names;
  if (
    decided.kind === 'lists' ? decided.resources.length !== 1 : new Set(infos.map((info) => info.resource)).size > 1
  ) {
    throw new CommandError('you may only specify a single resource type');
  }
  if (decided.kind !== 'lists' && infos.length !== 1) {
    throw new CommandError(
      `watch is only supported on individual resources and resource collections - ${infos.length} resources were found`,
    );
  }
  const one = infos[0];
  const resource = (decided.kind === 'lists' ? decided.resources[0] : one?.resource) as ApiResource;
  const namespace = query.allNamespaces ? '' : (one?.namespace ?? decided.namespace);
  const fieldSelector = one ? `metadata.name=${one.name}` : decided.fieldSelector;
  return {
    resource,
    path: resourceUrl(resource, namespace),
    query: { labelSelector: decided.labelSelector, fieldSelector },
    isList: one === undefined,
  };
}

export async function getWatch(session: Session, printer: ObjectPrinter | undefined): Promise<void> {
  const target = await targetOf(session);
  const sink = printer ? objectSink(session, printer) : tableSink(session, target.resource);
  const accept = printer ? 'application/json' : TABLE_ACCEPT;
  const list = (await session.rest().json('GET', target.path, {
    accept,
    query: { ...target.query, limit: session.flags.int('chunk-size') || undefined },
  })) as JsonObject;
  const isEmpty = printer ? itemsOf(list).length === 0 : (list.rows as readonly unknown[] | undefined)?.length === 0;
  if (!target.isList && isEmpty)
    await session
      .rest()
      .json('GET', `${target.path}/${(target.query.fieldSelector ?? '').replace('metadata.name=', '')}`);
  if (!session.flags.bool('watch-only')) sink.initial(list);
  await session.flush();
  const resourceVersion = text(list, 'metadata', 'resourceVersion');
  await watchEvents(session, target.path, { accept, query: { ...target.query, resourceVersion } }, async (event) => {
    if (event.type === 'BOOKMARK') return false;
    sink.event(event.type, event.object);
    await session.flush();
    return false;
  });
}

interface WatchSink {
  initial(list: JsonObject): void;
  event(type: string, object: JsonObject): void;
}

function tableSink(session: Session, resource: ApiResource): WatchSink {
  const events = session.flags.bool('output-watch-events');
  const printer = new TablePrinter({ ...tableOptions(session, resource, false), events }, (chunk) =>
    session.out(chunk),
  );
  const print = (table: JsonObject, type: string) => {
    if (!isTable(table)) return;
    printer.print(table, type);
    printer.flush();
  };
  return {
    initial: (list) => {
      if ((list.rows as readonly unknown[] | undefined)?.length) print(list, 'ADDED');
      else if (Array.isArray(list.columnDefinitions)) printer.learn(list);
    },
    event: (type, object) => print(object, type),
  };
}

function objectSink(session: Session, printer: ObjectPrinter): WatchSink {
  const events = session.flags.bool('output-watch-events');
  const print = (object: JsonObject, type: string) => {
    if (!events) session.out(printer(object));
    else session.out(`${marshal({ type, object: sortKeys(withoutManagedFields(object)) })}\n`);
  };
  return {
    initial: (list) => {
      for (const item of itemsOf(list)) print(item, 'ADDED');
    },
    event: (type, object) => print(object, type),
  };
}
