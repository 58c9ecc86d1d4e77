/**
 * kubectl top: what Nodes and Pods use, as the resource metrics API says.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/top, pkg/metricsutil
 * @fidelity full
 */
import type { Node, Pod } from '#engine/api';
import {
  compareText,
  parseFieldSelector,
  parseLabelSelector,
  quantityMilliValue,
  quantityValue,
} from '#engine/apimachinery';
import { parseTime } from '#engine/sim';
import type { Command } from '../cobra/command.ts';
import { CommandError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, SELECTOR_FLAG } from '../flag-sets.ts';
import { discover } from '../rest/discovery.ts';
import type { Session } from '../session.ts';
import { printDuration } from '../text/duration.ts';
import { at } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';

type Usage = { readonly [resource: string]: string };

interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly usage?: Usage;
  readonly containers?: readonly { readonly name: string; readonly usage?: Usage }[];
}

/** What is printed: thousandths of cores, bytes. */
interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly swap: number;
}

const ROOT = '/apis/metrics.k8s.io/v1beta1';
const SERVED = ['v1beta1'];
/** Pods younger than this may have no figures yet. */
const CREATION_DELAY_MS = 120_000;
const MEBIBYTE = 1024 * 1024;
const UNKNOWN = '<unknown>';

const amountsOf = (usage: Usage = {}): Amounts => ({
  cpu: quantityMilliValue(usage.cpu ?? '0'),
  memory: quantityValue(usage.memory ?? '0'),
  swap: quantityValue(usage.swap ?? '0'),
});

/** Exactly, and only then rounded: a Pod's sum is not the sum of what is printed of its containers. */
function sumOf(all: readonly Usage[]): Amounts {
  const total = (resource: string) => all.map((usage) => usage[resource] ?? '0');
  const nanos = total('cpu').reduce((sum, one) => sum + nanoCores(one), 0);
  const bytes = (resource: string) => total(resource).reduce((sum, one) => sum + quantityValue(one), 0);
  return { cpu: Math.ceil(nanos / 1e6), memory: bytes('memory'), swap: bytes('swap') };
}

/** A thousandth of the quantity is too coarse for what a container uses. */
const nanoCores = (quantity: string): number =>
  quantity.endsWith('n')
    ? Number.parseInt(quantity, 10)
    : quantity.endsWith('u')
      ? Number.parseInt(quantity, 10) * 1000
      : quantityMilliValue(quantity) * 1e6;

const mebibytes = (bytes: number): string => `${Math.floor(bytes / MEBIBYTE)}Mi`;

/** Refuses what cannot be asked. */
function check(session: Session, one: string): void {
  const { flags, args } = session;
  if (args.length > 1) throw session.usage(one);
  const sortBy = flags.string('sort-by');
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory') {
    throw new CommandError('--sort-by accepts only cpu or memory');
  }
  parseLabelSelector(flags.string('selector'));
}

async function checkServed(session: Session): Promise<void> {
  const groups = await discover(session.rest());
  const versions = groups.find(({ name }) => name === 'metrics.k8s.io')?.versions ?? [];
  const isServed = versions.some(({ version }) => SERVED.includes(version));
  if (!isServed) throw new CommandError('Metrics API not available');
}

async function metricsAt(
  session: Session,
  path: string,
  name: string,
  query: { readonly [name: string]: string | undefined },
): Promise<readonly Metrics[]> {
  if (name !== '') return [(await session.rest().json('GET', `${path}/${name}`)) as unknown as Metrics];
  const list = await session.rest().json('GET', path, { query });
  return (at(list, 'items') ?? []) as unknown as readonly Metrics[];
}

const byUse =
  (sortBy: string) =>
  (a: Amounts, b: Amounts): number =>
    sortBy === 'cpu' ? b.cpu - a.cpu : sortBy === 'memory' ? b.memory - a.memory : 0;

const percent = (used: number, available: number): string =>
  `${available === 0 ? 0 : Math.trunc((used / available) * 100)}%`;

/** Every cell ends with a tab, the last one too. */
const line = (cells: readonly string[]): string => `${cells.join('\t')}\t\n`;

function nodeCells(metrics: Metrics, node: Node | undefined, resource: 'allocatable' | 'capacity', swap: boolean) {
  const used = amountsOf(metrics.usage);
  const { cpu, memory } = node?.status?.[resource] ?? {};
  const swapCapacity = node?.status?.nodeInfo?.swap?.capacity;
  return [
    metrics.metadata.name,
    `${used.cpu}m`,
    ...(cpu === undefined ? [] : [percent(used.cpu, quantityMilliValue(cpu))]),
    mebibytes(used.memory),
    ...(memory === undefined ? [] : [percent(used.memory, quantityValue(memory))]),
    ...(swap
      ? swapCapacity === undefined
        ? [UNKNOWN, UNKNOWN]
        : [mebibytes(used.swap), percent(used.swap, Number(swapCapacity))]
      : []),
  ];
}

async function topNode(session: Session): Promise<void> {
  const { flags, args } = session;
  check(session, 'node [NAME | -l label]');
  const [name = ''] = args;
  const selector = flags.string('selector');
  if (name !== '' && selector !== '') throw new CommandError('only one of NAME or --selector can be provided');
  await checkServed(session);
  const query = { labelSelector: selector || undefined };
  const metrics = await metricsAt(session, `${ROOT}/nodes`, name, query);
  if (metrics.length === 0) throw new CommandError('metrics not available yet');
  const answer = await session.rest().json('GET', `/api/v1/nodes${name && `/${name}`}`, { query: name ? {} : query });
  const nodes = (name === '' ? at(answer, 'items') : [answer]) as unknown as readonly Node[];
  const left = new Map(nodes.map((node) => [node.metadata.name, node]));
  const swap = flags.bool('show-swap');
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  const columns = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)', 'SWAP(bytes)', 'SWAP(%)'];
  if (!flags.bool('no-headers')) writer.print(line(columns.slice(0, swap ? 7 : 5)));
  const compare = byUse(flags.string('sort-by'));
  const sorted = metrics.toSorted(
    (a, b) => compare(amountsOf(a.usage), amountsOf(b.usage)) || compareText(a.metadata.name, b.metadata.name),
  );
  const resource = flags.bool('show-capacity') ? 'capacity' : 'allocatable';
  for (const one of sorted) {
    writer.print(line(nodeCells(one, left.get(one.metadata.name), resource, swap)));
    left.delete(one.metadata.name);
  }
  // Nodes that nothing is known of.
  for (const missing of left.keys()) writer.print(line([missing, ...Array(swap ? 6 : 4).fill(UNKNOWN)]));
  writer.flush();
}

/** Throws why there are no figures; returns when there are no Pods either. */
async function whyNone(
  session: Session,
  namespace: string,
  query: { readonly [name: string]: string | undefined },
): Promise<void> {
  const path = namespace === '' ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;
  const pods = (at(await session.rest().json('GET', path, { query }), 'items') ?? []) as unknown as readonly Pod[];
  if (pods.length === 0) return;
  for (const { metadata } of pods) {
    const age = session.process.clock.now() - (parseTime(metadata.creationTimestamp ?? '') ?? 0);
    if (age <= CREATION_DELAY_MS) continue;
    const which = `${metadata.namespace}/${metadata.name}`;
    throw new CommandError(`Metrics not available for pod ${which}, age: ${printDuration(age)}`);
  }
  throw new CommandError('metrics not available yet');
}

function printPods(session: Session, metrics: readonly Metrics[], everywhere: boolean): void {
  const { flags } = session;
  const containers = flags.bool('containers');
  const swap = flags.bool('show-swap');
  const compare = byUse(flags.string('sort-by'));
  const cellsOf = ({ cpu, memory, swap: swapped }: Amounts) => [
    `${cpu}m`,
    mebibytes(memory),
    ...(swap ? [mebibytes(swapped)] : []),
  ];
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  const columns = [
    ...(everywhere ? ['NAMESPACE'] : []),
    ...(containers ? ['POD'] : []),
    ...['NAME', 'CPU(cores)', 'MEMORY(bytes)', 'SWAP(bytes)'].slice(0, swap ? 4 : 3),
  ];
  if (!flags.bool('no-headers')) writer.print(line(columns));
  const usages = (one: Metrics): readonly Usage[] => (one.containers ?? []).map(({ usage = {} }) => usage);
  const named = (a: Metrics, b: Metrics) =>
    (everywhere ? compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') : 0) ||
    compareText(a.metadata.name, b.metadata.name);
  const sorted = metrics.toSorted((a, b) => compare(sumOf(usages(a)), sumOf(usages(b))) || named(a, b));
  for (const one of sorted) {
    const { name, namespace = '' } = one.metadata;
    const before = everywhere ? [namespace] : [];
    if (!containers) {
      writer.print(line([...before, name, ...cellsOf(sumOf(usages(one)))]));
      continue;
    }
    const each = (one.containers ?? []).toSorted(
      (a, b) => compare(amountsOf(a.usage), amountsOf(b.usage)) || compareText(a.name, b.name),
    );
    for (const container of each) {
      writer.print(line([...before, name, container.name, ...cellsOf(amountsOf(container.usage))]));
    }
  }
  if (flags.bool('sum')) {
    // Upstream counts the namespace and Pod columns only below their headers.
    const width = flags.bool('no-headers') ? (swap ? 4 : 3) : columns.length;
    const blanks = (count: number): readonly string[] => Array(Math.max(0, count)).fill('');
    writer.print(line([...blanks(width - 2), '________', '________']));
    writer.print(line([...blanks(width - 3), '', ...cellsOf(sumOf(metrics.flatMap(usages)))]));
  }
  writer.flush();
}

async function topPod(session: Session): Promise<void> {
  const { flags, args } = session;
  check(session, 'pod [NAME | -l label]');
  const [name = ''] = args;
  const labelSelector = flags.string('selector');
  const fieldSelector = flags.string('field-selector');
  if (name !== '' && (labelSelector !== '' || fieldSelector !== '')) {
    throw new CommandError('only one of NAME or selector can be provided');
  }
  parseFieldSelector(fieldSelector);
  await checkServed(session);
  const everywhere = flags.bool('all-namespaces');
  const namespace = session.namespace().name;
  const query = { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined };
  const path = everywhere && name === '' ? `${ROOT}/pods` : `${ROOT}/namespaces/${namespace}/pods`;
  const metrics = await metricsAt(session, path, name, query);
  if (metrics.length === 0) {
    await whyNone(session, namespace, query);
    session.err(everywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`);
    return;
  }
  printPods(session, metrics, everywhere);
}

const TOP_FLAGS = [
  SELECTOR_FLAG,
  { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
  { name: 'show-swap', kind: 'bool', usage: 'Swap too.' },
  { name: 'sort-by', kind: 'string', usage: 'cpu or memory.' },
  { name: 'use-protocol-buffers', kind: 'bool', default: 'true', usage: 'Not used here.' },
] as const;

export const topCommand: Command = {
  name: 'top',
  group: 'Cluster Management Commands',
  short: 'Display resource (CPU/memory) usage',
  subcommands: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      short: 'Display resource (CPU/memory) usage of nodes',
      flags: [...TOP_FLAGS, { name: 'show-capacity', kind: 'bool', usage: 'Capacity instead of allocatable.' }],
      run: topNode,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      short: 'Display resource (CPU/memory) usage of pods',
      flags: [
        ...TOP_FLAGS,
        ALL_NAMESPACES_FLAG,
        { name: 'containers', kind: 'bool', usage: 'Containers too.' },
        { name: 'field-selector', kind: 'string', usage: 'Fields to select by.' },
        { name: 'sum', kind: 'bool', usage: 'The sum at the end.' },
      ],
      run: topPod,
    },
  ],
};
