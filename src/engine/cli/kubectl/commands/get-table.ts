/** get without -o: tables by the server, one per resource type. */

import { parseTime } from '#engine/sim';
import { addSource, asError, throwAll } from '../errors.ts';
import { sortTable } from '../print/sorter.ts';
import { isTable, TABLE_ACCEPT, type TableOptions, TablePrinter, tableRows } from '../print/table.ts';
import { plan, select } from '../resource/builder.ts';
import { itemsOf, pages } from '../resource/fetch.ts';
import { infoUrl } from '../resource/info.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { humanDuration } from '../text/duration.ts';
import { at, type Json, type JsonObject, text } from '../text/json.ts';
import { queryOf } from './get-query.ts';

/** A table of one resource type. */
interface Sheet {
  readonly resource: ApiResource;
  readonly table: JsonObject;
}

export function tableOptions(session: Session, resource: ApiResource, manyKinds: boolean): TableOptions {
  const { flags } = session;
  const kind = `${resource.kind.toLowerCase()}${resource.group ? `.${resource.group}` : ''}`;
  return {
    noHeaders: flags.bool('no-headers'),
    wide: flags.string('output').toLowerCase() === 'wide',
    withNamespace: flags.bool('all-namespaces') && resource.namespaced,
    kind: flags.bool('show-kind') || manyKinds ? kind : undefined,
    showLabels: flags.bool('show-labels'),
    columnLabels: flags.list('label-columns'),
  };
}

export async function getTables(session: Session): Promise<void> {
  const ignore = session.flags.bool('ignore-not-found');
  const { sheets, errors } = await collect(session);
  const remaining = errors.filter((error) => !(ignore && 'reason' in error && error.reason === 'NotFound'));
  printSheets(session, sheets);
  const rows = sheets.reduce((sum, sheet) => sum + tableRows(sheet.table).length, 0);
  if (rows === 0 && !ignore && remaining.length === 0) session.err(nothingFound(session, sheets));
  throwAll(remaining);
}

function nothingFound(session: Session, sheets: readonly Sheet[]): string {
  const scoped = !session.flags.bool('all-namespaces') && sheets.some((sheet) => sheet.resource.namespaced);
  return scoped ? `No resources found in ${session.namespace().name} namespace.\n` : 'No resources found\n';
}

/** Consecutive tables of one type share a header; a blank line parts types. */
function printSheets(session: Session, sheets: readonly Sheet[]): void {
  const filled = sheets.filter((sheet) => tableRows(sheet.table).length > 0);
  const many = new Set(sheets.map((sheet) => groupResource(sheet.resource))).size > 1;
  let last: ApiResource | undefined;
  let printer: TablePrinter | undefined;
  for (const { resource, table } of filled) {
    if (!printer || !last || groupResource(last) !== groupResource(resource)) {
      printer?.flush();
      if (last && !session.flags.bool('no-headers')) session.out('\n');
      printer = new TablePrinter(tableOptions(session, resource, many), (chunk) => session.out(chunk));
      last = resource;
    }
    printer.print(table);
  }
  printer?.flush();
}

async function collect(
  session: Session,
): Promise<{ readonly sheets: readonly Sheet[]; readonly errors: readonly Error[] }> {
  const query = queryOf(session);
  const sheets: Sheet[] = [];
  const errors: Error[] = [];
  const decided = await plan(session, query);
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      errors.push(asError(error));
    }
  };
  if (decided.kind === 'files') {
    const selection = await select(session, { ...query, fetch: false });
    errors.push(...selection.errors);
    for (const info of selection.infos) {
      await attempt(async () => {
        sheets.push({ resource: info.resource, table: await getOne(session, info.resource, infoUrl(info)) });
      });
    }
  }
  for (const one of decided.names) {
    await attempt(async () => {
      const path = infoUrl({ ...one, source: '' }, query.subresource);
      sheets.push({ resource: one.resource, table: await getOne(session, one.resource, path) });
    });
  }
  for (const resource of decided.kind === 'lists' ? decided.resources : []) {
    await attempt(async () => {
      const namespace = query.allNamespaces ? '' : decided.namespace;
      sheets.push(...(await listTables(session, resource, namespace, decided.labelSelector, decided.fieldSelector)));
    });
  }
  return { sheets: sortTable(session, sheets), errors };
}

const sorted = (session: Session): boolean => session.flags.string('sort-by') !== '';

async function getOne(session: Session, resource: ApiResource, path: string): Promise<JsonObject> {
  const query = sorted(session) ? { includeObject: 'Object' } : {};
  const value = await session.rest().json('GET', path, { accept: TABLE_ACCEPT, query });
  return isTable(value) ? (value as JsonObject) : localTable(session, resource, [value as JsonObject]);
}

async function listTables(
  session: Session,
  resource: ApiResource,
  namespace: string,
  labelSelector: string | undefined,
  fieldSelector: string | undefined,
): Promise<readonly Sheet[]> {
  const out: Sheet[] = [];
  const chunkSize = Math.max(0, session.flags.int('chunk-size'));
  const selection = { labelSelector, fieldSelector, chunkSize, accept: TABLE_ACCEPT, includeObject: sorted(session) };
  try {
    for await (const page of pages(session, resource, namespace, selection)) {
      out.push({ resource, table: isTable(page) ? page : localTable(session, resource, itemsOf(page)) });
    }
  } catch (error) {
    throw selectorError(resource, selection, asError(error));
  }
  return out;
}

/** @upstream staging/src/k8s.io/cli-runtime/pkg/resource/selector.go */
function selectorError(
  resource: ApiResource,
  selection: { labelSelector?: string | undefined; fieldSelector?: string | undefined },
  error: Error,
): Error {
  if (!('reason' in error) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) return error;
  if (!selection.labelSelector && !selection.fieldSelector) return error;
  const gvr = `${resource.group}/${resource.version}, Resource=${resource.name}`;
  const message = `Unable to find ${JSON.stringify(gvr)} that match label selector ${JSON.stringify(selection.labelSelector ?? '')}, field selector ${JSON.stringify(selection.fieldSelector ?? '')}: ${error.message}`;
  return addMessage(error, message);
}

function addMessage(error: Error, message: string): Error {
  const copy = addSource('', '', error);
  return Object.assign(Object.create(Object.getPrototypeOf(copy) as object) as Error, copy, {
    message,
    status: { ...(copy as unknown as { status: object }).status, message },
  });
}

/** A server that makes no tables: NAME and AGE. */
function localTable(session: Session, resource: ApiResource, objects: readonly JsonObject[]): JsonObject {
  const now = session.process.clock.now();
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: [
      { name: resource.namespaced ? 'Name' : 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: objects.map((object): Json => {
      const created = parseTime(text(object, 'metadata', 'creationTimestamp'));
      return {
        cells: [text(object, 'metadata', 'name'), created === undefined ? '<unknown>' : humanDuration(now - created)],
        object: { metadata: at(object, 'metadata') ?? null },
      };
    }),
  };
}
