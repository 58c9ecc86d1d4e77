/**
 * Kubeconfig files: what is in them, how several merge, how one is written.
 * @upstream staging/src/k8s.io/client-go/tools/clientcmd/{loader.go,api/v1/types.go}
 * @fidelity partial: credential plugins and auth providers are kept, not run
 */
import type { FileSystem, Process } from '#engine/os';
import { CommandError } from '../errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { parseYaml, YamlError } from '../text/yaml-parse.ts';

export type Stanza = { readonly [field: string]: Json | undefined };

export interface KubeConfig {
  readonly clusters: ReadonlyMap<string, Stanza>;
  readonly users: ReadonlyMap<string, Stanza>;
  readonly contexts: ReadonlyMap<string, Stanza>;
  readonly currentContext: string;
}

export const EMPTY_CONFIG: KubeConfig = {
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  currentContext: '',
};

/** Fields in the order of the Go structs. */
const CLUSTER_FIELDS = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
  'disable-compression',
  'extensions',
];
const USER_FIELDS = [
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'as',
  'as-uid',
  'as-groups',
  'as-user-extra',
  'username',
  'password',
  'auth-provider',
  'exec',
  'extensions',
];
const CONTEXT_FIELDS = ['cluster', 'user', 'namespace', 'extensions'];
const BOOLEANS = new Set(['insecure-skip-tls-verify', 'disable-compression']);
const TEXTS = new Set([
  'server',
  'tls-server-name',
  'certificate-authority',
  'proxy-url',
  'client-certificate',
  'client-key',
  'token',
  'tokenFile',
  'as',
  'username',
  'password',
  'cluster',
  'user',
  'namespace',
]);

export const stanzaText = (stanza: Stanza | undefined, field: string): string => {
  const value = stanza?.[field];
  return typeof value === 'string' ? value : '';
};

/** The files that count, in order: --kubeconfig, $KUBECONFIG, ~/.kube/config. */
export function configPaths(process: Process, explicit: string): readonly string[] {
  if (explicit !== '') return [explicit];
  const listed = process.env.get('KUBECONFIG');
  if (listed) return [...new Set(listed.split(':').filter((path) => path !== ''))];
  return [`${process.env.get('HOME') ?? '/root'}/.kube/config`];
}

export const absolute = (cwd: string, path: string): string =>
  path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;

/** Throws CommandError when the file is not a kubeconfig; undefined when there is none. */
export function readConfig(fs: FileSystem, cwd: string, path: string): KubeConfig | undefined {
  const full = absolute(cwd, path);
  if (!fs.exists(full)) return undefined;
  return parseConfig(new TextDecoder().decode(fs.readFile(full)), path);
}

function parseConfig(source: string, path: string): KubeConfig {
  const fail = (why: string) => new CommandError(`error loading config file "${path}": ${why}`);
  let value: Json;
  try {
    value = parseYaml(source).value;
  } catch (error) {
    if (error instanceof YamlError) throw fail(`yaml: ${error.message.replace(/^yaml: /, '')}`);
    throw error;
  }
  if (value === null) return EMPTY_CONFIG;
  if (!isObject(value))
    throw fail(
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  const kind = value.kind ?? 'Config';
  const version = value.apiVersion ?? 'v1';
  if (kind !== 'Config' || version !== 'v1') {
    throw fail(
      `no kind "${String(kind)}" is registered for version "${String(version)}" in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"`,
    );
  }
  return {
    clusters: named(value.clusters, 'cluster', CLUSTER_FIELDS, 'Cluster.clusters', fail),
    users: named(value.users, 'user', USER_FIELDS, 'AuthInfo.users', fail),
    contexts: named(value.contexts, 'context', CONTEXT_FIELDS, 'Context.contexts', fail),
    currentContext: typeof value['current-context'] === 'string' ? value['current-context'] : '',
  };
}

function named(
  list: Json | undefined,
  inner: string,
  fields: readonly string[],
  goPath: string,
  fail: (why: string) => Error,
): Map<string, Stanza> {
  const out = new Map<string, Stanza>();
  for (const entry of isArray(list) ? list : []) {
    if (!isObject(entry) || typeof entry.name !== 'string') continue;
    const stanza = entry[inner];
    if (!out.has(entry.name))
      out.set(entry.name, ordered(isObject(stanza) ? stanza : {}, fields, `${goPath}.${inner}`, fail));
  }
  return out;
}

function ordered(stanza: JsonObject, fields: readonly string[], goPath: string, fail: (why: string) => Error): Stanza {
  const out: { [field: string]: Json } = {};
  for (const field of fields) {
    const value = stanza[field];
    if (value === undefined || value === null) continue;
    if (TEXTS.has(field) && typeof value !== 'string')
      throw fail(`json: cannot unmarshal ${goType(value)} into Go struct field ${goPath}.${field} of type string`);
    if (BOOLEANS.has(field) && typeof value !== 'boolean')
      throw fail(`json: cannot unmarshal ${goType(value)} into Go struct field ${goPath}.${field} of type bool`);
    if (value !== '' && value !== false) out[field] = value;
  }
  return out;
}

const goType = (value: Json): string =>
  typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'number'
      ? 'number'
      : isArray(value)
        ? 'array'
        : typeof value === 'string'
          ? 'string'
          : 'object';

/** The first file that defines a name wins. */
export function mergeConfigs(configs: readonly KubeConfig[]): KubeConfig {
  const merge = (pick: (config: KubeConfig) => ReadonlyMap<string, Stanza>) =>
    new Map(configs.toReversed().flatMap((config) => [...pick(config)]));
  return {
    clusters: merge((config) => config.clusters),
    users: merge((config) => config.users),
    contexts: merge((config) => config.contexts),
    currentContext: configs.find((config) => config.currentContext !== '')?.currentContext ?? '',
  };
}

const sortedEntries = (map: ReadonlyMap<string, Stanza>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Fields that are written even when they are empty. */
const ALWAYS: { readonly [inner: string]: readonly string[] } = { cluster: ['server'], context: ['cluster', 'user'] };

function stanzaObject(stanza: Stanza, inner: string): JsonObject {
  const empty = Object.fromEntries((ALWAYS[inner] ?? []).map((field) => [field, '']));
  return { ...empty, ...stanza };
}

/** The versioned object, fields in Go's order: `null` stands for an empty list. */
export function configObject(config: KubeConfig): JsonObject {
  const listOf = (map: ReadonlyMap<string, Stanza>, inner: string): Json =>
    map.size === 0
      ? null
      : sortedEntries(map).map(([name, stanza]) => ({ name, [inner]: stanzaObject(stanza, inner) }));
  return {
    kind: 'Config',
    apiVersion: 'v1',
    clusters: listOf(config.clusters, 'cluster'),
    users: listOf(config.users, 'user'),
    contexts: listOf(config.contexts, 'context'),
    'current-context': config.currentContext,
  };
}

export function writeConfig(fs: FileSystem, cwd: string, path: string, config: KubeConfig): void {
  const full = absolute(cwd, path);
  const folder = full.slice(0, full.lastIndexOf('/')) || '/';
  if (!fs.exists(folder)) fs.mkdir(folder, { recursive: true });
  fs.writeFile(full, new TextEncoder().encode(toYaml(configObject(config))), { mode: 0o600 });
}
