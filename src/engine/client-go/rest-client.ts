/** The generic client: verbs to requests, Status bodies to errors, watch bodies to frames. */
import { apiVersionOf, type Resource, resourcePath } from '#engine/api';
import type { DeleteOptions, Draft, KubeList, KubeObject, Status, WatchEvent } from '#engine/apimachinery';
import { failure, StatusError } from '#engine/apimachinery';
import {
  bodyJson,
  bodyText,
  type Handler,
  type Headers,
  type HttpRequest,
  type HttpResponse,
  httpRequest,
  type Source,
} from '#engine/http';
import type { Client, ListOptions, ObjectName, PatchType, WatchOptions, WriteOptions } from './client.ts';
import { jsonLines } from './json-lines.ts';

/** Who the client says it is. */
export interface ClientOptions {
  /** The component's name: upstream's `User-Agent`, and the default field manager up to its first `/`. */
  readonly userAgent?: string;
  /** Bearer token. */
  readonly token?: string;
  /** Acts as somebody else, if the server allows it. Groups are joined with commas. */
  readonly impersonate?: { readonly username: string; readonly groups?: readonly string[]; readonly uid?: string };
}

const NO_QUERY = new URLSearchParams();

const PATCH_CONTENT_TYPE: { readonly [type in PatchType]: string } = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/**
 * A client over any transport: in process, over a port, over HTTP.
 * @upstream staging/src/k8s.io/client-go/rest/request.go
 * @fidelity partial: no client-side rate limit and no retry on 429; bodies are JSON only
 */
export function createClient(transport: Handler, options: ClientOptions = {}): Client {
  const headers = baseHeaders(options);
  const writeHeaders: Headers = { ...headers, 'content-type': 'application/json' };

  const send = async (
    method: string,
    path: string,
    query: URLSearchParams,
    body?: unknown,
    rest?: Pick<HttpRequest, 'headers' | 'signal'>,
  ): Promise<HttpResponse> => {
    const request: HttpRequest =
      body === undefined
        ? { method, path, query, headers }
        : { method, path, query, headers: writeHeaders, body: { kind: 'json', value: body } };
    const response = await transport(rest ? { ...request, ...rest } : request);
    if (response.status >= 400) throw await refusal(response);
    return response;
  };

  const call = async <T>(
    method: string,
    path: string,
    query: URLSearchParams,
    body?: unknown,
    contentType?: string,
  ) => {
    const rest = contentType === undefined ? undefined : { headers: { ...headers, 'content-type': contentType } };
    return (await valueIn(await send(method, path, query, body, rest))) as T;
  };

  const put = <T extends KubeObject>(resource: Resource<T>, object: T, write?: WriteOptions, subresource?: string) => {
    const { namespace, name } = object.metadata;
    return call<T>('PUT', resourcePath(resource, { namespace, name, subresource }), writeQuery(write), object);
  };

  return {
    get: <T extends KubeObject>(resource: Resource<T>, name: ObjectName) =>
      call<T>('GET', resourcePath(resource, name), NO_QUERY),

    list: async <T extends KubeObject>(resource: Resource<T>, list: ListOptions = {}) => {
      const rest = list.signal && { headers, signal: list.signal };
      const path = resourcePath(resource, { namespace: list.namespace });
      return (await valueIn(await send('GET', path, listQuery(list), undefined, rest))) as KubeList<T>;
    },

    watch: async <T extends KubeObject>(resource: Resource<T>, watch: WatchOptions = {}) => {
      const rest = watch.signal && { headers, signal: watch.signal };
      const path = resourcePath(resource, { namespace: watch.namespace });
      const response = await send('GET', path, watchQuery(watch), undefined, rest);
      return watchFrames(response) as Source<WatchEvent<T>>;
    },

    create: <T extends KubeObject>(resource: Resource<T>, object: Draft<T>, write?: WriteOptions) => {
      const path = resourcePath(resource, { namespace: object.metadata.namespace });
      return call<T>('POST', path, writeQuery(write), typed(resource, object));
    },

    update: (resource, object, write) => put(resource, object, write),
    updateStatus: (resource, object, write) => put(resource, object, write, 'status'),

    patch: (resource, name, type, patch, write) =>
      call('PATCH', resourcePath(resource, name), writeQuery(write), patch, PATCH_CONTENT_TYPE[type]),

    delete: (resource, name, deletion) =>
      call('DELETE', resourcePath(resource, name), NO_QUERY, deletion && deleteBody(deletion)),

    deleteCollection: (resource, list = {}, deletion) => {
      const path = resourcePath(resource, { namespace: list.namespace });
      return call('DELETE', path, listQuery(list), deletion && deleteBody(deletion));
    },

    createSubresource: (resource, { namespace, name }, subresource, body, write) =>
      call('POST', resourcePath(resource, { namespace, name, subresource }), writeQuery(write), body),

    request: rawRequest(transport, headers),
  };
}

function rawRequest(transport: Handler, base: Headers): Client['request'] {
  return async (method, url, { headers, body, signal } = {}) => {
    const typedBody = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await transport(
      httpRequest(method, url, {
        headers: { ...base, ...typedBody, ...headers },
        ...(body !== undefined && { body: { kind: 'json' as const, value: body } }),
        ...(signal && { signal }),
      }),
    );
    if (response.status >= 400) throw await refusal(response);
    return response;
  };
}

function baseHeaders({ userAgent, token, impersonate }: ClientOptions): Headers {
  return {
    accept: 'application/json',
    ...(userAgent && { 'user-agent': userAgent }),
    ...(token && { authorization: `Bearer ${token}` }),
    ...(impersonate && { 'impersonate-user': impersonate.username }),
    ...(impersonate?.groups && { 'impersonate-group': impersonate.groups.join('\n') }),
    ...(impersonate?.uid && { 'impersonate-uid': impersonate.uid }),
  };
}

const typed = <T extends KubeObject>(resource: Resource<T>, object: Draft<T>): unknown => {
  const { apiVersion, kind } = object as { readonly apiVersion?: string; readonly kind?: string };
  return apiVersion && kind ? object : { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
};

const deleteBody = (options: DeleteOptions) => ({ kind: 'DeleteOptions', apiVersion: 'v1', ...options });

function writeQuery(options: WriteOptions | undefined): URLSearchParams {
  if (!options) return NO_QUERY;
  const query = new URLSearchParams();
  if (options.dryRun) query.set('dryRun', 'All');
  if (options.fieldManager) query.set('fieldManager', options.fieldManager);
  if (options.fieldValidation) query.set('fieldValidation', options.fieldValidation);
  if (options.force !== undefined) query.set('force', String(options.force));
  return query;
}

function listQuery(options: ListOptions): URLSearchParams {
  const query = new URLSearchParams();
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  if (options.limit) query.set('limit', String(options.limit));
  if (options.continue) query.set('continue', options.continue);
  if (options.resourceVersion !== undefined) query.set('resourceVersion', options.resourceVersion);
  if (options.resourceVersionMatch) query.set('resourceVersionMatch', options.resourceVersionMatch);
  return query;
}

function watchQuery(options: WatchOptions): URLSearchParams {
  const query = listQuery(options);
  query.set('watch', 'true');
  if (options.allowWatchBookmarks) query.set('allowWatchBookmarks', 'true');
  if (options.sendInitialEvents !== undefined) query.set('sendInitialEvents', String(options.sendInitialEvents));
  if (options.timeoutSeconds) query.set('timeoutSeconds', String(options.timeoutSeconds));
  return query;
}

const valueIn = (response: HttpResponse): unknown => {
  const { body } = response;
  return body?.kind === 'json' ? body.value : bodyJson(body);
};

function watchFrames(response: HttpResponse): Source<unknown> {
  const { body } = response;
  if (body?.kind === 'stream' && body.framing === 'json') return body.frames;
  if (body?.kind === 'stream' && body.framing === 'bytes') return jsonLines(body.frames);
  throw new Error('the server did not answer a watch with a stream');
}

/** The error of a refused request: the Status it carries, or one made from the code and the text. */
async function refusal({ status: code, body }: HttpResponse): Promise<StatusError> {
  const value = body?.kind === 'json' ? body.value : parseStatus(await bodyText(body));
  if (isStatus(value)) return new StatusError(value);
  const message =
    typeof value === 'string' && value !== '' ? value : `the server responded with the status code ${code}`;
  return failure(code, message);
}

const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status';

function parseStatus(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not JSON after all: the text itself is the message.
  }
}
