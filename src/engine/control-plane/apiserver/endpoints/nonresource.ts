/** Everything that is no resource: discovery, OpenAPI, version, health, metrics. */
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { Aggregator } from '../aggregation/aggregator.ts';
import type { ApiContext } from '../context.ts';
import { fairnessPage } from '../flow-control/dumps.ts';
import type { Fairness } from '../flow-control/fairness.ts';
import { catalogueOf } from './catalogue.ts';
import { discovery, groupsOf } from './discovery.ts';
import type { Server } from './endpoint.ts';
import { health, healthPaths } from './health.ts';
import { metrics } from './metrics.ts';
import { notFoundPage } from './not-found.ts';
import type { MadeDocuments, serveOpenApi } from './openapi.ts';
import { methodNotAllowed } from './plain-error.ts';
import type { CatalogueResource, RemoteVersion } from './resource-facts.ts';
import { respondJson } from './respond.ts';
import { wellKnown } from './well-known.ts';

/** What /version says. The build is Podarium's, the API is 1.36.2's. */
const VERSION = Object.freeze({
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: '8e16b12fda5b1dccc41a6de48b3e356cc7d5048b',
  gitTreeState: '',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
});

interface Facts {
  readonly catalogue: readonly CatalogueResource[];
  readonly serverAddress: string;
}

/** Where OpenAPI documents are made: loaded when somebody asks. */
type LoadOpenApi = () => Promise<{ readonly serveOpenApi: typeof serveOpenApi }>;

/** Serves what is not a resource. The catalogue is made anew when custom resources come or go. */
export function createNonResourceEndpoint(
  server: Server,
  serverAddress: string,
  remote: Pick<Aggregator, 'versions' | 'available'>,
  loadOpenApi: LoadOpenApi,
  fairness: Fairness,
): (context: ApiContext) => Promise<HttpResponse> {
  let facts: Facts | undefined;
  let madeAt = -1;
  const made: MadeDocuments = new Map();
  return async ({ request, user }) => {
    if (!facts || madeAt !== server.stores.changes) {
      madeAt = server.stores.changes;
      facts = { catalogue: catalogueOf(server), serverAddress };
    }
    const { catalogue } = facts;
    if (request.path.startsWith('/openapi/')) {
      const { serveOpenApi } = await loadOpenApi();
      const parts = { server, catalogue, made, services: remote.available(), user };
      return (await serveOpenApi(parts, request)) ?? notFoundPage();
    }
    const found = request.path.startsWith('/debug/api_priority_and_fairness/')
      ? fairnessPage(fairness, request)
      : find(server, request, facts, remote.versions());
    return (await found) ?? notFoundPage();
  };
}

function find(
  server: Server,
  request: HttpRequest,
  { catalogue, serverAddress }: Facts,
  remote: readonly RemoteVersion[],
): HttpResponse | undefined | Promise<HttpResponse> {
  const { path, query } = request;
  if (path === '/') return respondJson(200, { paths: indexPaths(catalogue) });
  if (path === '/api' || path.startsWith('/api/') || path === '/apis' || path.startsWith('/apis/')) {
    const known = discoveryExists(path, [...catalogue, ...remote]);
    if (known && request.method !== 'GET') throw methodNotAllowed();
    return discovery(request, { catalogue, remote, serverAddress });
  }
  if (path === '/version' || path === '/version/') {
    if (request.method !== 'GET') throw methodNotAllowed();
    return respondJson(200, VERSION);
  }
  if (path === '/metrics') return metrics(server);
  return wellKnown(request, serverAddress, server.tokens) ?? health(path, query);
}

function discoveryExists(path: string, catalogue: readonly { readonly group: string }[]): boolean {
  const [prefix, first] = path.replace(/^\/|\/$/g, '').split('/');
  return prefix === 'api' || first === undefined || catalogue.some(({ group }) => group === first);
}

function indexPaths(catalogue: readonly CatalogueResource[]): readonly string[] {
  const groups = groupsOf(catalogue).flatMap((group) => [
    `/apis/${group}`,
    ...new Set(catalogue.filter((one) => one.group === group).map(({ version }) => `/apis/${group}/${version}`)),
  ]);
  const own = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/flagz',
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/statusz',
    '/version',
  ];
  return [...own, ...groups, ...healthPaths].sort();
}
