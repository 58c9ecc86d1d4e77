/** From a request's target to the handler that serves it; 404 and 405 as upstream's router answers them. */
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import type { Store } from '../registry/generic/store.ts';
import type { Server } from './endpoint.ts';
import { createObject, deleteObject, getObject, listObjects, updateObject } from './handlers.ts';
import { methodNotAllowed, unknownResource } from './plain-error.ts';

type Verb = (server: Server, context: ApiContext, store: Store) => Promise<HttpResponse>;

const COLLECTION: { readonly [method: string]: Verb } = { GET: listObjects, POST: createObject };
const ITEM: { readonly [method: string]: Verb } = { GET: getObject, PUT: updateObject, DELETE: deleteObject };
const STATUS: { readonly [method: string]: Verb } = { GET: getObject, PUT: updateObject };

export async function route(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const store = server.stores.find(info.apiGroup, info.resource);
  if (!store || store.resource.version !== info.apiVersion) throw unknownResource();
  const verbs = verbsFor(store, context);
  const verb = verbs[request.method];
  if (!verb) throw methodNotAllowed();
  return verb(server, context, store);
}

function verbsFor(store: Store, { info }: ApiContext): { readonly [method: string]: Verb } {
  const { namespaced } = store.resource;
  const depth = info.parts.length;
  if (!namespaced && info.namespace && info.resource !== 'namespaces') throw unknownResource();
  if (depth === 1) return namespaced && !info.namespace ? { GET: listObjects } : COLLECTION;
  if (namespaced && !info.namespace) throw unknownResource();
  if (depth === 2) return ITEM;
  if (depth === 3 && info.subresource === 'status' && store.strategy.status) return STATUS;
  throw unknownResource();
}
