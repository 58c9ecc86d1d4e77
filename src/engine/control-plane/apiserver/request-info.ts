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

const NO_PARTS: readonly string[] = Object.freeze([]);

function nonResource(method: string, path: string, apiPrefix: string): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix,
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: NO_PARTS,
  };
}

/** Reads verb, group, version, namespace, resource, name and subresource off a request. */
export function requestInfoOf(request: Pick<HttpRequest, 'method' | 'path' | 'query'>): RequestInfo {
  const { method, path, query } = request;
  const all = segments(path);
  const apiPrefix = all[0] ?? '';
  if (all.length < 3 || (apiPrefix !== 'api' && apiPrefix !== 'apis')) return nonResource(method, path, '');
  const grouped = apiPrefix === 'apis';
  if (grouped && all.length < 4) return nonResource(method, path, apiPrefix);
  const apiGroup = grouped ? (all[1] as string) : '';
  const apiVersion = all[grouped ? 2 : 1] as string;
  let at = grouped ? 3 : 2;
  let verb = VERBS[method] ?? '';
  if (all[at] === 'watch' || all[at] === 'proxy') {
    if (all.length - at < 2) return nonResource(method, path, '');
    verb = all[at] as string;
    at++;
  }
  let namespace = '';
  if (all[at] === 'namespaces' && all.length - at > 1) {
    namespace = all[at + 1] as string;
    const part = all[at + 2];
    if (part !== undefined && part !== 'status' && part !== 'finalize') at += 2;
  }
  const parts = all.slice(at);
  let name = parts[1] ?? '';
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
    resource: parts[0] ?? '',
    subresource: verb === 'proxy' ? '' : (parts[2] ?? ''),
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
