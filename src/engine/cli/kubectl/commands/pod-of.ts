/**
 * From `POD` or `TYPE/NAME` to a pod, and to one of its containers.
 * @upstream staging/src/k8s.io/kubectl/pkg/polymorphichelpers/{attachablepodforobject.go,helpers.go}
 */

import type { Pod } from '#engine/api';
import { formatLabelSelector, type LabelSelector } from '#engine/apimachinery';
import { list } from '../describe/context.ts';
import { CommandError } from '../errors.ts';
import { lookup } from '../resource/builder.ts';
import { fetchObject } from '../resource/fetch.ts';
import type { Session } from '../session.ts';
import { at, isObject, type Json, type JsonObject } from '../text/json.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

async function objectOf(session: Session, target: string): Promise<JsonObject> {
  const mapper = await session.mapper();
  const slash = target.indexOf('/');
  const resource = lookup(session, mapper, slash < 0 ? 'pods' : target.slice(0, slash));
  const name = slash < 0 ? target : target.slice(slash + 1);
  const namespace = resource.namespaced ? session.namespace().name : '';
  return (await fetchObject(session, { resource, name, namespace, source: '' })).object as JsonObject;
}

function selectorOf(object: JsonObject): string {
  const selector: Json | undefined = at(object, 'spec', 'selector');
  if (!isObject(selector))
    throw new CommandError(
      `cannot attach to a ${String(object.kind)}: selector for ${String(object.kind)} not implemented`,
    );
  const isMap = object.kind === 'Service' || object.kind === 'ReplicationController';
  return isMap
    ? Object.entries(selector)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(',')
    : formatLabelSelector(selector as unknown as LabelSelector);
}

const podsBy = async (session: Session, namespace: string, labelSelector: string): Promise<readonly Pod[]> =>
  (await list({ session, showEvents: false, chunkSize: 500 }, 'pods', namespace, {
    labelSelector,
  })) as unknown as readonly Pod[];

/** Ready ones first, then those that run, then the oldest. */
function preferred(pods: readonly Pod[]): Pod | undefined {
  const ready = (pod: Pod) =>
    pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ? 0 : 1;
  const phase = (pod: Pod) => (pod.status?.phase === 'Running' ? 0 : pod.status?.phase === 'Pending' ? 2 : 1);
  return [...pods].sort(
    (a, b) =>
      ready(a) - ready(b) ||
      phase(a) - phase(b) ||
      ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1),
  )[0];
}

export async function podFor(session: Session, target: string): Promise<Pod> {
  const object = await objectOf(session, target);
  if (object.kind === 'Pod') return object as unknown as Pod;
  const selector = selectorOf(object);
  const pods = await podsBy(session, session.namespace().name, selector);
  const pod = preferred(pods);
  if (!pod) throw new CommandError('timed out waiting for the condition');
  return pod;
}

/** The pods whose logs are meant: one, or all of a selector or with --all-pods. */
export async function allPodsFor(
  session: Session,
  target: string | undefined,
  selector: string,
): Promise<readonly Pod[]> {
  if (target === undefined || selector !== '') return podsBy(session, session.namespace().name, selector);
  const object = await objectOf(session, target);
  if (object.kind === 'Pod') return [object as unknown as Pod];
  const pods = await podsBy(session, session.namespace().name, selectorOf(object));
  if (session.flags.has('all-pods') && session.flags.bool('all-pods')) return pods;
  const pod = preferred(pods);
  if (!pod) throw new CommandError('timed out waiting for the condition');
  if (pods.length > 1) session.err(`Found ${pods.length} pods, using pod/${pod.metadata.name}\n`);
  return [pod];
}

/** The named container, the annotated default, or the first. */
export function containerOf(session: Session, pod: Pod, named: string, _purpose: string): string {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].map(
    (one) => one.name,
  );
  if (named !== '') {
    if (!all.includes(named)) throw new CommandError(`container ${named} is not valid for pod ${pod.metadata.name}`);
    return named;
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated !== undefined && all.includes(annotated)) return annotated;
  const first = pod.spec.containers[0]?.name ?? '';
  if (pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0) > 1) {
    const inits = (pod.spec.initContainers ?? []).map((one) => `${one.name} (init)`);
    const rest = pod.spec.containers.map((one) => one.name);
    session.err(`Defaulted container ${JSON.stringify(first)} out of: ${[...rest, ...inits].join(', ')}\n`);
  }
  return first;
}
