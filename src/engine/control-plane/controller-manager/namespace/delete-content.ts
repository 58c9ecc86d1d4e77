/** Empties a namespace, Pods first. @upstream pkg/controller/namespace/deletion/namespaced_resources_deleter.go */
import { type Namespace, type Pod, pods, type Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { type Millis, parseTime } from '#engine/sim';
import { type DiscoveredResource, preferredResources, staleMessage } from '../discovery.ts';
import { messageOf } from '../pod-control.ts';
import { isPodTerminal } from '../pod-status.ts';
import type { ContentReport } from './conditions.ts';

const FINALIZER_ESTIMATE_SECONDS = 15;

export interface ContentPass extends ContentReport {
  /** Seconds until the rest is expected to be gone; 0: all gone. */
  readonly estimateSeconds: number;
  readonly errors: readonly string[];
}

interface Totals {
  readonly remaining: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly deletionErrors: string[];
  estimateSeconds: number;
}

/** Asks for the deletion of everything in the namespace that can be deleted, and counts what is still there. */
export async function deleteAllContent(client: Client, namespace: Namespace, now: Millis): Promise<ContentPass> {
  const totals: Totals = { remaining: new Map(), finalizers: new Map(), deletionErrors: [], estimateSeconds: 0 };
  const { discovered, failure, discoveryErrors } = await discover(client);
  const deletable = discovered.filter(({ resource, verbs }) => resource.namespaced && verbs.includes('delete'));
  const isPods = ({ resource }: DiscoveredResource) => resource.group === '' && resource.plural === 'pods';
  for (const each of deletable.filter(isPods)) await deleteResource(client, namespace, each, totals, now);
  if (!totals.remaining.has('pods.') && totals.deletionErrors.length === 0) {
    for (const each of deletable) {
      if (!isPods(each)) await deleteResource(client, namespace, each, totals, now);
    }
  }
  const discoveryFailure = failure !== undefined && { discoveryFailure: failure };
  return { ...totals, ...discoveryFailure, errors: [...discoveryErrors, ...totals.deletionErrors] };
}

/** What can be found out: a group that does not answer hides nothing else. */
async function discover(client: Client) {
  try {
    const { resources: discovered, stale } = await preferredResources(client);
    if (stale.length === 0) return { discovered, failure: undefined, discoveryErrors: [] };
    const message = staleMessage(stale);
    const failure = `Discovery failed for some groups, ${stale.length} failing: ${message}`;
    return { discovered, failure, discoveryErrors: [message] };
  } catch (error) {
    const message = messageOf(error);
    return { discovered: [], failure: message, discoveryErrors: [message] };
  }
}

async function deleteResource(
  client: Client,
  namespace: Namespace,
  { resource, verbs }: DiscoveredResource,
  totals: Totals,
  now: Millis,
): Promise<void> {
  const name = `${resource.plural}.${resource.group}`;
  const where = { namespace: namespace.metadata.name };
  try {
    const grace = resource.plural === 'pods' ? await longestGrace(client, namespace, now) : 0;
    if (verbs.includes('deletecollection')) {
      await client.deleteCollection(resource, where, { propagationPolicy: 'Background' });
    } else await deleteEach(client, resource, where.namespace);
    const { items } = await client.list(resource, where);
    if (items.length === 0) return;
    totals.remaining.set(name, items.length);
    for (const { metadata } of items) {
      for (const finalizer of metadata.finalizers ?? []) {
        totals.finalizers.set(finalizer, (totals.finalizers.get(finalizer) ?? 0) + 1);
      }
    }
    if (grace > 0) totals.estimateSeconds = Math.max(totals.estimateSeconds, grace);
    else if (items.some(({ metadata }) => (metadata.finalizers ?? []).length > 0)) {
      totals.estimateSeconds = Math.max(totals.estimateSeconds, FINALIZER_ESTIMATE_SECONDS);
    } else {
      const gvr = `${resource.group}/${resource.version}, Resource=${resource.plural}`;
      totals.deletionErrors.push(`unexpected items still remain in namespace: ${where.namespace} for gvr: ${gvr}`);
    }
  } catch (error) {
    totals.deletionErrors.push(messageOf(error));
  }
}

async function deleteEach(client: Client, resource: Resource, namespace: string): Promise<void> {
  const { items } = await client.list<KubeObject>(resource, { namespace });
  for (const { metadata } of items) {
    await client.delete(resource, { namespace, name: metadata.name }, { propagationPolicy: 'Background' });
  }
}

/** The longest grace period of the Pods, in seconds; 0 once the namespace has been going away for that long. */
async function longestGrace(client: Client, namespace: Namespace, now: Millis): Promise<number> {
  const { items } = await client.list<Pod>(pods, { namespace: namespace.metadata.name });
  const longest = items.reduce(
    (max, pod) => (isPodTerminal(pod) ? max : Math.max(max, pod.spec.terminationGracePeriodSeconds ?? 0)),
    0,
  );
  const since = parseTime(namespace.metadata.deletionTimestamp ?? '') ?? now;
  return now - since >= longest * 1000 ? 0 : longest;
}
