/**
 * Finalizers that hold volumes, claims and attributes classes for as long as somebody uses them.
 * @upstream pkg/controller/volume/pvcprotection, pkg/controller/volume/pvprotection, pkg/controller/volume/vacprotection
 */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Resource,
  type VolumeAttributesClass,
  volumeAttributesClasses,
} from '#engine/api';
import { controllerOf, isNotFound, type KubeObject, keyOf, objectKey } from '#engine/apimachinery';
import { type Client, startController, type Watch, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { isPodTerminal } from '../pod-status.ts';
import { CLAIM_INDEX, claimIndex } from './claims-of-pods.ts';

interface Protection<T extends KubeObject> {
  readonly name: string;
  readonly client: Client;
  readonly resource: Resource<T>;
  readonly finalizer: string;
  /** What else wakes an object, by its key. */
  readonly watches: readonly Watch[];
  isUsed(object: T): boolean;
}

/** Puts the finalizer on what lacks it, and takes it from what may go. */
function startProtection<T extends KubeObject>(context: ControllerContext, protection: Protection<T>): void {
  const { world, informers, signal } = context;
  const { client, resource, finalizer, name } = protection;
  const { lister } = informers.informer(resource);
  const reconcile = async (key: string) => {
    const object = lister.get(key);
    if (!object) return undefined;
    const { finalizers = [], deletionTimestamp } = object.metadata;
    const held = finalizers.includes(finalizer);
    const going = deletionTimestamp !== undefined;
    if (going ? !held || protection.isUsed(object) : held) return undefined;
    const next = going ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer];
    try {
      await client.update(resource, { ...object, metadata: { ...object.metadata, finalizers: next } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return undefined;
  };
  const own = watchWith(resource, (queue) => ({
    added: (object) => queue.add(objectKey(object)),
    updated: (_, object) => queue.add(objectKey(object)),
  }));
  startController(world, informers, { name, workers: 1, watches: [own, ...protection.watches], reconcile }, signal);
}

/** The Pod holds the claim: it has a Node, where the claim may be mounted. */
function uses({ metadata, spec, status }: Pod, claim: PersistentVolumeClaim): boolean {
  if (!spec.nodeName) return false;
  const over = isPodTerminal({ metadata, spec, status } as Pod);
  const own = controllerOf(claim)?.uid === metadata.uid;
  return (spec.volumes ?? []).some(
    ({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim?.claimName === claim.metadata.name ||
      (!over && own && ephemeral !== undefined && `${metadata.name}-${name}` === claim.metadata.name),
  );
}

/** @fidelity full */
export function startClaimProtection(context: ControllerContext): void {
  const podList = context.informers.informer(pods, { indexers: { [CLAIM_INDEX]: claimIndex } }).lister;
  startProtection<PersistentVolumeClaim>(context, {
    name: 'PVC protection',
    client: context.clientFor('pvc-protection-controller'),
    resource: persistentVolumeClaims,
    finalizer: 'kubernetes.io/pvc-protection',
    isUsed: (claim) => podList.byIndex(CLAIM_INDEX, objectKey(claim)).some((pod) => uses(pod, claim)),
    watches: [
      watchWith(pods, (queue) => {
        const wake = (pod: Pod) => {
          for (const key of claimIndex(pod)) queue.add(key);
        };
        return {
          updated: (before, pod) => {
            if (isPodTerminal(before) !== isPodTerminal(pod)) wake(pod);
          },
          deleted: wake,
        };
      }),
    ],
  });
}

/** @fidelity full */
export function startVolumeProtection(context: ControllerContext): void {
  startProtection<PersistentVolume>(context, {
    name: 'PV protection',
    client: context.clientFor('pv-protection-controller'),
    resource: persistentVolumes,
    finalizer: 'kubernetes.io/pv-protection',
    isUsed: ({ status }) => status?.phase === 'Bound',
    watches: [],
  });
}

const attributesOfClaim = ({ spec, status }: PersistentVolumeClaim): readonly (string | undefined)[] => [
  spec?.volumeAttributesClassName,
  status?.currentVolumeAttributesClassName,
  status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
];

/** @fidelity full */
export function startAttributesClassProtection(context: ControllerContext): void {
  const { informers } = context;
  const claims = informers.informer(persistentVolumeClaims).lister;
  const volumes = informers.informer(persistentVolumes).lister;
  const freed = <T extends KubeObject>(resource: Resource<T>, names: (object: T) => readonly (string | undefined)[]) =>
    watchWith(resource, (queue) => {
      const wake = (object: T) => {
        for (const name of names(object)) if (name) queue.add(keyOf(name));
      };
      return { updated: wake, deleted: wake };
    });
  const attributesOfVolume = ({ spec }: PersistentVolume) => [spec?.volumeAttributesClassName];
  startProtection<VolumeAttributesClass>(context, {
    name: 'VAC protection',
    client: context.clientFor('volumeattributesclass-protection-controller'),
    resource: volumeAttributesClasses,
    finalizer: 'kubernetes.io/vac-protection',
    isUsed: ({ metadata: { name } }) =>
      volumes.list().some((volume) => attributesOfVolume(volume).includes(name)) ||
      claims.list().some((claim) => attributesOfClaim(claim).includes(name)),
    watches: [freed(persistentVolumeClaims, attributesOfClaim), freed(persistentVolumes, attributesOfVolume)],
  });
}
