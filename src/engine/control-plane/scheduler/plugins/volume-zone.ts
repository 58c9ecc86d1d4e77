/** Filter by the zone and region of a Pod's PersistentVolumes. */
import { classOfClaim, type Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { ClusterView, Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable } from '../framework/verdict.ts';
import { claimsOf, type VolumeView } from '../framework/volume-view.ts';

const NAME = 'VolumeZone';
const REFUSED = unresolvable(NAME, 'node(s) had no available volume zone');

/** Labels of topology with the name that took over from an old one. */
const TOPOLOGY: { readonly [label: string]: string } = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};
const LABELS = Object.keys(TOPOLOGY);

interface Topology {
  readonly label: string;
  readonly values: ReadonlySet<string>;
}

/** What the volumes' labels demand of a Node, or why that cannot be known. */
function topologiesOf(pod: Pod, view: VolumeView): readonly Topology[] | string {
  const found: Topology[] = [];
  for (const { key, name, ephemeral } of claimsOf(pod)) {
    if (ephemeral) continue;
    const claim = view.claim(key);
    if (!claim) return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
    const volumeName = claim.spec?.volumeName;
    if (!volumeName) {
      const className = classOfClaim(claim);
      if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
      const storageClass = view.storageClass(className);
      if (!storageClass) return `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`;
      if (storageClass.volumeBindingMode === 'WaitForFirstConsumer') continue;
      return 'PersistentVolume had no name';
    }
    const volume = view.volume(volumeName);
    if (!volume) return `persistentvolume ${JSON.stringify(volumeName)} not found`;
    for (const label of LABELS) {
      const value = volume.metadata.labels?.[label];
      if (value !== undefined) found.push({ label, values: new Set(value.split('__')) });
    }
  }
  return found;
}

/**
 * @upstream pkg/scheduler/framework/plugins/volumezone/volume_zone.go
 * @fidelity full
 */
export const createVolumeZone = ({ cluster }: { readonly cluster: Pick<ClusterView, 'volumes'> }): Plugin => ({
  name: NAME,
  preFilter(state, { pod }) {
    const topologies = topologiesOf(pod, cluster.volumes);
    if (typeof topologies === 'string') return unresolvable(NAME, topologies);
    if (topologies.length === 0) return SKIP;
    state.write(NAME, topologies);
    return undefined;
  },
  filter(state, _pod, { node }) {
    const labels = node.metadata.labels ?? {};
    // A Node that says nothing of where it is can be anywhere.
    if (!LABELS.some((label) => labels[label] !== undefined)) return undefined;
    for (const { label, values } of state.read<readonly Topology[]>(NAME) ?? []) {
      const value = labels[label] ?? labels[TOPOLOGY[label] as string];
      if (value === undefined || !values.has(value)) return REFUSED;
    }
    return undefined;
  },
  events: [
    { resource: 'StorageClass', action: action.Add },
    { resource: 'Node', action: action.Add | action.UpdateNodeLabel },
    { resource: 'PersistentVolumeClaim', action: action.Add | action.Update },
    { resource: 'PersistentVolume', action: action.Add | action.Update },
  ],
});
