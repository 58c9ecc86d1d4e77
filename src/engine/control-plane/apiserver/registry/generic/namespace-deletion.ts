/**
 * Namespaces go in two steps: first the phase becomes Terminating, then, when the namespace controller has emptied it and
 * removed the last finalizer, the object goes.
 * @upstream pkg/registry/core/namespace/storage/storage.go
 */
import type { Namespace } from '#engine/api';
import type { DeleteOptions } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import type { Strategy } from '../strategy.ts';
import { type DeletionStep, decideDeletion, finalizersAfter, isFinished } from './deletion.ts';

/** The deletion of a namespace. */
export function decideNamespaceDeletion(
  strategy: Strategy<Namespace>,
  namespace: Namespace,
  options: DeleteOptions,
  now: number,
): DeletionStep<Namespace> {
  const { metadata, spec, status } = namespace;
  if (metadata.deletionTimestamp === undefined) {
    const finalizers = finalizersAfter(strategy, metadata, options) ?? metadata.finalizers;
    const marked: Namespace = {
      ...namespace,
      metadata: { ...metadata, deletionTimestamp: formatTime(now), ...(finalizers && { finalizers }) },
      status: { ...status, phase: 'Terminating' },
    };
    return { kind: 'mark', object: marked };
  }
  if ((spec?.finalizers?.length ?? 0) > 0) return { kind: 'pending', object: namespace };
  return decideDeletion(strategy, namespace, options, now);
}

/** Whether a write leaves a namespace that nothing holds any more. */
export function isNamespaceFinished(current: Namespace, next: Namespace): boolean {
  if (next.metadata.deletionTimestamp === undefined || (next.spec?.finalizers?.length ?? 0) > 0) return false;
  const held = (next.metadata.finalizers?.length ?? 0) > 0;
  return !held && ((current.spec?.finalizers?.length ?? 0) > 0 || isFinished(current.metadata, next.metadata));
}
