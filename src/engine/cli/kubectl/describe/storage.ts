/**
 * describe persistentvolume, persistentvolumeclaim, storageclass, csinode, volumeattributesclass.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go
 */
import type {
  CoreV1Event,
  CSINode,
  NodeSelectorRequirement,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeAttributesClass,
} from '#engine/api';
import { classOfClaim, classOfVolume } from '#engine/api';
import { canonicalQuantity, compareText } from '#engine/apimachinery';
import { formatLabels } from '../print/table.ts';
import type { Json } from '../text/json.ts';
import { annotations, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import { describeVolume } from './volumes.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;

const SHORT_MODES: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];
const modes = (given: readonly string[] | undefined): string =>
  SHORT_MODES.filter(([mode]) => given?.includes(mode))
    .map(([, short]) => short)
    .join(',');

/** As Go prints a list. */
const goList = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`;

function status(w: DescriptionWriter, { metadata, status: now }: PersistentVolume | PersistentVolumeClaim): void {
  if (metadata.deletionTimestamp !== undefined)
    w.write(0, `Status:\tTerminating (lasts ${w.since(metadata.deletionTimestamp)})\n`);
  else w.write(0, `Status:\t${now?.phase ?? ''}\n`);
}

function requirements(w: DescriptionWriter, title: string, all: readonly NodeSelectorRequirement[]): void {
  w.write(2, `${title}:\t`);
  if (all.length === 0) w.line('<none>');
  all.forEach(({ key, operator, values = [] }, i) => {
    if (i > 0) w.write(2, '\t');
    const wanted = values.length > 0 ? ` [${values.join(', ')}]` : '';
    w.line(`${key} ${operator.toLowerCase()}${wanted}`);
  });
}

function nodeAffinity(w: DescriptionWriter, { spec }: PersistentVolume): void {
  const required = spec?.nodeAffinity?.required;
  w.write(0, 'Node Affinity:\t');
  if (!required) {
    w.line('<none>');
    return;
  }
  w.line('');
  w.write(1, 'Required Terms:\t');
  const terms = required.nodeSelectorTerms ?? [];
  w.line(terms.length === 0 ? '<none>' : '');
  for (const [i, term] of terms.entries()) requirements(w, `Term ${i}`, term.matchExpressions ?? []);
}

/** The sources that only PersistentVolumes have; the others are described as a Pod's. */
function source(w: DescriptionWriter, { spec = {} }: PersistentVolume): void {
  w.write(0, 'Source:\n');
  if (spec.local) {
    w.write(2, 'Type:\tLocalVolume (a persistent volume backed by local storage on a node)\n');
    w.write(2, `Path:\t${spec.local.path}\n`);
  } else if (spec.csi) {
    const { driver, fsType = '', volumeHandle, readOnly = false, volumeAttributes = {} } = spec.csi;
    w.write(2, 'Type:\tCSI (a Container Storage Interface (CSI) volume source)\n');
    for (const [title, value] of Object.entries({
      Driver: driver,
      FSType: fsType,
      VolumeHandle: volumeHandle,
      ReadOnly: String(readOnly),
    }))
      w.write(2, `${title}:\t${value}\n`);
    labels(w, 'VolumeAttributes', volumeAttributes, '    ');
  } else describeVolume(w, spec as never);
}

export function describePersistentVolume(w: DescriptionWriter, one: PersistentVolume, list_: Events): void {
  const { metadata, spec = {} } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `Finalizers:\t${goList(metadata.finalizers)}\n`);
  w.write(0, `StorageClass:\t${classOfVolume(one)}\n`);
  if (spec.volumeAttributesClassName !== undefined)
    w.write(0, `VolumeAttributesClass:\t${spec.volumeAttributesClassName}\n`);
  status(w, one);
  const ref = spec.claimRef;
  w.write(0, `Claim:\t${ref ? `${ref.namespace ?? ''}/${ref.name ?? ''}` : ''}\n`);
  w.write(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}\n`);
  w.write(0, `Access Modes:\t${modes(spec.accessModes)}\n`);
  if (spec.volumeMode !== undefined) w.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  w.write(0, `Capacity:\t${canonicalQuantity(spec.capacity?.storage ?? '0')}\n`);
  nodeAffinity(w, one);
  w.write(0, `Message:\t${one.status?.message ?? ''}\n`);
  source(w, one);
  events(w, list_);
}

const uses = (pod: Pod, claim: string): boolean =>
  (pod.spec.volumes ?? []).some(
    ({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim?.claimName === claim || (ephemeral && `${pod.metadata.name}-${name}` === claim),
  );

function usedBy(w: DescriptionWriter, pods: readonly Pod[]): void {
  w.write(0, 'Used By:\t');
  if (pods.length === 0) w.line('<none>');
  pods.forEach(({ metadata }, i) => {
    if (i > 0) w.write(0, '\t');
    w.line(metadata.name);
  });
}

function conditions(w: DescriptionWriter, { status: now }: PersistentVolumeClaim): void {
  if (!now?.conditions?.length) return;
  w.write(0, 'Conditions:\n');
  w.write(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const one of now.conditions) {
    const times = `${w.since(one.lastProbeTime)} \t${w.since(one.lastTransitionTime)}`;
    w.write(1, `${one.type} \t${one.status} \t${times} \t${one.reason ?? ''} \t${one.message ?? ''}\n`);
  }
}

export async function describePersistentVolumeClaim(
  w: DescriptionWriter,
  one: PersistentVolumeClaim,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const { metadata, spec = {} } = one;
  const pods = (await list(context, 'pods', metadata.namespace ?? '')) as unknown as readonly Pod[];
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  w.write(0, `StorageClass:\t${classOfClaim(one)}\n`);
  status(w, one);
  w.write(0, `Volume:\t${spec.volumeName ?? ''}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `Finalizers:\t${goList(metadata.finalizers)}\n`);
  const size = spec.volumeName ? canonicalQuantity(one.status?.capacity?.storage ?? '0') : '';
  w.write(0, `Capacity:\t${size}\n`);
  w.write(0, `Access Modes:\t${spec.volumeName ? modes(one.status?.accessModes) : ''}\n`);
  if (spec.volumeMode !== undefined) w.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  if (spec.dataSource) {
    w.write(0, 'DataSource:\n');
    if (spec.dataSource.apiGroup !== undefined) w.write(1, `APIGroup:\t${spec.dataSource.apiGroup}\n`);
    w.write(1, `Kind:\t${spec.dataSource.kind}\n`);
    w.write(1, `Name:\t${spec.dataSource.name}\n`);
  }
  usedBy(
    w,
    pods.filter((pod) => uses(pod, metadata.name)),
  );
  conditions(w, one);
  events(w, list_);
}

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export function describeStorageClass(w: DescriptionWriter, one: StorageClass, list_: Events): void {
  const { metadata, allowVolumeExpansion: grows, mountOptions = [], allowedTopologies } = one;
  const isDefault = DEFAULT_CLASS.some((name) => metadata.annotations?.[name] === 'true');
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}\n`);
  w.write(0, `Annotations:\t${formatLabels(metadata.annotations as Json | undefined)}\n`);
  w.write(0, `Provisioner:\t${one.provisioner}\n`);
  w.write(0, `Parameters:\t${formatLabels(one.parameters as Json | undefined)}\n`);
  w.write(0, `AllowVolumeExpansion:\t${grows === undefined ? '<unset>' : grows ? 'True' : 'False'}\n`);
  if (mountOptions.length === 0) w.write(0, 'MountOptions:\t<none>\n');
  else {
    w.write(0, 'MountOptions:\n');
    for (const option of mountOptions) w.write(1, `${option}\n`);
  }
  if (one.reclaimPolicy !== undefined) w.write(0, `ReclaimPolicy:\t${one.reclaimPolicy}\n`);
  if (one.volumeBindingMode !== undefined) w.write(0, `VolumeBindingMode:\t${one.volumeBindingMode}\n`);
  if (allowedTopologies) {
    w.write(0, 'AllowedTopologies:\t\n');
    allowedTopologies.forEach(({ matchLabelExpressions = [] }, i) => {
      const terms = matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values }));
      requirements(w, `Term ${i}`, terms);
    });
  }
  events(w, list_);
}

export function describeCsiNode(w: DescriptionWriter, one: CSINode, list_: Events): void {
  const { metadata, spec } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}\n`);
  w.write(0, 'Spec:\n');
  if (spec.drivers) w.write(1, 'Drivers:\n');
  for (const { name, nodeID, allocatable, topologyKeys } of spec.drivers ?? []) {
    w.write(2, `${name}:\n`);
    w.write(3, `Node ID:\t${nodeID}\n`);
    if (allocatable?.count !== undefined) w.write(3, `Allocatables:\n        Count:\t${allocatable.count}\n`);
    if (topologyKeys) w.write(3, `Topology Keys:\t${goList(topologyKeys)}\n`);
  }
  events(w, list_);
}

export function describeVolumeAttributesClass(w: DescriptionWriter, one: VolumeAttributesClass, list_: Events): void {
  const sorted = Object.fromEntries(Object.entries(one.parameters ?? {}).sort(([a], [b]) => compareText(a, b)));
  w.write(0, `Name:\t${one.metadata.name}\n`);
  w.write(0, `Annotations:\t${formatLabels(one.metadata.annotations as Json | undefined)}\n`);
  w.write(0, `DriverName:\t${one.driverName}\n`);
  w.write(0, `Parameters:\t${formatLabels(sorted as Json | undefined)}\n`);
  events(w, list_);
}
