/** Filter: disks that only one Pod of a Node may mount, and claims that only one Pod may use. */
import type { Pod, Volume } from '#engine/api';
import { objectKey } from '#engine/apimachinery';
import { action } from '../framework/cluster-event.ts';
import type { Plugin, PluginHandle } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable } from '../framework/verdict.ts';
import { claimsOf } from '../framework/volume-view.ts';

const NAME = 'VolumeRestrictions';
const IN_USE = unschedulable(
  NAME,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);
const CONFLICT = unschedulable(NAME, 'node(s) had no available disk');

const exclusive = ({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? iscsi ?? rbd) !== undefined;

const bothReadOnly = (a: { readonly readOnly?: boolean }, b: { readonly readOnly?: boolean }): boolean =>
  a.readOnly === true && b.readOnly === true;

/** The same disk, at least once to write. */
function conflicts(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    return (
      a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName &&
      !bothReadOnly(a.gcePersistentDisk, b.gcePersistentDisk)
    );
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore)
    return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  if (a.iscsi && b.iscsi) return a.iscsi.iqn === b.iscsi.iqn && !bothReadOnly(a.iscsi, b.iscsi);
  if (a.rbd && b.rbd) {
    const { rbd } = b;
    const shared = a.rbd.monitors.some((monitor) => rbd.monitors.includes(monitor));
    const pools = (a.rbd.pool ?? 'rbd') === (rbd.pool ?? 'rbd');
    return shared && pools && a.rbd.image === rbd.image && !bothReadOnly(a.rbd, rbd);
  }
  return false;
}

const podConflicts = (pod: Pod, other: Pod): boolean =>
  (pod.spec.volumes ?? []).some(
    (volume) => exclusive(volume) && (other.spec.volumes ?? []).some((theirs) => conflicts(volume, theirs)),
  );

/** Claims for a single Pod, and how many uses by others stand in the way. */
class SinglePodClaims {
  constructor(
    private readonly keys: ReadonlySet<string>,
    public conflicts = 0,
  ) {}

  count(pod: Pod, by: number): void {
    for (const { key, ephemeral } of claimsOf(pod)) if (!ephemeral && this.keys.has(key)) this.conflicts += by;
  }

  clone(): SinglePodClaims {
    return new SinglePodClaims(this.keys, this.conflicts);
  }
}

/**
 * @upstream pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go
 * @fidelity full
 */
export const createVolumeRestrictions = ({
  cluster,
  snapshot,
}: Pick<PluginHandle, 'cluster' | 'snapshot'>): Plugin => ({
  name: NAME,
  preFilter(state, { pod }) {
    const single = new Set<string>();
    for (const { key, name, ephemeral } of claimsOf(pod)) {
      if (ephemeral) continue;
      const claim = cluster.volumes.claim(key);
      if (!claim) return unresolvable(NAME, `persistentvolumeclaim ${JSON.stringify(name)} not found`);
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) single.add(key);
    }
    const used = new Set<string>();
    if (single.size > 0) {
      for (const node of snapshot.nodes)
        for (const other of node.pods)
          for (const { key, ephemeral } of claimsOf(other.pod)) if (!ephemeral && single.has(key)) used.add(key);
    }
    if (used.size === 0 && !(pod.spec.volumes ?? []).some(exclusive)) return SKIP;
    state.write(NAME, new SinglePodClaims(single, used.size));
    return undefined;
  },
  addPod: (state, _toSchedule, { pod }) => state.read<SinglePodClaims>(NAME)?.count(pod, 1),
  removePod: (state, _toSchedule, { pod }) => state.read<SinglePodClaims>(NAME)?.count(pod, -1),
  filter(state, { pod }, node) {
    for (const other of node.pods) if (podConflicts(pod, other.pod)) return CONFLICT;
    return (state.read<SinglePodClaims>(NAME)?.conflicts ?? 0) > 0 ? IN_USE : undefined;
  },
  events: [
    {
      resource: 'AssignedPod',
      action: action.Delete,
      hint: (pod, previous) =>
        podConflicts(pod, previous as Pod) || sharesClaim(pod, previous as Pod) ? 'Queue' : 'Skip',
    },
    { resource: 'Node', action: action.Add },
    {
      resource: 'PersistentVolumeClaim',
      action: action.Add | action.Update,
      hint: (pod, _previous, claim) =>
        claim && claimsOf(pod).some(({ key }) => key === objectKey(claim)) ? 'Queue' : 'Skip',
    },
  ],
});

const sharesClaim = (pod: Pod, other: Pod): boolean => {
  const keys = new Set(claimsOf(other).map(({ key }) => key));
  return claimsOf(pod).some(({ key }) => keys.has(key));
};
