/**
 * Reads every kubelet's /metrics/resource.
 * @upstream sigs.k8s.io/metrics-server pkg/scraper/scraper.go, client/resource
 */
import type { Node } from '#engine/api';
import { bodyText, httpRequest, NetError } from '#engine/http';
import type { Process } from '#engine/os';
import type { MetricsServerFlags } from './flags.ts';
import type { Batch, MetricsPoint } from './storage.ts';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)(?: (\d+))?$/;
/** Requests are spread over so much per Node, and over so much at most. */
const DELAY_PER_NODE_MS = 8;
const MOST_DELAY_MS = 4000;

const DIAL: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ETIMEDOUT: 'i/o timeout',
};

type Draft = { -readonly [K in keyof MetricsPoint]?: MetricsPoint[K] };

function labelsOf(text: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    [...text.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const isWhole = (point: Draft): point is MetricsPoint =>
  point.at !== undefined && point.cpuNanos !== undefined && point.memoryBytes !== undefined;

function note(point: Draft, meter: string, value: number, at: number): void {
  if (meter === 'cpu_usage_seconds_total') point.cpuNanos = Math.round(value * 1e9);
  else if (meter === 'memory_working_set_bytes') point.memoryBytes = value;
  else point.startTime = value * 1000;
  if (meter === 'cpu_usage_seconds_total') point.at = at;
}

/** Adds a kubelet's text to the batch. */
function decodeBatch(text: string, node: string, batch: Batch): void {
  const whole: Draft = {};
  const pods = new Map<
    string,
    { readonly namespace: string; readonly name: string; readonly drafts: Map<string, Draft> }
  >();
  for (const line of text.split('\n')) {
    const [, metric = '', labels = '', value = '', time = '0'] = SAMPLE.exec(line) ?? [];
    const [, of = '', meter = ''] =
      /^(node|container)_(cpu_usage_seconds_total|memory_working_set_bytes|start_time_seconds)$/.exec(metric) ?? [];
    if (of === 'node') note(whole, meter, Number(value), Number(time));
    if (of !== 'container') continue;
    const { namespace = '', pod = '', container = '' } = labelsOf(labels);
    const key = `${namespace}/${pod}`;
    let entry = pods.get(key);
    if (!entry) {
      entry = { namespace, name: pod, drafts: new Map() };
      pods.set(key, entry);
    }
    const draft = entry.drafts.get(container) ?? {};
    entry.drafts.set(container, draft);
    note(draft, meter, Number(value), Number(time));
  }
  if (isWhole(whole)) batch.nodes.set(node, whole);
  for (const [key, { namespace, name, drafts }] of pods) {
    // Of a Pod that is not known whole nothing is kept.
    const containers = new Map([...drafts].filter((entry): entry is [string, MetricsPoint] => isWhole(entry[1])));
    if (containers.size === drafts.size) batch.pods.set(key, { namespace, name, containers });
  }
}

function addressOf({ status, metadata }: Node, types: readonly string[]): string {
  for (const type of types) {
    const found = status?.addresses?.find((one) => one.type === type);
    if (found) return found.address;
  }
  throw new Error(
    `unable to extract connection information for node ${JSON.stringify(metadata.name)}: no address matched types [${types.join(' ')}]`,
  );
}

/** The kubelet's text. Rejects with what went wrong, in Go's words. */
async function ask(process: Process, flags: MetricsServerFlags, node: Node): Promise<string> {
  const port = flags.useNodeStatusPort ? node.status?.daemonEndpoints?.kubeletEndpoint?.Port : flags.kubeletPort;
  const authority = `${addressOf(node, flags.addressTypes)}:${port}`;
  const url = `https://${authority}/metrics/resource`;
  const token = new TextDecoder().decode(process.fs.readFile(TOKEN));
  try {
    const response = await process.net.fetch(
      httpRequest('GET', url, { headers: { authorization: `Bearer ${token}` } }),
    );
    const text = await bodyText(response.body);
    if (response.status !== 200)
      throw new Error(`request failed, status: ${JSON.stringify(statusLine(response.status))}`);
    return text;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new Error(`Get ${JSON.stringify(url)}: dial tcp ${authority}: ${DIAL[error.code] ?? error.message}`);
  }
}

const statusLine = (status: number): string =>
  `${status} ${status === 401 ? 'Unauthorized' : status === 403 ? 'Forbidden' : 'Internal Server Error'}`;

/** All Nodes at about the same time. `failed` hears of those that did not answer. */
export async function scrape(
  process: Process,
  flags: MetricsServerFlags,
  nodes: readonly Node[],
  failed: (node: string, error: unknown) => Promise<void>,
): Promise<Batch> {
  const batch: Batch = { nodes: new Map(), pods: new Map() };
  const spread = Math.min(DELAY_PER_NODE_MS * nodes.length, MOST_DELAY_MS);
  const one = async (node: Node) => {
    await process.clock.sleep(process.rng.int(Math.max(1, spread)), 'metrics-server: scrape', process.killed);
    try {
      decodeBatch(await process.until(ask(process, flags, node)), node.metadata.name, batch);
    } catch (error) {
      if (process.killed.aborted) throw error;
      await failed(node.metadata.name, error);
    }
  };
  await Promise.all(nodes.map(one));
  return batch;
}
