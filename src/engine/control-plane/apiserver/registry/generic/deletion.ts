/**
 * What a delete means for one object: gone at once, marked and left to finish, or already on its way.
 * @upstream staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go and generic/registry/store.go
 */
import {
  type DeleteOptions,
  type FieldError,
  fieldErrors,
  type KubeObject,
  type ObjectMeta,
  statusErrors,
} from '#engine/apimachinery';
import { formatTime, parseTime } from '#engine/sim';
import type { Strategy } from '../strategy.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Resources whose deletion answers with the object instead of a Status. */
export const RETURNS_DELETED: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'podtemplates',
  'resourcequotas',
  'persistentvolumes',
  'persistentvolumeclaims',
]);

/**
 * How a deletion goes on; `object` is what remains to be stored when it does not go at once. `markFirst`: a kind with grace
 * that is given none is still seen marked before it is seen gone.
 */
export type DeletionStep<T> =
  | { readonly kind: 'remove'; readonly object: T; readonly markFirst?: boolean }
  | { readonly kind: 'mark'; readonly object: T }
  | { readonly kind: 'pending'; readonly object: T };

/** @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateDeleteOptions */
export function validateDeleteOptions(options: DeleteOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policy: string | undefined = options.propagationPolicy;
  if (policy !== undefined && options.orphanDependents !== undefined) {
    errors.push(
      fieldErrors.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    errors.push(fieldErrors.notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  return [...errors, ...validateDryRun(options.dryRun)];
}

export function validateDryRun(dryRun: readonly string[] | undefined): readonly FieldError[] {
  const odd = dryRun?.some((value) => value !== 'All');
  return odd ? [fieldErrors.notSupported('dryRun', dryRun, ['All'])] : [];
}

/** Throws Conflict when uid or resourceVersion are not what the client thinks. */
export function checkPreconditions(options: DeleteOptions, object: KubeObject): void {
  const { uid, resourceVersion } = object.metadata;
  const wanted = options.preconditions;
  const about = { group: '', resource: object.kind };
  const name = object.metadata.name;
  if (wanted?.uid !== undefined && wanted.uid !== uid) {
    const why = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw statusErrors.conflict(about, name, why);
  }
  if (wanted?.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw statusErrors.conflict(about, name, why);
  }
}

/** Decides one deletion. Pure: `now` is the virtual clock. */
export function decideDeletion<T extends KubeObject>(
  strategy: Strategy<T>,
  object: T,
  options: DeleteOptions,
  now: number,
): DeletionStep<T> {
  const graceful = beginGraceful(strategy, object, options, now);
  if (graceful.kind === 'pending') {
    const finalizers = finalizersAfter(strategy, object.metadata, options);
    if (!finalizers) return graceful;
    return { kind: 'mark', object: withMeta(object, { finalizers }) };
  }
  const finalizers = finalizersAfter(strategy, graceful.object.metadata, options);
  const updated = finalizers ? withFinalizers(graceful.object, finalizers) : graceful.object;
  const hasFinalizers = (updated.metadata.finalizers?.length ?? 0) > 0;
  if (graceful.kind === 'mark') {
    // A grace period of 0 is over as soon as no finalizer holds the object.
    if (updated.metadata.deletionGracePeriodSeconds === 0 && !hasFinalizers) {
      return { kind: 'remove', object: updated, markFirst: true };
    }
    return { kind: 'mark', object: updated };
  }
  if (!hasFinalizers) return { kind: 'remove', object: updated };
  return { kind: 'mark', object: markAsDeleting(updated, now) };
}

/** Whether a write leaves an object that nothing holds back from going any more. */
export function isFinished(current: ObjectMeta, next: ObjectMeta): boolean {
  if (next.deletionTimestamp === undefined || (next.finalizers?.length ?? 0) > 0) return false;
  if (next.deletionGracePeriodSeconds !== undefined && next.deletionGracePeriodSeconds !== 0) return false;
  return (current.finalizers?.length ?? 0) > 0 || next.deletionGracePeriodSeconds === 0;
}

function beginGraceful<T extends KubeObject>(
  strategy: Strategy<T>,
  object: T,
  options: DeleteOptions,
  now: number,
): DeletionStep<T> {
  const { metadata } = object;
  if (!strategy.gracePeriod) return { kind: 'remove', object };
  if (metadata.deletionTimestamp !== undefined) {
    const running = metadata.deletionGracePeriodSeconds;
    const wanted =
      options.gracePeriodSeconds === undefined
        ? undefined
        : options.gracePeriodSeconds < 0
          ? 1
          : options.gracePeriodSeconds;
    // Grace is over: only finalizers can still hold the object.
    if (running === undefined || running === 0) return { kind: 'remove', object };
    if (wanted === undefined || wanted >= running) return { kind: 'pending', object };
    const began = (parseTime(metadata.deletionTimestamp) ?? now) - running * 1000;
    const deletionTimestamp = formatTime(began + wanted * 1000);
    return { kind: 'mark', object: withMeta(object, { deletionTimestamp, deletionGracePeriodSeconds: wanted }) };
  }
  const asked: DeleteOptions = (options.gracePeriodSeconds ?? 0) < 0 ? { ...options, gracePeriodSeconds: 1 } : options;
  const seconds = strategy.gracePeriod(object, asked);
  if (seconds === undefined) return { kind: 'remove', object };
  const { generation } = metadata;
  const marked = withMeta(object, {
    deletionTimestamp: formatTime(now + seconds * 1000),
    deletionGracePeriodSeconds: seconds,
    ...(generation !== undefined && generation > 0 && { generation: generation + 1 }),
  });
  return { kind: 'mark', object: marked };
}

function markAsDeleting<T extends KubeObject>(object: T, now: number): T {
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined) {
    return object.metadata.deletionGracePeriodSeconds === 0
      ? object
      : withMeta(object, { deletionGracePeriodSeconds: 0 });
  }
  return withMeta(object, {
    deletionTimestamp: formatTime(now),
    deletionGracePeriodSeconds: 0,
    ...(generation !== undefined && generation > 0 && { generation: generation + 1 }),
  });
}

/** The finalizers the garbage collector is to work on; undefined when they are right already. */
export function finalizersAfter<T extends KubeObject>(
  strategy: Strategy<T>,
  meta: ObjectMeta,
  options: DeleteOptions,
): readonly string[] | undefined {
  const old = meta.finalizers ?? [];
  const orphan = wants(strategy, old, options, ORPHAN);
  const foreground = !orphan && wants(strategy, old, options, FOREGROUND);
  const kept = old.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  const next = [...kept, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])];
  const same = next.length === old.length && next.every((finalizer) => old.includes(finalizer));
  return same ? undefined : next;
}

function wants<T extends KubeObject>(
  strategy: Strategy<T>,
  old: readonly string[],
  options: DeleteOptions,
  finalizer: typeof ORPHAN | typeof FOREGROUND,
): boolean {
  const policy = finalizer === ORPHAN ? 'Orphan' : 'Foreground';
  if (options.orphanDependents !== undefined) return finalizer === ORPHAN && options.orphanDependents;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === policy;
  if (old.includes(finalizer)) return true;
  if (old.includes(finalizer === ORPHAN ? FOREGROUND : ORPHAN)) return false;
  return strategy.defaultPropagation === policy;
}

function withMeta<T extends KubeObject>(object: T, meta: Partial<ObjectMeta>): T {
  return { ...object, metadata: { ...object.metadata, ...meta } };
}

function withFinalizers<T extends KubeObject>(object: T, finalizers: readonly string[]): T {
  if (finalizers.length > 0) return withMeta(object, { finalizers });
  const { finalizers: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
