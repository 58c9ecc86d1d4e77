/**
 * Requests to an API server over a Handler: authentication headers, warnings, errors as Status, Go's words for broken wires.
 * @upstream staging/src/k8s.io/client-go/rest/request.go
 */
import { failure, type Status, StatusError } from '#engine/apimachinery';
import { type Body, bodyText, type Handler, type HttpResponse, httpRequest, NetError } from '#engine/http';
import { UrlError } from '../errors.ts';
import { isObject, type Json } from '../text/json.ts';
import { type RoundTripLog, RoundTrips } from './round-trip-log.ts';

export interface RestConfig {
  /** `https://10.0.0.1:6443`, without a trailing slash */
  readonly server: string;
  readonly headers: { readonly [name: string]: string };
}

export interface RequestOptions {
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly body?: Json;
  /** Another body than JSON. */
  readonly rawBody?: Body;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly headers?: { readonly [name: string]: string };
  /** The path is the user's own: a refusal names no resource. */
  readonly raw?: boolean;
}

export interface RestHooks {
  warn(message: string): void;
  /** Where requests are told of; absent: nowhere. */
  readonly log?: RoundTripLog;
}

export class Rest {
  private readonly trips: RoundTrips | undefined;

  constructor(
    private readonly fetch: Handler,
    readonly config: RestConfig,
    private readonly hooks: RestHooks,
    private readonly timeout: { readonly text: string } | undefined,
    /** Sent with every request: which run of which command it belongs to. */
    private readonly telemetry: { readonly [name: string]: string } = {},
  ) {
    this.trips = hooks.log && new RoundTrips(hooks.log);
  }

  /** Rejects with StatusError for a code of 400 and above, with UrlError when nobody answers. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const url = this.url(path, options.query);
    const body =
      options.rawBody ?? (options.body === undefined ? undefined : ({ kind: 'json', value: options.body } as const));
    const headers = {
      'user-agent': 'kubectl/v1.36.2 (linux/amd64)',
      accept: options.accept ?? 'application/json',
      ...(body && { 'content-type': options.contentType ?? 'application/json' }),
      ...this.telemetry,
      ...this.config.headers,
      ...options.headers,
    };
    const request = httpRequest(method, url, {
      headers,
      ...(body && { body }),
      ...(options.signal && { signal: options.signal }),
    });
    const end = this.trips?.begin(request, url);
    let response: HttpResponse;
    try {
      response = await this.fetch(request);
    } catch (error) {
      end?.(undefined);
      throw urlError(method, url, error);
    }
    end?.(response);
    for (const warning of response.warnings ?? []) this.hooks.warn(warning);
    if (response.status >= 400) throw await this.failure(method, options.raw ? '' : path, response);
    return response;
  }

  /** Like json, for documents that are no API objects: a refusal is told in the client's own words. */
  async document(path: string, options: RequestOptions = {}): Promise<Json> {
    try {
      return await this.json('GET', path, options);
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 401) throw error;
      throw genericFailure('GET', path, 401, '');
    }
  }

  async json(method: string, path: string, options: RequestOptions = {}): Promise<Json> {
    const response = await this.request(method, path, options);
    if (response.body?.kind === 'json') return response.body.value as Json;
    return JSON.parse((await bodyText(response.body)) || 'null') as Json;
  }

  private url(path: string, query: RequestOptions['query']): string {
    const parts: string[] = [];
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
    }
    if (this.timeout) parts.push(`timeout=${this.timeout.text}`);
    if (parts.length === 0) return this.config.server + path;
    return `${this.config.server}${path}${path.includes('?') ? '&' : '?'}${parts.join('&')}`;
  }

  private async failure(method: string, path: string, response: HttpResponse): Promise<StatusError> {
    const text = await bodyText(response.body);
    try {
      const value = response.body?.kind === 'json' ? response.body.value : (JSON.parse(text) as Json);
      if (isObject(value) && value.kind === 'Status') return new StatusError(value as unknown as Status);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return genericFailure(method, path, response.status, text);
  }
}

const ERRNO: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
};

function urlError(method: string, url: string, error: unknown): Error {
  if (!(error instanceof NetError)) return error instanceof Error ? error : new Error(String(error));
  const operation = method[0] + method.slice(1).toLowerCase();
  const host = /^[a-z]+:\/\/([^/?]+)/.exec(url)?.[1] ?? '';
  const name = host.replace(/:\d+$/, '');
  if (error.code === 'ENOTFOUND') return new UrlError(operation, url, `dial tcp: lookup ${name}: no such host`);
  const port = /:(\d+)$/.exec(host)?.[1] ?? (url.startsWith('https') ? '443' : '80');
  const address = name === 'localhost' ? '127.0.0.1' : name;
  return new UrlError(operation, url, `dial tcp ${address}:${port}: ${ERRNO[error.code] ?? error.message}`);
}

const GENERIC: { readonly [code: number]: readonly [reason: string, message: string] } = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', ''],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', ''],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Gone', 'the server reported the object is gone'],
  415: ['UnsupportedMediaType', ''],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** @upstream apimachinery/pkg/api/errors NewGenericServerResponse */
function genericFailure(method: string, path: string, code: number, text: string): StatusError {
  const [reason, known] =
    GENERIC[code] ??
    (code >= 500
      ? [
          'InternalError',
          `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding`,
        ]
      : ['', `the server responded with the status code ${code} but did not return more information`]);
  const about = resourceOf(path);
  const message = known || text.trim() || 'unknown';
  return failure(code, about ? `${message} (${method.toLowerCase()} ${about})` : message, reason);
}

/** `pods.metrics.k8s.io web` of a path; '' when it is none of a resource. */
function resourceOf(path: string): string {
  const parts = (path.split('?')[0] as string).split('/').filter(Boolean).map(decodeURIComponent);
  const group = parts[0] === 'apis' ? (parts[1] ?? '') : '';
  const rest = parts[0] === 'apis' ? parts.slice(3) : parts[0] === 'api' ? parts.slice(2) : [];
  const [resource, name] = rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  if (resource === undefined) return '';
  return `${group ? `${resource}.${group}` : resource}${name === undefined ? '' : ` ${name}`}`;
}
