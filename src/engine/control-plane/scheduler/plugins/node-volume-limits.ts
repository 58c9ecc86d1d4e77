/** Filter by how many volumes of a CSI driver a Node can attach. */
import { classOfClaim, type Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { ClusterView, Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable } from '../framework/verdict.ts';
import { claimsOf, type VolumeView } from '../framework/volume-view.ts';

const NAME = 'NodeVolumeLimits';
const FULL = unschedulable(NAME, 'node(s) exceed max volume count');

/** Drivers by the volumes of theirs that a Pod uses; volumes that are yet to be made count by their claim. */
function volumesOf(pod: Pod, view: VolumeView): ReadonlyMap<string, string> | string {
  const found = new Map<string, string>();
  for (const { key, name } of claimsOf(pod)) {
    const claim = view.claim(key);
    if (!claim) return `looking up PVC ${key}: persistentvolumeclaim ${JSON.stringify(name)} not found`;
    const volume = claim.spec?.volumeName ? view.volume(claim.spec.volumeName) : undefined;
    const driver = volume ? volume.spec?.csi?.driver : view.storageClass(classOfClaim(claim))?.provisioner;
    if (driver) found.set(`${driver}/${volume?.spec?.csi?.volumeHandle ?? `claim ${key}`}`, driver);
  }
  return found;
}

/**
 * @upstream pkg/scheduler/framework/plugins/nodevolumelimits/csi.go
 * @fidelity partial: VolumeAttachments of Pods that are gone do not count
 */
export const createNodeVolumeLimits = ({ cluster }: { readonly cluster: Pick<ClusterView, 'volumes'> }): Plugin => ({
  name: NAME,
  preFilter: (_state, { pod }) => (claimsOf(pod).length === 0 ? SKIP : undefined),
  filter(_state, { pod }, node) {
    const view = cluster.volumes;
    const wanted = volumesOf(pod, view);
    if (typeof wanted === 'string') return unresolvable(NAME, wanted);
    if (wanted.size === 0) return undefined;
    const drivers = view.csiNode(node.name)?.spec.drivers ?? [];
    const limits = drivers.filter(({ allocatable }) => allocatable?.count !== undefined);
    if (limits.length === 0) return undefined;
    const attached = new Map<string, string>();
    for (const { pod: other } of node.pods) {
      const used = volumesOf(other, view);
      if (typeof used !== 'string') for (const [volume, driver] of used) attached.set(volume, driver);
    }
    for (const { name, allocatable } of limits) {
      const here = [...attached.values()].filter((driver) => driver === name).length;
      const more = [...wanted].filter(([volume, driver]) => driver === name && !attached.has(volume)).length;
      if (more > 0 && here + more > (allocatable?.count ?? 0)) return FULL;
    }
    return undefined;
  },
  events: [
    { resource: 'CSINode', action: action.Add | action.Update },
    { resource: 'AssignedPod', action: action.Delete },
    { resource: 'PersistentVolumeClaim', action: action.Add | action.Update },
  ],
});
