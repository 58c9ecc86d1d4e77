/** Watches everything that is served and can be deleted, and hands what lost its owners to the collector. @upstream pkg/controller/garbagecollector/garbagecollector.go */
import type { Resource } from '#engine/api';
import { type Client, isPanic, panic, startController } from '#engine/client-go';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { type Discovered, preferredResources } from '../discovery.ts';
import { Collector } from './collector.ts';
import { OwnerGraph } from './graph.ts';

/** How often the server is asked whether it serves new kinds. */
const SYNC_PERIOD_MS = 30_000;
const RETRY_MS = 1_000;
const WORKERS = 20;

const keyOfResource = ({ group, version, plural }: Resource): string => `${group}/${version}/${plural}`;

/** Events have no owners, and there are many of them. */
const isIgnored = ({ group, plural }: Resource): boolean =>
  plural === 'events' && (group === '' || group === 'events.k8s.io');

/** @fidelity full */
export function startGarbageCollector(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('generic-garbage-collector');
  const recorder = recorderFor(context, client, 'garbage-collector-controller');
  let markReady = () => {};
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  const worker = (name: string, act: (uid: string) => Promise<void>) => {
    const reconcile = async (uid: string) => {
      await act(uid);
      return undefined;
    };
    return startController(world, informers, { name, workers: WORKERS, ready, reconcile }, signal).queue;
  };
  const removals = worker('gc delete', (uid) => collector.attemptToDelete(uid));
  const orphans = worker('gc orphan', (uid) => collector.attemptToOrphan(uid));
  const graph: OwnerGraph = new OwnerGraph(
    {
      attemptToDelete: (uid) => removals.addAfter(uid, SETTLE_MS),
      attemptToOrphan: (uid) => orphans.addAfter(uid, SETTLE_MS),
    },
    (identity) => collector.ownerGone(identity),
    ({ apiVersion, kind, namespace, name, uid }, owner) => {
      const about = { apiVersion, kind, name, uid, ...(namespace !== undefined && { namespace }) };
      const text = `ownerRef [${owner.apiVersion}/${owner.kind}, namespace: ${namespace ?? ''}, name: ${owner.name}, uid: ${owner.uid}] does not exist in namespace "${namespace ?? ''}"`;
      recorder.event(about, 'Warning', 'OwnerRefInvalidNamespace', text);
    },
  );
  const collector = new Collector(context.world, client, graph, (uid) => removals.add(uid));

  const run = async () => {
    const monitored = new Set<string>();
    while (!(await monitor(context, client, graph, collector, monitored))) {
      await world.clock.sleep(RETRY_MS, 'garbage collector discovery', signal);
      if (signal.aborted) return;
    }
    // Workers start when every kind has been listed once: before, an owner may only seem to be absent.
    await informers.synced();
    markReady();
    while (!signal.aborted) {
      await world.clock.sleep(SYNC_PERIOD_MS, 'garbage collector sync', signal);
      if (!signal.aborted) await monitor(context, client, graph, collector, monitored);
    }
  };
  run().catch((error: unknown) => panic(world, error));
}

/** Starts watching the kinds that are new. False when the server could not be asked. */
async function monitor(
  { informers }: ControllerContext,
  client: Client,
  graph: OwnerGraph,
  collector: Collector,
  monitored: Set<string>,
): Promise<boolean> {
  let discovered: Discovered;
  try {
    discovered = await preferredResources(client);
  } catch (error) {
    if (isPanic(error)) throw error;
    return false;
  }
  const { resources, stale } = discovered;
  collector.serve(
    resources.map(({ resource }) => resource),
    stale,
  );
  const wanted = ['delete', 'list', 'watch'];
  for (const { resource, verbs } of resources) {
    const key = keyOfResource(resource);
    if (monitored.has(key) || isIgnored(resource) || !wanted.every((verb) => verbs.includes(verb))) continue;
    monitored.add(key);
    informers.informer(resource).addEventHandler({
      added: (object) => graph.added(resource, object),
      updated: (previous, object) => graph.updated(previous, object),
      deleted: (object) => graph.deleted(object.metadata.uid ?? ''),
    });
  }
  return true;
}
