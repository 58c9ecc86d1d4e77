/**
 * OpenAPI documents for what a server serves.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/installer.go
 */

import { customDefinitions } from './custom-definitions.ts';
import { groupName, type OpenApiResource, pathsOfResource, tagOf } from './operations.ts';
import { pathsV2 } from './paths-v2.ts';
import { definitionsOf, type GroupVersion, type Json, type OpenApiVersion, refTo } from './schemas.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const INFO = { title: 'Kubernetes', version: '1.36' };
const MEDIA = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const rootOf = ({ group, version }: GroupVersion) => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);

/** The path that lists what a group, a version or the server offers. */
function discoveryPath(tag: string, id: string, definition: string): Json {
  const content = Object.fromEntries(MEDIA.map((type) => [type, { schema: refTo(`${META}.${definition}`, 3) }]));
  const what =
    definition === 'APIResourceList'
      ? 'get available resources'
      : definition === 'APIGroup'
        ? 'get information of a group'
        : 'get available API versions';
  return {
    get: {
      tags: [tag],
      description: what,
      operationId: id,
      responses: { 200: { description: 'OK', content }, 401: { description: 'Unauthorized' } },
    },
  };
}

const byPath = ([a]: readonly [string, Json], [b]: readonly [string, Json]) => (a < b ? -1 : a > b ? 1 : 0);

/** The definitions of the custom resources among what is served. */
const customOf = (resources: readonly OpenApiResource[], version: OpenApiVersion): ReadonlyMap<string, Json> =>
  new Map(
    resources.flatMap((one) =>
      one.definition ? customDefinitions({ ...one, definition: one.definition }, version) : [],
    ),
  );

function document(
  paths: readonly (readonly [string, Json])[],
  groupVersions: readonly GroupVersion[],
  custom: ReadonlyMap<string, Json> = new Map(),
): Json {
  const sorted = Object.fromEntries(paths.toSorted(byPath));
  return {
    openapi: '3.0.0',
    info: INFO,
    paths: sorted,
    components: {
      schemas: definitionsOf(sorted, 3, groupVersions, custom),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
  };
}

const serves = (resource: OpenApiResource, { group, version }: GroupVersion) =>
  resource.group === group && resource.version === version;

/**
 * `/openapi/v3/apis/apps/v1`: paths and definitions of one group and version, for the resources served.
 * @fidelity partial: descriptions that only 1.36 has may lack line breaks; enum values are listed without their meaning
 */
export function openApiV3Group(groupVersion: GroupVersion, resources: readonly OpenApiResource[]): Json {
  const root = rootOf(groupVersion);
  const { group, version } = groupVersion;
  const own = resources.filter((resource) => serves(resource, groupVersion));
  const discovery: [string, Json] = [
    `${root}/`,
    discoveryPath(tagOf(group, version), `get${groupName(group)}${upper(version)}APIResources`, 'APIResourceList'),
  ];
  return document(
    [discovery, ...own.flatMap((resource) => pathsOfResource(resource, root))],
    [groupVersion],
    customOf(own, 3),
  );
}

/** A path outside the API that answers with JSON of its own. */
function plainPath(path: string, tag: string, id: string, description: string, type: string): readonly [string, Json] {
  const content = { [type]: { schema: { type: 'string' } } };
  const responses = { 200: { description: 'OK', content }, 401: { description: 'Unauthorized' } };
  return [path, { get: { tags: [tag], description, operationId: id, responses } }];
}

const CONFIGURATION = "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'";
const KEYS = 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)';
const wellKnownPaths: { readonly [name: string]: readonly [string, Json] } = {
  '.well-known/openid-configuration': plainPath(
    '/.well-known/openid-configuration/',
    'WellKnown',
    'getServiceAccountIssuerOpenIDConfiguration',
    CONFIGURATION,
    'application/json',
  ),
  'openid/v1/jwks': plainPath(
    '/openid/v1/jwks/',
    'openid',
    'getServiceAccountIssuerOpenIDKeyset',
    KEYS,
    'application/jwk-set+json',
  ),
  version: plainPath(
    '/version/',
    'version',
    'getCodeVersion',
    'get the version information for this server',
    'application/json',
  ),
};
const wellKnownDocuments = Object.entries(wellKnownPaths).map(
  ([name, path]) => [name, () => document([path], [])] as const,
);

/**
 * The documents of `/openapi/v3` by name: `api/v1`, `apis/apps`, `apis/apps/v1` and so on, each made when asked for.
 */
export function openApiV3Documents(resources: readonly OpenApiResource[]): ReadonlyMap<string, () => Json> {
  const documents = new Map<string, () => Json>();
  documents.set('api', () => document([['/api/', discoveryPath('core', 'getCoreAPIVersions', 'APIVersions')]], []));
  documents.set('apis', () => document([['/apis/', discoveryPath('apis', 'getAPIVersions', 'APIGroupList')]], []));
  for (const [name, make] of wellKnownDocuments) documents.set(name, make);
  for (const { group, version } of resources) {
    const name = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    if (documents.has(name)) continue;
    if (group !== '') {
      const tag = tagOf(group, version).replace(/_.*$/, '');
      documents.set(`apis/${group}`, () =>
        document([[`/apis/${group}/`, discoveryPath(tag, `get${groupName(group)}APIGroup`, 'APIGroup')]], []),
      );
    }
    documents.set(name, () => openApiV3Group({ group, version }, resources));
  }
  return new Map([...documents].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * `/openapi/v2`: paths and definitions in version 2's form.
 * @fidelity partial: without the paths of discovery; encodeOpenApiV2 makes the protobuf that kubectl before 1.29 asks for, of definitions alone
 */
export function openApiV2(resources: readonly OpenApiResource[]): Json {
  const groupVersions: GroupVersion[] = [];
  for (const { group, version } of resources) {
    if (!groupVersions.some((known) => known.group === group && known.version === version))
      groupVersions.push({ group, version });
  }
  const paths = Object.fromEntries(resources.flatMap((resource) => pathsOfResource(resource, rootOf(resource))));
  const shown = pathsV2(paths);
  return {
    swagger: '2.0',
    info: INFO,
    paths: shown.paths,
    definitions: definitionsOf(paths, 2, groupVersions, customOf(resources, 2)),
    parameters: shown.parameters,
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
