/** The states an object went through, reduced as the recorder did: fields that mean something, each state once. */
import type { KubeObject, OwnerReference, WatchEvent } from '#engine/apimachinery';
import { sorted } from './normalise.ts';

interface Fields {
  readonly [name: string]: unknown;
}

/** Kinds whose states only controllers make. */
export const HISTORY_KINDS = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'PodDisruptionBudget',
  'ResourceQuota',
  'ConfigMap',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
];

const SPEC_FIELDS = [
  ...['replicas', 'strategy', 'updateStrategy', 'minReadySeconds', 'paused', 'hard', 'minAvailable', 'maxUnavailable'],
  ...['parallelism', 'completions', 'suspend', 'schedule', 'concurrencyPolicy', 'minReplicas', 'maxReplicas'],
];

const pick = (object: Fields | undefined, names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (object?.[name] === undefined ? [] : [[name, object[name]]])));

const owner = ({ kind, name, controller, blockOwnerDeletion }: OwnerReference): string =>
  `${kind}/${name}${controller ? ' controller' : ''}${blockOwnerDeletion ? ' blockOwnerDeletion' : ''}`;

/** One recorded-shaped state. */
export function reduce({ type, object }: WatchEvent): Fields {
  const { metadata, ...rest } = object as KubeObject & {
    readonly spec?: Fields;
    readonly status?: Fields;
    readonly data?: Fields;
  };
  if (type === 'DELETED') return { type };
  const { ownerReferences, deletionTimestamp } = metadata;
  const conditions = rest.status?.conditions as readonly Fields[] | undefined;
  const observed = rest.kind === 'PodDisruptionBudget' ? ['observedGeneration'] : [];
  return {
    type,
    ...pick(metadata as unknown as Fields, [
      'generation',
      'labels',
      'annotations',
      'finalizers',
      'deletionGracePeriodSeconds',
    ]),
    ...(ownerReferences && { ownerRefs: ownerReferences.map(owner) }),
    ...(deletionTimestamp !== undefined && { deleting: true }),
    ...(rest.spec && {
      spec: pick(rest.spec, SPEC_FIELDS),
    }),
    ...(rest.status && {
      status: {
        ...rest.status,
        ...(conditions && {
          conditions: conditions.map((each) =>
            pick(each, ['type', 'status', 'reason', ...(each.message === '' ? [] : ['message']), ...observed]),
          ),
        }),
      },
    }),
    ...(rest.kind === 'ConfigMap' && rest.data && { keys: Object.keys(rest.data) }),
  };
}

/** The states as texts, without repetitions. Conditions are compared as a set: their order is the server's. */
export function states(reduced: readonly Fields[], clean: (text: string) => string): readonly string[] {
  const texts = reduced.map((state) => {
    const { t: _, kind: __, name: ___, ...shown } = state;
    const status = shown.status as Fields | undefined;
    const conditions = status?.conditions as readonly Fields[] | undefined;
    const ordered = conditions && [...conditions].sort((a, b) => (String(a.type) < String(b.type) ? -1 : 1));
    return clean(JSON.stringify(sorted(ordered ? { ...shown, status: { ...status, conditions: ordered } } : shown)));
  });
  return texts.filter((text, i) => text !== texts[i - 1]);
}
