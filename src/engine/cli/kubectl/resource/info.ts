/** One thing a command works on: which resource, where, under which name, from which file, and its object once known. */

import type { ApiResource } from '../rest/discovery.ts';
import { type RestMapper, resourceUrl } from '../rest/mapper.ts';
import { at, isObject, type JsonObject, text } from '../text/json.ts';

export interface Info {
  readonly resource: ApiResource;
  /** '' for cluster-scoped resources */
  readonly namespace: string;
  readonly name: string;
  /** The file, `STDIN`, or '' when it came from the command line. */
  readonly source: string;
  readonly object?: JsonObject;
}

export const infoUrl = (info: Info, subresource = ''): string =>
  resourceUrl(info.resource, info.namespace, info.name, subresource);

/** `pods/web`, `deployments/web`: as messages about waiting name it. */
export const infoName = (info: Info): string => `${info.resource.name}/${info.name}`;

/** Name, namespace and mapping of an object that came from a server or a file. */
export function infoFor(mapper: RestMapper, object: JsonObject, source = '', namespace = ''): Info {
  const resource = mapper.kindFor(text(object, 'apiVersion'), text(object, 'kind'));
  return {
    resource,
    namespace: resource.namespaced ? text(object, 'metadata', 'namespace') || namespace : '',
    name: text(object, 'metadata', 'name'),
    source,
    object,
  };
}

/** `configmap/settings`, `deployment.apps/web` */
export function objectLabel(object: JsonObject): string {
  const kind = text(object, 'kind').toLowerCase();
  const version = text(object, 'apiVersion');
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  const name = isObject(at(object, 'metadata')) ? text(object, 'metadata', 'name') : '';
  return `${kind || '<unknown>'}${group && kind ? `.${group}` : ''}/${name || (kind ? '' : '<unknown>')}`;
}

/** The same from an info, before anything was fetched. */
export const infoLabel = (info: Info): string =>
  `${info.resource.kind.toLowerCase()}${info.resource.group ? `.${info.resource.group}` : ''}/${info.name}`;

/** `Deployment.apps`, `Pod` */
export const groupKind = (info: Info): string =>
  info.resource.group ? `${info.resource.kind}.${info.resource.group}` : info.resource.kind;
