/**
 * OpenAPI: the index of version 3 with a hash per group, its documents, and version 2 for old clients; what Services of the cluster
 * say of their groups is part of both.
 * @upstream staging/src/k8s.io/kube-openapi/pkg/handler3/handler.go, staging/src/k8s.io/kube-aggregator/pkg/controllers/openapi, openapiv3
 * @fidelity partial: a Service that speaks version 2 alone is not translated to version 3
 */
import type { APIService } from '#engine/api';
import type * as openApi from '#engine/api/openapi';
import { bodyJson, type HttpRequest, type HttpResponse, httpRequest } from '#engine/http';
import { AGGREGATOR, ask, authorityOf, UnreachableError } from '../aggregation/front-proxy.ts';
import type { UserInfo } from '../context.ts';
import type { Server } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { mergeOpenApiV2, type OpenApiV2 } from './openapi-merge.ts';
import type { CatalogueResource } from './resource-facts.ts';

const V3 = '/openapi/v3';

/** What has been made, by name, with the hash of what it was made from. */
export type MadeDocuments = Map<string, { readonly hash: string; readonly document: unknown }>;

export interface OpenApiParts {
  readonly server: Server;
  readonly catalogue: readonly CatalogueResource[];
  /** Outlives a catalogue that changes. */
  readonly made: MadeDocuments;
  /** The APIServices whose Service answers. */
  readonly services: readonly APIService[];
  readonly user: UserInfo;
}

/** The index of version 3 as a Service may give it. */
interface Index {
  readonly paths?: { readonly [name: string]: { readonly serverRelativeURL?: string } };
}

/** Documents are made when first asked for, and once. Undefined: no such path. */
export async function serveOpenApi(parts: OpenApiParts, request: HttpRequest): Promise<HttpResponse | undefined> {
  const { server, catalogue, made } = parts;
  const { path } = request;
  const maker = await server.load('openapi');
  if (path === '/openapi/v2') return v2(parts, maker, request);
  const sources = maker.openApiV3Documents(catalogue);
  // The hash of a document is that of what it is made from, so that the index costs nothing.
  const hashOf = (name: string) => etagOf(`${name} ${JSON.stringify(catalogue.filter((one) => nameOf(one) === name))}`);
  if (path === V3 || path === `${V3}/`) return index(parts, request, [...sources.keys()], hashOf);
  if (!path.startsWith(`${V3}/`)) return undefined;
  const name = path.slice(V3.length + 1);
  const elsewhere = parts.services.find((service) => remoteName(service) === name);
  if (elsewhere) return fromService(parts, elsewhere, request);
  const source = sources.get(name);
  if (!source) return { status: 404, headers: {} };
  const hash = hashOf(name);
  return cached(request, documentOf(made, name, hash, source), hash, 'application/json');
}

function documentOf<T>(made: MadeDocuments, name: string, hash: string, make: () => T): T {
  const known = made.get(name);
  if (known?.hash === hash) return known.document as T;
  const document = make();
  made.set(name, { hash, document });
  return document;
}

const nameOf = ({ group, version }: CatalogueResource) => (group ? `apis/${group}/${version}` : `api/${version}`);
const remoteName = ({ spec }: APIService) => `apis/${spec?.group}/${spec?.version}`;

/** A document of a Service; undefined when it has none, or cannot be asked. */
async function said({ server }: OpenApiParts, service: APIService, path: string): Promise<unknown> {
  const authority = authorityOf(server, service);
  if (!authority || !server.net) return undefined;
  try {
    const headers = { accept: 'application/json' };
    const response = await ask(server, authority, { ...httpRequest('GET', path), headers }, AGGREGATOR);
    const value = await bodyJson(response.body);
    return response.status === 200 && typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The Service's own document, with its headers. */
async function fromService(
  { server, user }: OpenApiParts,
  service: APIService,
  request: HttpRequest,
): Promise<HttpResponse> {
  const authority = authorityOf(server, service);
  if (!authority) return { status: 404, headers: {} };
  try {
    return await ask(server, authority, request, user);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return { status: 404, headers: {} };
  }
}

async function index(
  parts: OpenApiParts,
  request: HttpRequest,
  names: readonly string[],
  hashOf: (name: string) => string,
): Promise<HttpResponse> {
  const urls = new Map(names.map((name) => [name, `${V3}/${name}?hash=${hashOf(name)}`]));
  for (const service of parts.services) {
    const own = (await said(parts, service, V3)) as Index | undefined;
    const name = remoteName(service);
    const url = own?.paths?.[name]?.serverRelativeURL;
    if (url) urls.set(name, url);
  }
  const sorted = [...urls].sort(([a], [b]) => (a < b ? -1 : 1));
  const paths = Object.fromEntries(sorted.map(([name, serverRelativeURL]) => [name, { serverRelativeURL }]));
  const value = { paths };
  return cached(request, value, etagOf(JSON.stringify(value)), 'text/plain; charset=utf-8');
}

function cached(request: HttpRequest, value: unknown, hash: string, contentType: string): HttpResponse {
  const etag = `"${hash}"`;
  const headers = { 'content-type': contentType, etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, headers, body: { kind: 'json', value } };
}

async function v2(parts: OpenApiParts, maker: typeof openApi, request: HttpRequest): Promise<HttpResponse> {
  const { catalogue, made, services } = parts;
  const remote = (await Promise.all(services.map((service) => said(parts, service, '/openapi/v2')))).filter(
    (one): one is OpenApiV2 => one !== undefined,
  );
  const hash = etagOf(`v2 ${JSON.stringify(catalogue)}${remote.map((one) => JSON.stringify(one)).join('')}`);
  const document = documentOf(made, 'v2', hash, () =>
    remote.reduce(mergeOpenApiV2, maker.openApiV2(catalogue) as OpenApiV2),
  );
  const accept = request.headers.accept ?? '';
  // Asked for as `…spec.v2@v1.0+protobuf`, answered with a dot.
  if (!accept.includes('proto-openapi.spec.v2')) return cached(request, document, hash, 'application/json');
  const etag = `"${hash}-pb"`;
  const headers = { 'content-type': maker.OPENAPI_V2_PROTOBUF, etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers };
  const bytes = documentOf(made, 'v2pb', hash, () => maker.encodeOpenApiV2(document as never));
  return { status: 200, headers, body: { kind: 'bytes', bytes } };
}
