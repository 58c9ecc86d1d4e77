/** Answers: objects and lists as the client asked to see them. */

import { apiVersionOf, type Resource } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { type HttpResponse, jsonResponse } from '#engine/http';
import type { ListResult } from '../storage/list.ts';
import type { Negotiated } from './negotiate.ts';

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });

export const respondJson = (status: number, value: unknown): HttpResponse => jsonResponse(status, value, JSON_HEADERS);

/**
 * A list as upstream sends it: items do not repeat kind and apiVersion. In process the items are the stored objects
 * themselves; only text made of the list leaves the two fields out.
 */
export function listOf(resource: Resource, result: ListResult<KubeObject>): object {
  const { items, resourceVersion, continue: token, remainingItemCount } = result;
  const list = {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion,
      ...(token !== undefined && { continue: token }),
      ...(remainingItemCount !== undefined && { remainingItemCount }),
    },
    items,
  };
  const toJSON = () => ({ ...list, items: items.map(({ kind: _, apiVersion: __, ...item }) => item) });
  return Object.freeze(Object.defineProperty(list, 'toJSON', { value: toJSON, enumerable: false }));
}

/** An object in the form asked for. */
export function respondObject(status: number, object: KubeObject, _resource: Resource, form: Negotiated): HttpResponse {
  if (form.as !== undefined) throw statusErrors.notAcceptable('not yet');
  return respondJson(status, object);
}
