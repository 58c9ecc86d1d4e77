/** Answers: objects and lists as the client asked to see them. */

import { apiVersionOf } from '#engine/api';
import { internalName, type KubeObject, type ListMeta } from '#engine/apimachinery';
import { type HttpResponse, jsonResponse } from '#engine/http';
import type { LoadAsset } from '../assets.ts';
import type { ApiContext } from '../context.ts';
import type { ListResult } from '../storage/list.ts';
import type { Served, Server } from './endpoint.ts';
import { type Negotiated, negotiate, notAList, YAML_TYPE } from './negotiate.ts';
import { includeObjectOf, partialOf, tableOf } from './table.ts';

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });

export const respondJson = (status: number, value: unknown): HttpResponse => jsonResponse(status, value, JSON_HEADERS);

/** How this client wants to see objects. Throws 406 before any work is done. */
export const formOf = ({ request }: ApiContext): Negotiated => negotiate(request.headers.accept, { transforms: true });

/** A value in the form's media type. YAML is printed on the way out: see printedYaml. */
export function respond(status: number, value: object, { mediaType }: Negotiated): HttpResponse {
  if (mediaType !== YAML_TYPE) return respondJson(status, value);
  return { status, headers: { 'content-type': YAML_TYPE }, body: { kind: 'json', value } };
}

/** What is to be YAML, as text. */
export function printedYaml(response: HttpResponse, load: LoadAsset): HttpResponse | Promise<HttpResponse> {
  const { headers, body } = response;
  if (headers['content-type'] !== YAML_TYPE || body?.kind !== 'json') return response;
  return load('yaml').then(({ printYaml }) => ({
    ...response,
    body: { kind: 'text', text: printYaml(body.value as object) },
  }));
}

/** One object, as itself, as a Table of one row, or its metadata. */
export function respondObject(
  server: Server,
  context: ApiContext,
  served: Served,
  form: Negotiated,
  status: number,
  object: KubeObject,
): HttpResponse {
  if (form.as === undefined) return respond(status, served.show(object), form);
  const version = form.version ?? 'v1';
  const { strategy } = served.store;
  if (form.as === 'PartialObjectMetadata')
    return respond(status, partialOf(strategy.inner?.(object) ?? object, version), form);
  if (form.as === 'PartialObjectMetadataList') throw notAList(form.as, false, goTypeOf(served, ''));
  const { resourceVersion } = object.metadata;
  const metadata = resourceVersion === undefined ? {} : { resourceVersion };
  return respond(status, tableFor(server, context, served, version, [object], metadata), form);
}

/** A list in the form asked for. */
export function respondList(
  server: Server,
  context: ApiContext,
  served: Served,
  form: Negotiated,
  result: ListResult<KubeObject>,
): HttpResponse {
  const metadata = listMeta(result);
  const version = form.version ?? 'v1';
  if (form.as === undefined) return respond(200, listOf(served, result.items, metadata), form);
  if (form.as === 'Table')
    return respond(200, tableFor(server, context, served, version, result.items, metadata), form);
  if (form.as === 'PartialObjectMetadata') throw notAList(form.as, true, goTypeOf(served, 'List'));
  const { strategy } = served.store;
  // Upstream's converter leaves an empty list of metadata without its list.
  const items =
    result.items.length === 0 ? null : result.items.map((item) => partialOf(strategy.inner?.(item) ?? item, version));
  return respond(200, { kind: form.as, apiVersion: `meta.k8s.io/${version}`, metadata, items }, form);
}

const goTypeOf = ({ custom, resource }: Served, suffix: string): string =>
  custom ? `unstructured.Unstructured${suffix}` : `${internalName(resource)}${suffix}`;

function tableFor(
  server: Server,
  { request }: ApiContext,
  served: Served,
  version: 'v1' | 'v1beta1',
  objects: readonly KubeObject[],
  metadata: ListMeta,
): object {
  const options = {
    version,
    include: includeObjectOf(request.query),
    now: server.world.clock.now(),
    withColumns: true,
  };
  return tableOf(served.store.strategy, objects, metadata, options, served.show);
}

function listMeta({ resourceVersion, continue: token, remainingItemCount }: ListResult<KubeObject>): ListMeta {
  return {
    resourceVersion,
    ...(token !== undefined && { continue: token }),
    ...(remainingItemCount !== undefined && { remainingItemCount }),
  };
}

/**
 * A list as upstream sends it: items do not repeat kind and apiVersion. In process the items are the stored objects
 * themselves; only text made of the list leaves the two fields out.
 */
function listOf(served: Served, objects: readonly KubeObject[], metadata: ListMeta): object {
  if (served.custom) {
    const { listKind } = served.custom;
    return {
      apiVersion: apiVersionOf(served.resource),
      items: objects,
      kind: listKind,
      metadata: { continue: '', ...metadata },
    };
  }
  const items = served.view ? objects.map(served.show) : objects;
  const list = { kind: `${served.resource.kind}List`, apiVersion: apiVersionOf(served.resource), metadata, items };
  const toJSON = () => ({ ...list, items: items.map(({ kind: _, apiVersion: __, ...item }) => item) });
  return Object.freeze(Object.defineProperty(list, 'toJSON', { value: toJSON, enumerable: false }));
}
