/**
 * metrics.k8s.io/v1beta1 as objects and Tables.
 * @upstream sigs.k8s.io/metrics-server pkg/api
 */
import type { Node, Pod } from '#engine/api';
import {
  type LabelMatcher,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  statusErrors,
} from '#engine/apimachinery';
import type { Lister } from '#engine/client-go';
import { formatTime, type Millis } from '#engine/sim';
import type { Target } from './access.ts';
import type { MetricsStorage, Usage } from './storage.ts';

export const GROUP = 'metrics.k8s.io';
export const API_VERSION = `${GROUP}/v1beta1`;

type UsageList = { readonly cpu: string; readonly memory: string };

interface Metrics {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly creationTimestamp: string;
    readonly labels?: { readonly [key: string]: string };
  };
  readonly timestamp: string;
  readonly window: string;
  readonly usage?: UsageList;
  readonly containers?: readonly { readonly name: string; readonly usage: UsageList }[];
}

/** What the answers are made of. */
export interface MetricsSource {
  readonly now: () => Millis;
  readonly storage: MetricsStorage;
  readonly nodes: Lister<Node>;
  readonly pods: Lister<Pod>;
}

/** A number with the largest suffix that leaves it whole. */
function shortest(value: number, base: number, suffixes: readonly string[]): string {
  if (value === 0) return '0';
  let [rest, at] = [value, 0];
  while (at < suffixes.length - 1 && rest % base === 0) {
    rest /= base;
    at++;
  }
  return `${rest}${suffixes[at]}`;
}

const cpuQuantity = (nanoCores: number): string => shortest(nanoCores, 1000, ['n', 'u', 'm', '', 'k']);
const memoryQuantity = (bytes: number): string => shortest(bytes, 1024, ['', 'Ki', 'Mi', 'Gi', 'Ti']);
const usageOf = ({ nanoCores, memoryBytes }: Usage): UsageList => ({
  cpu: cpuQuantity(nanoCores),
  memory: memoryQuantity(Math.round(memoryBytes)),
});

/** As Go prints a duration of whole milliseconds. */
function goDuration(ms: Millis): string {
  if (ms < 1000) return ms === 0 ? '0s' : `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function nodeMetrics({ now, storage }: MetricsSource, { metadata: { name, labels } }: Node): Metrics | undefined {
  const usage = storage.node(name);
  if (!usage) return undefined;
  return {
    metadata: { name, creationTimestamp: formatTime(now()), ...(labels && { labels }) },
    timestamp: formatTime(usage.at),
    window: goDuration(usage.windowMs),
    usage: usageOf(usage),
  };
}

function podMetrics({ now, storage }: MetricsSource, { metadata }: Pod): Metrics | undefined {
  const { name, namespace = '', labels } = metadata;
  const used = storage.pod(`${namespace}/${name}`);
  if (!used) return undefined;
  return {
    metadata: { name, namespace, creationTimestamp: formatTime(now()), ...(labels && { labels }) },
    timestamp: formatTime(used.at),
    window: goDuration(used.windowMs),
    containers: used.containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
  };
}

const KINDS = { nodes: 'NodeMetrics', pods: 'PodMetrics' } as const;

/** One object. Throws 404. */
function getMetrics(source: MetricsSource, resource: 'nodes' | 'pods', namespace: string, name: string): Metrics {
  const key = namespace ? `${namespace}/${name}` : name;
  const found = resource === 'nodes' ? source.nodes.get(name) : source.pods.get(key);
  if (!found) throw statusErrors.notFound({ group: '', resource }, name);
  const metrics = resource === 'nodes' ? nodeMetrics(source, found as Node) : podMetrics(source, found as Pod);
  if (!metrics) throw statusErrors.notFound({ group: GROUP, resource: KINDS[resource].toLowerCase() }, key);
  return metrics;
}

/** Throws 400 for a selector that cannot be read. */
function matcherOf(query: URLSearchParams): (object: Node | Pod) => boolean {
  const labels: LabelMatcher = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  const fieldOf =
    ({ metadata }: Node | Pod) =>
    (field: string) =>
      field === 'metadata.name' ? metadata.name : field === 'metadata.namespace' ? (metadata.namespace ?? '') : '';
  return (object) => matchesLabels(labels, object.metadata.labels) && matchesFields(fields, fieldOf(object));
}

function listMetrics(
  source: MetricsSource,
  { resource, namespace }: Target,
  query: URLSearchParams,
): readonly Metrics[] {
  const matches = matcherOf(query);
  const keyOf = ({ metadata }: Node | Pod) => `${metadata.namespace ?? ''}/${metadata.name}`;
  const sorted = <T extends Node | Pod>(all: readonly T[]) =>
    all.filter(matches).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const isThere = (one: Metrics | undefined): one is Metrics => one !== undefined;
  return resource === 'nodes'
    ? sorted(source.nodes.list())
        .map((node) => nodeMetrics(source, node))
        .filter(isThere)
    : sorted(source.pods.list(namespace || undefined))
        .map((pod) => podMetrics(source, pod))
        .filter(isThere);
}

const COLUMNS = [
  { name: 'Name', type: 'string', format: 'name', description: 'Name of the resource', priority: 0 },
  { name: 'cpu', type: 'string', format: 'quantity', description: '', priority: 0 },
  { name: 'memory', type: 'string', format: 'quantity', description: '', priority: 0 },
  { name: 'Window', type: 'string', format: 'duration', description: '', priority: 0 },
];

const UNITS: { readonly [suffix: string]: number } = { n: 1, u: 1e3, m: 1e6, '': 1e9, k: 1e12 };
const BYTES: { readonly [suffix: string]: number } = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };
const amount = (text: string, units: { readonly [suffix: string]: number }): number =>
  Number.parseFloat(text) * (units[text.replace(/^[\d.]+/, '')] ?? 1);

/** A Pod's row is the sum of its containers. */
function tableOf(metrics: readonly Metrics[]): object {
  const rows = metrics.map((one) => {
    const { metadata, window, usage, containers = [] } = one;
    const each = usage ? [usage] : containers.map((container) => container.usage);
    const cpu = cpuQuantity(each.reduce((sum, use) => sum + amount(use.cpu, UNITS), 0));
    const memory = memoryQuantity(each.reduce((sum, use) => sum + amount(use.memory, BYTES), 0));
    const object = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    return { cells: [metadata.name, cpu, memory, window], object };
  });
  const columnDefinitions = rows.length > 0 ? COLUMNS : [];
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions, rows };
}

/** What a get or list is answered with. Throws StatusError. */
export function readMetrics(
  source: MetricsSource,
  target: Target & { readonly resource: 'nodes' | 'pods' },
  query: URLSearchParams,
  asTable: boolean,
): object {
  const { resource, namespace, name } = target;
  if (name !== '') {
    const metrics = getMetrics(source, resource, namespace, name);
    return asTable ? tableOf([metrics]) : { kind: KINDS[resource], apiVersion: API_VERSION, ...metrics };
  }
  const items = listMetrics(source, target, query);
  return asTable ? tableOf(items) : { kind: `${KINDS[resource]}List`, apiVersion: API_VERSION, metadata: {}, items };
}

const entry = (name: string, kind: string, namespaced: boolean) => ({
  name,
  singularName: '',
  namespaced,
  kind,
  verbs: ['get', 'list'],
});

const version = { groupVersion: API_VERSION, version: 'v1beta1' };
const group = { name: GROUP, versions: [version], preferredVersion: version };

/** Discovery documents by path. */
export const DISCOVERY: { readonly [path: string]: object } = {
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] },
  [`/apis/${GROUP}`]: { kind: 'APIGroup', apiVersion: 'v1', ...group },
  [`/apis/${API_VERSION}`]: {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: API_VERSION,
    resources: [entry('nodes', 'NodeMetrics', false), entry('pods', 'PodMetrics', true)],
  },
};
