/**
 * Discovery: the plain documents per group and version, and the aggregated one.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/discovery
 * @fidelity full
 */
import { statusErrors } from '#engine/apimachinery';
import type { HttpRequest, HttpResponse } from '#engine/http';
import { etagOf } from './etag.ts';
import { negotiate } from './negotiate.ts';
import { unknownResource } from './plain-error.ts';
import type { CatalogueResource, CatalogueSubresource, RemoteVersion } from './resource-facts.ts';
import { respondJson } from './respond.ts';

/** Groups in the order upstream prefers them; others follow by priority, then by name. */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly priority?: number;
}

/** Of the groups of custom resources. */
const CUSTOM_PRIORITY = 1000;

/** The groups that are served, in upstream's order. */
export function groupsOf(catalogue: readonly GroupVersion[]): readonly string[] {
  const priorities = new Map(catalogue.map(({ group, priority = CUSTOM_PRIORITY }) => [group, priority]));
  const groups = [...priorities.keys()].filter((group) => group !== '');
  const rank = (group: string) => {
    const at = GROUP_ORDER.indexOf(group);
    return at < 0 ? 1e6 - (priorities.get(group) ?? 0) : at;
  };
  return groups.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export interface DiscoveryOptions {
  readonly catalogue: readonly CatalogueResource[];
  /** What Services of the cluster answer for. */
  readonly remote: readonly RemoteVersion[];
  /** `host:port` */
  readonly serverAddress: string;
}

/** Serves /api, /apis and what is below down to group and version. Undefined: not a discovery path. */
export function discovery(request: HttpRequest, options: DiscoveryOptions): HttpResponse | undefined {
  const { catalogue, remote } = options;
  const versions = [...catalogue, ...remote];
  const [prefix, first, second, ...rest] = request.path.replace(/^\/|\/$/g, '').split('/');
  if (rest.length > 0) return undefined;
  if (prefix === 'api' && second === undefined) {
    if (first === undefined) return root(request, options, true);
    return plain(request, resourceList(catalogue, '', first));
  }
  if (prefix !== 'apis') return undefined;
  if (first === undefined) return root(request, options, false);
  if (!versions.some(({ group }) => group === first)) return undefined;
  return plain(request, second === undefined ? apiGroup(versions, first) : resourceList(catalogue, first, second));
}

/** Throws 404 in the server's own words when nothing is there. */
function plain(request: HttpRequest, document: object | undefined): HttpResponse {
  negotiate(request.headers.accept, { transforms: false });
  if (!document) throw unknownResource();
  return respondJson(200, document);
}

function root(request: HttpRequest, options: DiscoveryOptions, isCore: boolean): HttpResponse {
  const accept = request.headers.accept ?? '';
  const { serverAddress } = options;
  if (wantsAggregated(accept)) return answered(request, aggregated(options, isCore));
  const versions = [...options.catalogue, ...options.remote];
  negotiate(accept, { transforms: false });
  if (!isCore) {
    const groups = groupsOf(versions).map((group) => groupBody(versions, group));
    return respondJson(200, { kind: 'APIGroupList', apiVersion: 'v1', groups });
  }
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
  return respondJson(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
}

/** True when aggregated discovery is what the client likes best. Throws 406 when it only takes versions that are gone. */
function wantsAggregated(accept: string): boolean {
  let odd = false;
  for (const clause of accept.split(',')) {
    const params = clause.split(';').map((part) => part.trim());
    if (params[0] !== 'application/json' && params[0] !== 'application/*' && params[0] !== '*/*') continue;
    if (!params.some((part) => part.startsWith('as='))) return false;
    if (
      params.includes('as=APIGroupDiscoveryList') &&
      params.includes('g=apidiscovery.k8s.io') &&
      params.includes('v=v2')
    )
      return true;
    odd = true;
  }
  if (odd) {
    const types = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
    throw statusErrors.notAcceptable(`only the following media types are accepted: ${types}`);
  }
  return false;
}

function groupBody(catalogue: readonly GroupVersion[], group: string) {
  const versions = versionsOf(catalogue, group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

const versionsOf = (catalogue: readonly GroupVersion[], group: string): readonly string[] =>
  [...new Set(catalogue.filter((one) => one.group === group).map(({ version }) => version))].sort(compareVersions);

const STAGES = ['alpha', 'beta', ''];

/** Stable before beta before alpha, newer before older, odd names last. @upstream staging/src/k8s.io/apimachinery/pkg/version/helpers.go */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text));
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  const rank = (match: RegExpExecArray) => STAGES.indexOf(match[2] ?? '');
  return rank(y) - rank(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}

const apiGroup = (catalogue: readonly GroupVersion[], group: string): object => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  ...groupBody(catalogue, group),
});

function resourceList(catalogue: readonly CatalogueResource[], group: string, version: string): object | undefined {
  const resources = catalogue.filter((one) => one.group === group && one.version === version);
  if (resources.length === 0) return undefined;
  const entries = resources.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      ...(resource.categories.length > 0 && { categories: resource.categories }),
      ...(resource.storageVersionHash && { storageVersionHash: resource.storageVersionHash }),
    },
    ...resource.subresources.map((subresource) => subresourceEntry(resource, subresource)),
  ]);
  const groupVersion = group ? `${group}/${version}` : version;
  return { kind: 'APIResourceList', ...(group && { apiVersion: 'v1' }), groupVersion, resources: entries };
}

function subresourceEntry(resource: CatalogueResource, { name, kind, verbs }: CatalogueSubresource): object {
  const foreign = kind && (kind.group !== resource.group || kind.version !== resource.version);
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(foreign && { group: kind.group, version: kind.version }),
    kind: kind?.kind ?? resource.kind,
    verbs,
  };
}

/** @upstream staging/src/k8s.io/apiserver/pkg/endpoints/discovery/aggregated */
function aggregatedOf({ catalogue, remote }: DiscoveryOptions, isCore: boolean): object {
  const versionOf = (group: string, version: string) => {
    const isThis = (one: GroupVersion) => one.group === group && one.version === version;
    const elsewhere = remote.find(isThis);
    if (!elsewhere) {
      return { version, resources: catalogue.filter(isThis).map(aggregatedResource), freshness: 'Current' };
    }
    if (!elsewhere.resources) return { version, freshness: 'Stale' };
    return { version, resources: elsewhere.resources.map(aggregatedResource), freshness: 'Current' };
  };
  const versions = [...catalogue, ...remote];
  const groups = isCore ? [''] : groupsOf(versions);
  const items = groups.map((group) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(versions, group).map((version) => versionOf(group, version)),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: CatalogueResource): object {
  const { group, version, subresources } = resource;
  const kindOf = (
    kind: CatalogueSubresource['kind'] | { readonly group: string; readonly version: string; readonly kind: string },
  ) => {
    const own = !kind || (kind.group === group && kind.version === version);
    return { group: own ? '' : kind.group, version: own ? '' : kind.version, kind: kind?.kind ?? resource.kind };
  };
  return {
    resource: resource.plural,
    responseKind: kindOf(undefined),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
    ...(resource.categories.length > 0 && { categories: resource.categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map(({ name, kind, verbs }) => ({
        subresource: name,
        responseKind: kindOf(kind),
        verbs,
      })),
    }),
  };
}

interface Made {
  readonly remote: readonly RemoteVersion[];
  readonly document: object;
  readonly etag: string;
}

/** Controllers ask twice a minute, and next to nothing changes: by catalogue, for /apis and /api. */
const made = new WeakMap<readonly CatalogueResource[], { apis?: Made; api?: Made }>();

function aggregated(options: DiscoveryOptions, isCore: boolean): Made {
  const { catalogue, remote } = options;
  const known = made.get(catalogue) ?? {};
  const key = isCore ? 'api' : 'apis';
  const before = known[key];
  const same = before?.remote.length === remote.length && remote.every((one, i) => one === before.remote[i]);
  if (before && same) return before;
  const document = aggregatedOf(options, isCore);
  const fresh = { remote, document, etag: `"${etagOf(JSON.stringify(document))}"` };
  made.set(catalogue, { ...known, [key]: fresh });
  return fresh;
}

/** The document with its ETag, or 304 when the client has it. */
function answered(request: HttpRequest, { document, etag }: Made): HttpResponse {
  const headers = { 'content-type': AGGREGATED, etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, headers, body: { kind: 'json', value: document } };
}
