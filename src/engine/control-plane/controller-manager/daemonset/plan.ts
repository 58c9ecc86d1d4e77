/** Which Pods a DaemonSet makes and deletes, Node by Node. Pure. @upstream pkg/controller/daemon/daemon_controller.go, pkg/controller/daemon/update.go */
import type { DaemonSet, Node, Pod } from '#engine/api';
import type { Millis } from '#engine/sim';
import { scaledValue } from '../int-or-percent.ts';
import { isPodAvailable, isPodReady } from '../pod-status.ts';
import { placeOnNode } from './placement.ts';

export const HASH_LABEL = 'controller-revision-hash';
export const GENERATION_LABEL = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

export interface DaemonPlan {
  /** Names of Nodes that need a Pod. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

/** Finished Pods to replace: said in events, and held back when it happens too often. */
export interface FinishedPods {
  /** False: not yet, it was tried a moment ago. */
  mayReplace(pod: Pod, node: string): boolean;
}

export interface Look {
  readonly daemonSet: DaemonSet;
  readonly hash: string;
  readonly now: Millis;
}

export const templateGeneration = ({ metadata }: DaemonSet): string | undefined =>
  metadata.annotations?.[GENERATION_ANNOTATION];

export function isUpdated(pod: Pod, { daemonSet, hash }: Look): boolean {
  const { labels } = pod.metadata;
  const generation = templateGeneration(daemonSet);
  return labels?.[HASH_LABEL] === hash || (generation !== undefined && labels?.[GENERATION_LABEL] === generation);
}

const allowsSurge = ({ spec: { updateStrategy } }: DaemonSet): boolean =>
  updateStrategy?.type === 'RollingUpdate' && scaledValue(updateStrategy.rollingUpdate?.maxSurge, 100, true) > 0;

const isAvailable = (pod: Pod, { daemonSet, now }: Look): boolean =>
  isPodAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now);

/** Bound Pods first, then the older. */
export function olderFirst(a: Pod, b: Pod): number {
  const bound = Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName));
  if (bound !== 0) return bound;
  const x = a.metadata.creationTimestamp ?? '';
  const y = b.metadata.creationTimestamp ?? '';
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** One Pod on every Node that should have one, none elsewhere. */
export function planPlacement(
  look: Look,
  nodes: readonly Node[],
  pods: PodsByNode,
  finished: FinishedPods,
): DaemonPlan {
  const create: string[] = [];
  const remove: Pod[] = [];
  const names = new Set<string>();
  for (const node of nodes) {
    const { name } = node.metadata;
    names.add(name);
    const here = pods.get(name);
    const { shouldRun, shouldContinueRunning } = placeOnNode(look.daemonSet, node);
    if (shouldRun && !here) create.push(name);
    else if (shouldContinueRunning) remove.push(...excess(look, name, here ?? [], finished));
    else if (here) remove.push(...here.filter(isAlive));
  }
  for (const [name, here] of pods) {
    // Meant for a Node that is gone, they would wait for ever: nobody else deletes them.
    if (!names.has(name)) remove.push(...here.filter((pod) => isAlive(pod) && !pod.spec.nodeName));
  }
  return { create, remove };
}

const isAlive = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

function excess(look: Look, node: string, here: readonly Pod[], finished: FinishedPods): readonly Pod[] {
  const remove: Pod[] = [];
  const running: Pod[] = [];
  for (const pod of here.filter(isAlive)) {
    const { phase } = pod.status;
    if (phase !== 'Failed' && phase !== 'Succeeded') running.push(pod);
    else if (finished.mayReplace(pod, node)) remove.push(pod);
  }
  if (running.length <= 1) return remove;
  running.sort(olderFirst);
  if (!allowsSurge(look.daemonSet)) return [...remove, ...running.slice(1)];
  let current: Pod | undefined;
  let old: Pod | undefined;
  for (const pod of running) {
    if (pod.metadata.labels?.[HASH_LABEL] === look.hash) {
      if (current) remove.push(pod);
      else current = pod;
    } else if (old) remove.push(pod);
    else old = pod;
  }
  if (current && old && (!isPodReady(old) || isAvailable(current, look))) remove.push(old);
  return remove;
}

interface Limits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Percentages are of the Nodes that should have a Pod, rounded up. */
export function rollingLimits({ spec: { updateStrategy } }: DaemonSet, desired: number): Limits {
  const rolling = updateStrategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge, desired, true);
  const maxUnavailable = scaledValue(rolling?.maxUnavailable, desired, true);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

/** The next step of a rolling update. */
export function planRollingUpdate(look: Look, nodes: readonly Node[], pods: PodsByNode): DaemonPlan {
  const all = new Map(pods);
  let desired = 0;
  for (const node of nodes) {
    if (!placeOnNode(look.daemonSet, node).shouldRun) continue;
    desired++;
    if (!all.has(node.metadata.name)) all.set(node.metadata.name, []);
  }
  const limits = rollingLimits(look.daemonSet, desired);
  return limits.maxSurge === 0 ? replaceInPlace(look, all, limits) : surge(look, all, limits);
}

/** The current and the old Pod of a Node; undefined when there is more than one of a sort. */
function pairOf(look: Look, here: readonly Pod[]): { readonly current?: Pod; readonly old?: Pod } | undefined {
  const alive = here.filter(isAlive);
  const [current, more] = alive.filter((pod) => isUpdated(pod, look));
  const [old, evenMore] = alive.filter((pod) => !isUpdated(pod, look));
  if (more || evenMore) return undefined;
  return { ...(current && { current }), ...(old && { old }) };
}

function replaceInPlace(look: Look, pods: PodsByNode, { maxUnavailable }: Limits): DaemonPlan {
  let unavailable = 0;
  const replacements: Pod[] = [];
  const candidates: Pod[] = [];
  for (const here of pods.values()) {
    const pair = pairOf(look, here);
    if (!pair || Boolean(pair.current) === Boolean(pair.old)) unavailable++;
    else if (pair.current) {
      if (!isAvailable(pair.current, look)) unavailable++;
    } else if (pair.old) {
      if (!isAvailable(pair.old, look)) {
        replacements.push(pair.old);
        unavailable++;
      } else if (unavailable < maxUnavailable) candidates.push(pair.old);
    }
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { create: [], remove: [...replacements, ...candidates.slice(0, room)] };
}

function surge(look: Look, pods: PodsByNode, { maxSurge }: Limits): DaemonPlan {
  let surging = 0;
  const remove: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  for (const [node, here] of pods) {
    const pair = pairOf(look, here);
    if (!pair) surging++;
    else if (!pair.old) continue;
    else if (!pair.current) {
      if (!isAvailable(pair.old, look)) allowed.push(node);
      else if (surging < maxSurge) candidates.push(node);
    } else if (isAvailable(pair.current, look)) remove.push(pair.old);
    else surging++;
  }
  const room = Math.max(0, maxSurge - surging);
  return { create: [...allowed, ...candidates.slice(0, room)], remove };
}
