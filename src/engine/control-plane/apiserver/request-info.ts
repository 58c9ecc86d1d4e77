/**
 * What a request asks for, read from its method, path and query alone.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
 */
import type { HttpRequest } from '#engine/http';

/** A request's verb and target; of a non-resource request only `path` and `verb` say something. */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  readonly path: string;
  /** For resources get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
  readonly verb: string;
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Path segments from the resource on. */
  readonly parts: readonly string[];
}

const VERBS: { readonly [method: string]: string } = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const SLASH = 47;

/** Segments of a path, percent-encoding undone first: an encoded slash is a slash. What cannot be decoded stays as it is. */
function segments(path: string): string[] {
  const text = decoded(path);
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) === SLASH) from++;
  while (to > from && text.charCodeAt(to - 1) === SLASH) to--;
  return from === to ? [] : text.slice(from, to).split('/');
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

/** Boolean query parameters are true unless they say 0 or false. @upstream staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go */
export function queryBool(text: string | null): boolean {
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}

const none = {
  apiPrefix: '',
  apiGroup: '',
  apiVersion: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  parts: [],
};

/** Reads verb, group, version, namespace, resource, name and subresource off a request. */
export function requestInfoOf(request: Pick<HttpRequest, 'method' | 'path' | 'query'>): RequestInfo {
  const { method, path, query } = request;
  const nonResource: RequestInfo = { ...none, isResourceRequest: false, path, verb: method.toLowerCase() };
  let parts = segments(path);
  if (parts.length < 3) return nonResource;
  const apiPrefix = parts[0] as string;
  if (apiPrefix !== 'api' && apiPrefix !== 'apis') return nonResource;
  parts = parts.slice(1);
  let apiGroup = '';
  if (apiPrefix === 'apis') {
    if (parts.length < 3) return { ...nonResource, apiPrefix };
    apiGroup = parts[0] as string;
    parts = parts.slice(1);
  }
  const apiVersion = parts[0] as string;
  parts = parts.slice(1);
  let verb = VERBS[method] ?? '';
  if (parts[0] === 'watch' || parts[0] === 'proxy') {
    if (parts.length < 2) return nonResource;
    verb = parts[0];
    parts = parts.slice(1);
  }
  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1] as string;
    if (parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize') parts = parts.slice(2);
  }
  const [resource = '', pathName = '', subresource = ''] = parts;
  let name = pathName;
  if (name === '' && verb === 'get') {
    verb = queryBool(query.get('watch')) ? 'watch' : 'list';
    name = nameOfFieldSelector(query.get('fieldSelector'));
  } else if (name === '' && verb === 'delete') {
    verb = 'deletecollection';
    name = nameOfFieldSelector(query.get('fieldSelector'));
  }
  return {
    isResourceRequest: true,
    path,
    verb,
    apiPrefix,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    subresource: verb === 'proxy' ? '' : subresource,
    name,
    parts,
  };
}

/** A list or watch of one name counts as a request for that name, so that rules about names apply. */
function nameOfFieldSelector(selector: string | null): string {
  if (!selector?.includes('metadata.name')) return '';
  for (const term of selector.split(',')) {
    const match = /^metadata\.name==?([^=!]*)$/.exec(term.trim());
    if (match?.[1] && /^[A-Za-z0-9._-]+$/.test(match[1])) return match[1];
  }
  return '';
}
