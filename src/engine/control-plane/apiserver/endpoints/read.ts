/** get, list and the way into watch. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go */
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { parseResourceVersion, tooLarge } from '../storage/list.ts';
import type { Served, Server } from './endpoint.ts';
import { listOptionsOf } from './options.ts';
import { partOf } from './part.ts';
import { formOf, respondList, respondObject } from './respond.ts';
import { selectionOf } from './selection.ts';
import { includeObjectOf } from './table.ts';
import { watchResource } from './watch.ts';

export async function getObject(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const form = formOf(context);
  const { store } = served;
  const version = parseResourceVersion(request.query.get('resourceVersion') ?? undefined);
  if (version > store.storage.revision) throw tooLarge(version, store.storage.revision);
  const object = await store.reading(() => store.get(info.namespace, info.name), true);
  return respondObject(server, context, served, form, 200, object);
}

/** A subresource that is read: status and the like show the whole object, scale its own kind. */
export async function getPart(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { info } = context;
  const form = formOf(context);
  const { store } = served;
  const object = await store.reading(() => store.get(info.namespace, info.name));
  return partOf(served, info.subresource).respond(server, context, form, 200, object);
}

export async function listObjects(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const options = listOptionsOf(request.query, info.verb === 'watch');
  if (options.watch) return watchResource(server, context, served, options);
  const form = formOf(context);
  if (form.as === 'Table') includeObjectOf(request.query);
  const query = { ...options, selection: selectionOf(context, served, options) };
  const result = await served.store.reading(() => served.store.list(query));
  return respondList(server, context, served, form, result);
}
