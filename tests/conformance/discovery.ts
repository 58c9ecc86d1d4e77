/** Discovery answers, without what differs between builds, and cut down to the kinds served so far. */
import { servedKind } from './scope.ts';

type Json = Record<string, unknown>;

interface Named {
  readonly name?: string;
  readonly resource?: string;
}

/** Build fields and hashes are the build's own; the order of health checks is Go's map order. */
export function withoutBuild(id: string, body: unknown): unknown {
  if (!id.startsWith('discovery/')) return body;
  if (typeof body === 'string') return body.split('\n').sort().join('\n');
  const text = JSON.stringify(body, (key, value) =>
    [
      'gitCommit',
      'gitTreeState',
      'buildDate',
      'goVersion',
      'platform',
      'compiler',
      'storageVersionHash',
      'serverAddress',
    ].includes(key)
      ? undefined
      : value,
  );
  return JSON.parse(text.replace(/\?hash=[0-9A-F]+/g, '?hash='));
}

const plural = (name: string | undefined) => name?.split('/')[0] ?? '';
const servedGroup = (group: string) =>
  ['apps', 'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'scheduling.k8s.io'].includes(group);
const servedPath = (path: string) =>
  /^\/?(\.well-known|openid|version)/.test(path) ||
  /^\/?api(\/v1)?$/.test(path) ||
  servedGroup(path.split('/')[path.startsWith('/') ? 2 : 1] ?? '');

/** What is about kinds of later issues is left out on both sides. */
export function servedPart(body: unknown): unknown {
  const { kind, ...rest } = (body ?? {}) as Json & { kind?: string };
  if (kind === 'APIResourceList') {
    const version = String(rest.groupVersion);
    return {
      kind,
      ...rest,
      resources: (rest.resources as Named[]).filter(({ name }) => servedKind(version, plural(name))),
    };
  }
  if (kind === 'APIGroupList')
    return { kind, ...rest, groups: (rest.groups as Named[]).filter(({ name }) => servedGroup(name ?? '')) };
  if (kind === 'APIGroupDiscoveryList') {
    const items = (rest.items as { metadata: Named; versions: { version: string; resources: Named[] }[] }[])
      .filter(({ metadata }) => metadata.name === undefined || servedGroup(metadata.name))
      .map(({ metadata, versions }) => ({
        metadata,
        versions: versions.map((one) => ({
          ...one,
          resources: one.resources.filter(({ resource }) =>
            servedKind(metadata.name ? `${metadata.name}/${one.version}` : one.version, plural(resource)),
          ),
        })),
      }));
    return { kind, ...rest, items };
  }
  if (Array.isArray(rest.paths)) return { ...rest, paths: (rest.paths as string[]).filter(servedPath) };
  if (typeof rest.paths === 'object') {
    return {
      ...rest,
      paths: Object.fromEntries(Object.entries(rest.paths as Json).filter(([path]) => servedPath(path))),
    };
  }
  return body;
}
