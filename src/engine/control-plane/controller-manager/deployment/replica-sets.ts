/** Facts about the ReplicaSets of a Deployment. @upstream pkg/controller/deployment/util/deployment_util.go */

import type { Deployment, PodTemplateSpec, ReplicaSet } from '#engine/api';
import { semanticEqual } from '#engine/apimachinery';
import { without } from '../without.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const HASH_LABEL = 'pod-template-hash';

export const replicasOf = ({ spec }: ReplicaSet): number => spec.replicas ?? 1;

export const total = (all: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number): number =>
  all.reduce((sum, replicaSet) => sum + of(replicaSet), 0);

export const activeOf = (all: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  all.filter((each) => replicasOf(each) > 0);

/** The number in an annotation; undefined when absent or no integer. */
export function annotationNumber({ metadata }: ReplicaSet, name: string): number | undefined {
  const text = metadata.annotations?.[name];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** An int64 in Go, that rounds as a number: undefined when it is none. */
function parseRevision(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[-+]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

export const revisionOf = ({ metadata }: ReplicaSet): bigint => parseRevision(metadata.annotations?.[REVISION]) ?? 0n;

/** The oldest ReplicaSet whose template is the Deployment's: what a rollout moves to. */
export function findNewReplicaSet(deployment: Deployment, oldestFirst: readonly ReplicaSet[]): ReplicaSet | undefined {
  return oldestFirst.find(({ spec }) => spec.template && equalIgnoreHash(spec.template, deployment.spec.template));
}

/** Templates live long and are compared often: each pair once. */
const known = new WeakMap<PodTemplateSpec, WeakMap<PodTemplateSpec, boolean>>();

/** Template equality without the hash label. */
export function equalIgnoreHash(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  let row = known.get(a);
  if (!row) {
    row = new WeakMap();
    known.set(a, row);
  }
  let equal = row.get(b);
  if (equal === undefined) {
    equal = semanticEqual(a.spec, b.spec) && semanticEqual(withoutHash(a), withoutHash(b));
    row.set(b, equal);
  }
  return equal;
}

function withoutHash({ metadata }: PodTemplateSpec): unknown {
  return { ...metadata, labels: without(metadata?.labels, HASH_LABEL) };
}

type Annotations = { readonly [name: string]: string };

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

const HISTORY_LIMIT_CHARS = 2000;

/**
 * The annotations of the new ReplicaSet: the Deployment's, its revision, the revisions it had before (after a rollback).
 * Returns the same object when nothing changes.
 */
export function newReplicaSetAnnotations(deployment: Deployment, current: Annotations, revision: bigint): Annotations {
  let next = current;
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(name) && next[name] !== value) next = { ...next, [name]: value };
  }
  const before = current[REVISION];
  const old = before === undefined || before === '' ? 0n : parseRevision(before);
  if (old === undefined) return current;
  if (old >= revision) return next;
  next = { ...next, [REVISION]: String(revision) };
  return before === undefined ? next : { ...next, ...history(current[REVISION_HISTORY] ?? '', before) };
}

function history(annotation: string, revision: string): Annotations {
  if (annotation === '') return { [REVISION_HISTORY]: revision };
  const revisions = annotation.split(',');
  let length = annotation.length + revision.length + 1;
  let start = 0;
  for (; length > HISTORY_LIMIT_CHARS && start < revisions.length; start++)
    length -= (revisions[start] ?? '').length + 1;
  return length <= HISTORY_LIMIT_CHARS ? { [REVISION_HISTORY]: [...revisions.slice(start), revision].join(',') } : {};
}

/** The ReplicaSet with annotations that remember the Deployment's size; the same object when they do already. */
export function withReplicaAnnotations(replicaSet: ReplicaSet, desired: number, max: number): ReplicaSet {
  const { annotations = {} } = replicaSet.metadata;
  const wanted = { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
  if (
    annotations[DESIRED_REPLICAS] === wanted[DESIRED_REPLICAS] &&
    annotations[MAX_REPLICAS] === wanted[MAX_REPLICAS]
  ) {
    return replicaSet;
  }
  return { ...replicaSet, metadata: { ...replicaSet.metadata, annotations: { ...annotations, ...wanted } } };
}
