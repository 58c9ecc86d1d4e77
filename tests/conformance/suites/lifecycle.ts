/** What a real kubelet with a real container runtime did: phases and states in order, Events, final objects. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type CoreV1Event, events, namespaces, nodes, type Pod, pods, resourceForKind } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { type Client, createClient } from '#engine/client-go';
import { type Cluster, createCluster } from '#engine/cluster';
import { nodeHost } from '../../../src/workers/node/host.ts';
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { eventLine, finalFacts, missingInOrder, podStates } from './lifecycle/reduce.ts';

const NODE = 'control-plane';
const HOUR = 3_600_000;
/** Images that were on the recorded Node before. */
const PRELOADED = ['busybox:1.28', 'busybox:1.36', 'busybox:latest'];
const LONGER = 1.4;

interface Replay {
  readonly versions: ReadonlyMap<string, readonly Pod[]>;
  readonly events: readonly CoreV1Event[];
}

async function settled<T>(cluster: Cluster, promise: Promise<T>): Promise<T> {
  let done = false;
  const ended = promise.finally(() => {
    done = true;
  });
  ended.catch(() => undefined);
  await cluster.loop.runUntil(cluster.loop.now() + HOUR, () => done);
  return ended;
}

/** One Node that takes Pods, as the recordings had. */
async function boot(): Promise<{ readonly cluster: Cluster; readonly client: Client }> {
  const cluster = await createCluster(nodeHost(), { nodes: 1 });
  await cluster.loop.runUntil(cluster.loop.now() + HOUR, () => cluster.ready);
  const client = createClient(cluster.apiserver, { token: cluster.adminToken, userAgent: 'kubectl' });
  await settled(cluster, client.patch(nodes, { name: NODE }, 'merge', { spec: { taints: null } }));
  for (const image of PRELOADED)
    await settled(cluster, cluster.machines.get(NODE)?.runtime.images.load(image) ?? Promise.resolve());
  return { cluster, client };
}

async function replay(oracle: Oracle, scenario: string, seconds: number): Promise<Replay> {
  const { cluster, client } = await boot();
  await settled(
    cluster,
    client.create(namespaces, { metadata: { name: scenario }, apiVersion: 'v1', kind: 'Namespace' }),
  );
  await cluster.loop.runUntil(cluster.loop.now() + 2000);
  const versions = new Map<string, Pod[]>();
  const watch = await settled(cluster, client.watch(pods, { namespace: scenario }));
  watch
    .forEach(({ type, object }) => {
      if (type !== 'ADDED' && type !== 'MODIFIED') return;
      versions.set(object.metadata.name, [...(versions.get(object.metadata.name) ?? []), object]);
    })
    .catch((error: unknown) => cluster.loop.fail(error));
  for (const document of parseAllDocuments(oracle.text(`lifecycle/${scenario}/manifest.yaml`))) {
    const object = document.toJS() as KubeObject | null;
    const resource = object ? resourceForKind(object.apiVersion, object.kind) : undefined;
    if (!object || !resource) continue;
    await settled(
      cluster,
      client.create(resource, { ...object, metadata: { ...object.metadata, namespace: scenario } }),
    );
  }
  await cluster.loop.runUntil(cluster.loop.now() + seconds * 1000);
  const listed = await settled(cluster, client.list(events, { namespace: scenario }));
  cluster.stop();
  return { versions, events: listed.items };
}

/** JSON with sorted keys: the order of fields says nothing. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const renamed = (text: string) => text.replaceAll(NODE, 'node-1');

/** What a Pod with a generated name is called here: they come in the same order. */
function ownName(
  name: string,
  recorded: ReadonlyMap<string, readonly Pod[]>,
  ours: ReadonlyMap<string, readonly Pod[]>,
): string {
  const prefix = recorded.get(name)?.[0]?.metadata.generateName;
  if (prefix === undefined || ours.has(name)) return name;
  const named = (all: ReadonlyMap<string, readonly Pod[]>) =>
    [...all].filter(([, [first]]) => first?.metadata.generateName === prefix).map(([key]) => key);
  return named(ours)[named(recorded).indexOf(name)] ?? name;
}

function compareEvents(
  [name, own]: readonly [recorded: string, own: string],
  recorded: readonly CoreV1Event[],
  ours: readonly CoreV1Event[],
): string | undefined {
  const of = (list: readonly CoreV1Event[], pod: string) =>
    new Set(
      list
        .filter((event) => event.involvedObject.name === pod && event.involvedObject.kind === 'Pod')
        .map((event) => renamed(eventLine(event)).replaceAll(pod, name)),
    );
  const [wanted, got] = [of(recorded, name), of(ours, own)];
  const missing = [...wanted].find((line) => !got.has(line));
  if (missing) return `missing event ${missing}`;
  const surplus = [...got].find((line) => !wanted.has(line));
  return surplus && `surplus event ${surplus}`;
}

async function runScenario(oracle: Oracle, scenario: string, options: SuiteOptions): Promise<FileResult> {
  const tally = new Tally('lifecycle', `lifecycle/${scenario}`, options);
  const recorded = new Map<string, Pod[]>();
  for (const { object } of oracle.lines<{ readonly object: Pod }>(`lifecycle/${scenario}/watch.json`)) {
    recorded.set(object.metadata.name, [...(recorded.get(object.metadata.name) ?? []), object]);
  }
  const lines = oracle.text(`lifecycle/${scenario}/get-w.txt`).trim().split('\n');
  const seconds =
    (Number.parseFloat(lines.at(-1) ?? '0') - Number(oracle.text(`lifecycle/${scenario}/t0`))) * LONGER + 20;
  const recordedEvents = oracle.json<{ readonly items: readonly CoreV1Event[] }>(
    `lifecycle/${scenario}/events.json`,
  ).items;
  const ours = await replay(oracle, scenario, seconds);
  for (const [name, versions] of recorded) {
    const own = ownName(name, recorded, ours.versions);
    const mine = ours.versions.get(own) ?? [];
    tally.record(
      `${scenario}/${name}/states`,
      missingInOrder(podStates(versions).map(renamed), podStates(mine).map(renamed)),
    );
    tally.record(`${scenario}/${name}/events`, compareEvents([name, own], recordedEvents, ours.events));
    const [wanted, got] = [versions.at(-1), mine.at(-1)].map((pod) => pod && sorted(finalFacts(pod)));
    tally.record(`${scenario}/${name}/final`, wanted === got ? undefined : `expected ${wanted} got ${got}`);
  }
  return tally.result();
}

export const suite: Suite = {
  name: 'lifecycle',
  needs: 'lifecycle',
  async run(oracle, options) {
    const root = join(oracle.directory, 'lifecycle');
    const scenarios = oracle.has('lifecycle')
      ? readdirSync(root, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
      : [];
    const results: FileResult[] = [];
    for (const [i, scenario] of scenarios.sort().entries()) {
      if (options.quick ? i > 1 : options.filter !== undefined && !scenario.includes(options.filter)) continue;
      results.push(await runScenario(oracle, scenario, options));
    }
    return results;
  },
};
