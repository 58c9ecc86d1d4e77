/** Filter: disks that only one Pod of a Node may mount. */
import type { Pod, Volume } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable } from '../framework/verdict.ts';

const NAME = 'VolumeRestrictions';
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

/**
 * @upstream pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go
 * @fidelity partial: PersistentVolumeClaims are not served yet, so none is ever found
 */
export const createVolumeRestrictions = (): Plugin => ({
  name: NAME,
  preFilter(_state, { pod }) {
    let checks = false;
    for (const volume of pod.spec.volumes ?? []) {
      const claim = volume.persistentVolumeClaim;
      if (claim) return unresolvable(NAME, `persistentvolumeclaim ${JSON.stringify(claim.claimName)} not found`);
      checks ||= exclusive(volume);
    }
    return checks ? undefined : SKIP;
  },
  filter(_state, { pod }, node) {
    for (const other of node.pods) if (podConflicts(pod, other.pod)) return CONFLICT;
    return undefined;
  },
  events: [
    {
      resource: 'AssignedPod',
      action: action.Delete,
      hint: (pod, previous) => (podConflicts(pod, previous as Pod) ? 'Queue' : 'Skip'),
    },
    { resource: 'Node', action: action.Add },
  ],
});
