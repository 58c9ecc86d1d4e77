/** Removes Pods that nobody will: of Nodes that are gone, unscheduled ones that terminate, too many finished ones. @upstream pkg/controller/podgc/gc_controller.go */
import { type Node, nodes, type Pod, pods } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { type Client, isPanic, panic } from '#engine/client-go';
import type { Millis } from '#engine/sim';
import type { ControllerContext } from '../context.ts';
import { type Disruption, disruptPod } from '../disrupt-pod.ts';
import { isPodTerminal, isPodTerminating } from '../pod-status.ts';
import { type Decision, decided } from '../traces.ts';

const PERIOD_MS = 20_000;
/** A Node that is missing may only be late: its Pods are safe for so long. */
const QUARANTINE_MS = 40_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

type Because = Extract<Decision, { controller: 'podgc' }>['because'];

/** @fidelity full */
export function startPodGarbageCollector(context: ControllerContext): void {
  const { world, informers, options, signal } = context;
  const client = context.clientFor('pod-garbage-collector');
  const podList = informers.informer(pods).lister;
  const nodeList = informers.informer(nodes).lister;
  const quarantine = new Map<string, Millis>();

  const end = async (pod: Pod, because: Because, disruption: Disruption) => {
    const { namespace, name } = pod.metadata;
    const node = pod.spec.nodeName;
    const said = { controller: 'podgc', about: { namespace, name }, did: 'delete', because } as const;
    decided(world, { ...said, ...(node && { node }) });
    try {
      await disruptPod(client, pod, { fail: true, gracePeriodSeconds: 0, ...disruption }, world.clock.now());
    } catch (error) {
      if (isPanic(error)) throw error;
    }
  };
  const pass = async () => {
    const all = podList.list();
    for (const pod of excessTerminated(all, options.terminatedPodGcThreshold ?? 12_500))
      await end(pod, 'terminated', {});
    for (const pod of all) {
      const node = nodeList.get(pod.spec.nodeName ?? '');
      if (node && isPodTerminating(pod) && isOutOfService(node)) await end(pod, 'out-of-service', {});
    }
    const gone = await goneNodes(
      client,
      missingNodes(all, (name) => nodeList.get(name) !== undefined),
      quarantine,
      world.clock.now(),
    );
    const message = 'PodGC: node no longer exists';
    for (const pod of all) {
      if (gone.has(pod.spec.nodeName ?? '')) await end(pod, 'node-gone', { reason: 'DeletionByPodGC', message });
    }
    for (const pod of all) {
      if (pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName) await end(pod, 'never-scheduled', {});
    }
  };
  const run = async () => {
    await informers.synced();
    while (!signal.aborted) {
      await pass();
      await world.clock.sleep(PERIOD_MS, 'pod gc', signal);
    }
  };
  run().catch((error: unknown) => panic(world, error));
}

/** Evicted ones first, then the oldest, beyond the threshold. */
function excessTerminated(all: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0 || all.length <= threshold) return [];
  const terminated = all.filter(isPodTerminal);
  const excess = terminated.length - threshold;
  if (excess <= 0) return [];
  const evicted = (pod: Pod) => (pod.status.reason === 'Evicted' ? 0 : 1);
  const created = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  const order = (a: Pod, b: Pod) =>
    evicted(a) - evicted(b) ||
    (created(a) < created(b) ? -1 : created(a) > created(b) ? 1 : a.metadata.name < b.metadata.name ? -1 : 1);
  return terminated.sort(order).slice(0, excess);
}

const isOutOfService = ({ spec, status }: Node): boolean =>
  (spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE) &&
  !(status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

function missingNodes(all: readonly Pod[], exists: (name: string) => boolean): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const { spec } of all) if (spec.nodeName && !exists(spec.nodeName)) missing.add(spec.nodeName);
  return missing;
}

/** Of the missing Nodes those whose quarantine is over and that the server does not know either. */
async function goneNodes(
  client: Client,
  missing: ReadonlySet<string>,
  quarantine: Map<string, Millis>,
  now: Millis,
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (const name of quarantine.keys()) if (!missing.has(name)) quarantine.delete(name);
  for (const name of missing) {
    const since = quarantine.get(name);
    if (since === undefined) quarantine.set(name, now);
    else if (now - since >= QUARANTINE_MS && !(await nodeExists(client, name))) gone.add(name);
  }
  return gone;
}

async function nodeExists(client: Client, name: string): Promise<boolean> {
  try {
    await client.get(nodes, { name });
    return true;
  } catch (error) {
    if (isPanic(error)) throw error;
    return !isNotFound(error);
  }
}
