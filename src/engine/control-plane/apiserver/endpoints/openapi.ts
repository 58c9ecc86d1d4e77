/**
 * OpenAPI: the index of version 3 with a hash per group, its documents, and version 2 for old clients.
 * @upstream staging/src/k8s.io/kube-openapi/pkg/handler3/handler.go
 * @fidelity full
 */
import type * as openApi from '#engine/api/openapi';
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { LoadAsset } from '../assets.ts';
import { etagOf } from './etag.ts';
import type { CatalogueResource } from './resource-facts.ts';

export interface OpenApi {
  /** Undefined: no such path. */
  serve(request: HttpRequest): Promise<HttpResponse | undefined>;
}

const V3 = '/openapi/v3';

/** What has been made, by name, with the hash of what it was made from. */
export type MadeDocuments = Map<string, { readonly hash: string; readonly document: unknown }>;

/** Documents are made when first asked for, and once: `made` outlives a catalogue that changes. */
export function createOpenApi(
  catalogue: readonly CatalogueResource[],
  load: LoadAsset,
  made: MadeDocuments = new Map(),
): OpenApi {
  // The hash of a document is that of what it is made from, so that the index costs nothing.
  const hashOf = (name: string) => etagOf(`${name} ${JSON.stringify(catalogue.filter((one) => nameOf(one) === name))}`);
  return {
    async serve(request) {
      const { path } = request;
      const maker = await load('openapi');
      if (path === '/openapi/v2') return v2(maker, request, made, catalogue);
      const sources = maker.openApiV3Documents(catalogue);
      if (path === V3 || path === `${V3}/`) return index(request, [...sources.keys()], hashOf);
      if (!path.startsWith(`${V3}/`)) return undefined;
      const name = path.slice(V3.length + 1);
      const source = sources.get(name);
      if (!source) return { status: 404, headers: {} };
      const hash = hashOf(name);
      return cached(request, documentOf(made, name, hash, source), hash, 'application/json');
    },
  };
}

function documentOf<T>(made: MadeDocuments, name: string, hash: string, make: () => T): T {
  const known = made.get(name);
  if (known?.hash === hash) return known.document as T;
  const document = make();
  made.set(name, { hash, document });
  return document;
}

const nameOf = ({ group, version }: CatalogueResource) => (group ? `apis/${group}/${version}` : `api/${version}`);

function index(request: HttpRequest, names: readonly string[], hashOf: (name: string) => string): HttpResponse {
  const paths: { [name: string]: { readonly serverRelativeURL: string } } = {};
  for (const name of names.toSorted()) paths[name] = { serverRelativeURL: `${V3}/${name}?hash=${hashOf(name)}` };
  const value = { paths };
  return cached(request, value, etagOf(JSON.stringify(value)), 'text/plain; charset=utf-8');
}

function cached(request: HttpRequest, value: unknown, hash: string, contentType: string): HttpResponse {
  const etag = `"${hash}"`;
  const headers = { 'content-type': contentType, etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, headers, body: { kind: 'json', value } };
}

function v2(
  maker: typeof openApi,
  request: HttpRequest,
  made: MadeDocuments,
  catalogue: readonly CatalogueResource[],
): HttpResponse {
  const hash = etagOf(`v2 ${JSON.stringify(catalogue)}`);
  const document = documentOf(made, 'v2', hash, () => maker.openApiV2(catalogue));
  const accept = request.headers.accept ?? '';
  // Asked for as `…spec.v2@v1.0+protobuf`, answered with a dot.
  if (!accept.includes('proto-openapi.spec.v2')) return cached(request, document, hash, 'application/json');
  const etag = `"${hash}-pb"`;
  const headers = { 'content-type': maker.OPENAPI_V2_PROTOBUF, etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers };
  const bytes = documentOf(made, 'v2pb', hash, () => maker.encodeOpenApiV2(document));
  return { status: 200, headers, body: { kind: 'bytes', bytes } };
}
