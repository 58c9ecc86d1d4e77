/** Makes the claims that Pods' ephemeral volumes ask for. @upstream pkg/controller/volume/ephemeral/controller.go */
import { type Pod, persistentVolumeClaims, pods, type Volume } from '#engine/api';
import { controllerOf, controllerRef, isAlreadyExists, keyOf, objectKey } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor } from '../context.ts';
import { isNamespaceTerminating, messageOf } from '../pod-control.ts';
import { ephemeralClaimName } from './claims-of-pods.ts';

const hasEphemeral = ({ spec }: Pod): boolean => spec.volumes?.some(({ ephemeral }) => ephemeral) ?? false;

/** @fidelity full */
export function startEphemeralVolumeController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('ephemeral-volume-controller');
  const recorder = recorderFor(context, client, 'ephemeral_volume');
  const podList = informers.informer(pods).lister;
  const claims = informers.informer(persistentVolumeClaims).lister;

  const makeClaim = async (pod: Pod, { name: volume, ephemeral }: Volume) => {
    const name = ephemeralClaimName(pod, volume);
    const { namespace } = pod.metadata;
    const existing = claims.get(keyOf(name, namespace));
    if (existing) {
      if (controllerOf(existing)?.uid === pod.metadata.uid) return;
      throw new Error(`PVC ${namespace}/${name} was not created for pod ${objectKey(pod)} (pod is not owner)`);
    }
    const { metadata = {}, spec = {} } = ephemeral?.volumeClaimTemplate ?? {};
    const { labels, annotations } = metadata;
    const ownerReferences = [controllerRef(pod)];
    const meta = { name, namespace, ownerReferences, ...(labels && { labels }), ...(annotations && { annotations }) };
    try {
      await client.create(persistentVolumeClaims, { metadata: meta as never, spec });
    } catch (error) {
      if (!isAlreadyExists(error)) throw new Error(`create PVC ${name}: ${messageOf(error)}`, { cause: error });
    }
  };
  const reconcile = async (key: string) => {
    const pod = podList.get(key);
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return undefined;
    for (const volume of pod.spec.volumes ?? []) {
      if (!volume.ephemeral) continue;
      try {
        await makeClaim(pod, volume);
      } catch (error) {
        if (error instanceof Error && isNamespaceTerminating(error.cause)) return undefined;
        recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${messageOf(error)}`);
        throw error;
      }
    }
    return undefined;
  };
  const watches = [
    watchWith(pods, (queue) => ({
      added: (pod) => {
        if (hasEphemeral(pod)) queue.add(objectKey(pod));
      },
    })),
    watchWith(persistentVolumeClaims, (queue) => ({
      deleted: (claim) => {
        const owner = controllerOf(claim);
        if (owner?.kind === 'Pod') queue.add(keyOf(owner.name, claim.metadata.namespace));
      },
    })),
  ];
  startController(world, informers, { name: 'ephemeral_volume', watches, reconcile }, signal);
}
