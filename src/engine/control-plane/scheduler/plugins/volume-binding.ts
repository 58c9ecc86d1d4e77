/** Filter by whether a Pod's claims can be bound on a Node; Reserve and PreBind bind those that waited for it. */
import {
  isFullyBound,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  volumeAnnotations,
} from '#engine/api';
import { controllerOf, type KubeObject, objectKey } from '#engine/apimachinery';
import { action } from '../framework/cluster-event.ts';
import type { Plugin, PluginHandle } from '../framework/plugin.ts';
import { type Outcome, SKIP, unresolvable, verdict } from '../framework/verdict.ts';
import { claimsOf, type VolumeWork } from '../framework/volume-view.ts';
import { AssumedObjects } from './assumed-objects.ts';
import { type PodClaims, planVolumes, sortClaims, type VolumePlan, volumesByClass } from './volume-fit.ts';

const NAME = 'VolumeBinding';
const quote = JSON.stringify;

interface State {
  readonly claims: PodClaims;
  readonly ofClass: (name: string) => readonly PersistentVolume[];
  readonly plans: Map<string, VolumePlan>;
  /** What Reserve assumed. */
  work: Pick<VolumeWork, 'volumes' | 'claims'> | undefined;
}

/** Why a Pod cannot have one of its claims. */
function claimFault(pod: Pod, claim: PersistentVolumeClaim | undefined, name: string, ephemeral: boolean) {
  if (!claim) {
    return ephemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quote(name)}`
      : `persistentvolumeclaim ${quote(name)} not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim ${quote(name)} bound to non-existent persistentvolume ${quote(claim.spec?.volumeName ?? '')}`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim ${quote(name)} is being deleted`;
  if (ephemeral && controllerOf(claim)?.uid !== pod.metadata.uid) {
    return `PVC ${objectKey(claim)} was not created for pod ${objectKey(pod)} (pod is not owner)`;
  }
  return undefined;
}

/** The volume with the claim's name on it, as the binder would write it. */
function given(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const known = volume.spec?.claimRef;
  const annotations = known
    ? volume.metadata.annotations
    : { ...volume.metadata.annotations, [volumeAnnotations.boundByController]: 'yes' };
  const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
  return {
    ...volume,
    metadata: { ...volume.metadata, ...(annotations && { annotations }) },
    spec: { ...volume.spec, claimRef },
  } as PersistentVolume;
}

function told(claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [volumeAnnotations.selectedNode]: node };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

/** How far the claims are that a Pod waits for. */
function progressOf(
  work: Pick<VolumeWork, 'volumes' | 'claims'>,
  claim: (key: string) => PersistentVolumeClaim | undefined,
) {
  const keys = [
    ...work.volumes.map(({ spec }) => `${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`),
    ...work.claims.map(objectKey),
  ];
  return (): 'bound' | Outcome => {
    const claims = keys.map(claim);
    const gone = claims.indexOf(undefined);
    if (gone >= 0) {
      const name = (keys[gone] as string).split('/')[1] as string;
      return verdict('Error', NAME, `binding volumes: persistentvolumeclaim ${quote(name)} not found`);
    }
    for (const { key, now } of work.claims.map((one) => ({ key: objectKey(one), now: claim(objectKey(one)) }))) {
      const selected = now?.metadata.annotations?.[volumeAnnotations.selectedNode];
      if (!selected)
        return verdict('Error', NAME, `binding volumes: provisioning failed for PVC ${quote(key.split('/')[1])}`);
    }
    return claims.every((one) => one && isFullyBound(one)) ? 'bound' : undefined;
  };
}

const usesClaim = (pod: Pod, claim: KubeObject | undefined): boolean =>
  claim !== undefined && claimsOf(pod).some(({ key }) => key === objectKey(claim));

/**
 * @upstream pkg/scheduler/framework/plugins/volumebinding/volume_binding.go
 * @fidelity partial: Nodes are not scored by how well they use their storage, which is off by default
 */
export const createVolumeBinding = (handle: Pick<PluginHandle, 'cluster' | 'bindVolumes'>): Plugin => {
  const view = handle.cluster.volumes;
  const claims = new AssumedObjects<PersistentVolumeClaim>(view.claim);
  const volumes = new AssumedObjects<PersistentVolume>(view.volume);
  const forget = (work: State['work']) => {
    for (const volume of work?.volumes ?? []) volumes.restore(volume.metadata.name);
    for (const claim of work?.claims ?? []) claims.restore(objectKey(claim));
  };
  return {
    name: NAME,
    preFilter(state, { pod }) {
      const uses = claimsOf(pod);
      if (uses.length === 0) return SKIP;
      const found: PersistentVolumeClaim[] = [];
      for (const { key, name, ephemeral } of uses) {
        const claim = claims.get(key);
        const fault = claimFault(pod, claim, name, ephemeral);
        if (fault !== undefined) return unresolvable(NAME, fault);
        if (claim) found.push(claim);
      }
      const sorted = sortClaims(found, view);
      if (sorted.immediate.length > 0) return unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims');
      const all = sorted.delayed.length > 0 ? view.volumes() : [];
      const ofClass = volumesByClass(all.map((volume) => volumes.current(volume.metadata.name, volume)));
      state.write(NAME, { claims: sorted, ofClass, plans: new Map(), work: undefined } satisfies State);
      return undefined;
    },
    filter(state, _pod, { node, name }) {
      const data = state.read<State>(NAME);
      if (!data) return undefined;
      const plan = planVolumes(data.claims, node, view, { get: (key) => volumes.get(key), ofClass: data.ofClass });
      if ('bindings' in plan) data.plans.set(name, plan);
      return 'bindings' in plan ? undefined : unresolvable(NAME, ...plan);
    },
    reserve(state, _pod, nodeName) {
      const data = state.read<State>(NAME);
      const plan = data?.plans.get(nodeName);
      if (!data || !plan || plan.bindings.length + plan.provisions.length === 0) return undefined;
      const work = {
        volumes: plan.bindings.map(({ claim, volume }) => given(volume, claim)),
        claims: plan.provisions.map((claim) => told(claim, nodeName)),
      };
      for (const volume of work.volumes) volumes.assume(volume.metadata.name, volume);
      for (const claim of work.claims) claims.assume(objectKey(claim), claim);
      data.work = work;
      return undefined;
    },
    unreserve: (state) => forget(state.read<State>(NAME)?.work),
    preBind(state, { pod }) {
      const work = state.read<State>(NAME)?.work;
      if (!work) return Promise.resolve(undefined);
      const wrote = (object: PersistentVolume | PersistentVolumeClaim) => {
        if (object.metadata.namespace === undefined) volumes.assume(object.metadata.name, object as PersistentVolume);
        else claims.assume(objectKey(object), object as PersistentVolumeClaim);
      };
      return handle.bindVolumes({ ...work, pod, wrote, progress: progressOf(work, (key) => claims.get(key)) });
    },
    events: [
      { resource: 'StorageClass', action: action.Add | action.Update },
      {
        resource: 'PersistentVolumeClaim',
        action: action.Add | action.Update,
        hint: (pod, _previous, claim) => (usesClaim(pod, claim) ? 'Queue' : 'Skip'),
      },
      { resource: 'PersistentVolume', action: action.Add | action.Update },
      { resource: 'Node', action: action.Add | action.UpdateNodeLabel | action.UpdateNodeTaint },
      { resource: 'CSINode', action: action.Add | action.Update },
      { resource: 'CSIDriver', action: action.Update },
      { resource: 'CSIStorageCapacity', action: action.Add | action.Update },
    ],
  };
};
