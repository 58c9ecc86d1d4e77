/**
 * PersistentVolumes: pieces of storage that outlive Pods.
 * @upstream pkg/registry/core/persistentvolume/strategy.go, pkg/api/persistentvolume/util.go
 */
import { type PersistentVolume, type PersistentVolumeSpec, persistentVolumes, type Volume } from '#engine/api';
import { canonicalQuantity } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { CLASS_ANNOTATION } from './persistent-volume-claim-validation.ts';
import { validateVolume, validateVolumeUpdate } from './persistent-volume-validation.ts';
import { DEPRECATED_VOLUMES, termWarnings } from './pod-warnings.ts';
import { defaultResourceList } from './resource-list-defaults.ts';
import { accessModeNames } from './storage-columns.ts';
import { legacySources } from './volume-defaults.ts';

/** What a volume's spec is when it does not say; also of one inside a VolumeAttachment. */
export function defaultVolumeSpec(spec: PersistentVolumeSpec): PersistentVolumeSpec {
  let next = withDefaults(spec, { persistentVolumeReclaimPolicy: 'Retain' });
  next = withPointerDefaults(next, { volumeMode: 'Filesystem' });
  next = changeMember(next, 'capacity', defaultResourceList);
  next = changeMember(next, 'hostPath', (source) => withPointerDefaults(source, { type: '' }));
  return legacySources(next as unknown as Volume) as unknown as PersistentVolumeSpec;
}

const defaults = (volume: PersistentVolume): PersistentVolume => {
  const next = withMember(volume, 'spec', defaultVolumeSpec(volume.spec ?? {}));
  return next.status?.phase ? next : { ...next, status: { ...next.status, phase: 'Pending' } };
};

const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';

function warnings({ metadata: { annotations }, spec = {} }: PersistentVolume): readonly string[] {
  const out: string[] = [];
  if (annotations?.[CLASS_ANNOTATION] !== undefined) {
    const why = 'deprecated since v1.8; use "storageClassName" attribute instead';
    out.push(`metadata.annotations[${CLASS_ANNOTATION}]: ${why}`);
  }
  if (annotations?.[MOUNT_OPTIONS] !== undefined) {
    const why = 'deprecated since v1.31; use "mountOptions" attribute instead';
    out.push(`metadata.annotations[${MOUNT_OPTIONS}]: ${why}`);
  }
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const why =
      'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
    out.push(`spec.persistentVolumeReclaimPolicy: ${why}`);
  }
  for (const [i, term] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries())
    termWarnings(out, term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`);
  const old = DEPRECATED_VOLUMES.find(([key]) => spec[key as keyof PersistentVolumeSpec] !== undefined);
  if (old) out.push(`spec.${old[1]}: ${old[2]}`);
  return out;
}

const status: SubresourceStrategy<PersistentVolume> = {
  prepareForUpdate: (next, current, { world }) => {
    const prepared = withMember(next, 'spec', current.spec);
    const before = current.status ?? {};
    const after = prepared.status ?? {};
    const told = after.lastPhaseTransitionTime;
    if (before.phase === after.phase || (told !== undefined && told !== before.lastPhaseTransitionTime))
      return prepared;
    return { ...prepared, status: { ...after, lastPhaseTransitionTime: formatTime(world.clock.now()) } };
  },
  validateUpdate: () => [],
};

function claim({ spec }: PersistentVolume): string {
  const ref = spec?.claimRef;
  return ref ? `${ref.namespace ?? ''}/${ref.name ?? ''}` : '';
}

const phase = ({ metadata, status: now }: PersistentVolume): string =>
  metadata.deletionTimestamp !== undefined ? 'Terminating' : (now?.phase ?? '');

const classOf = ({ metadata, spec }: PersistentVolume): string =>
  metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';

const specDoc = (field: string) => fieldDescription('PersistentVolumeSpec', field);
const statusDoc = (field: string) => fieldDescription('PersistentVolumeStatus', field);

/** @fidelity full */
export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  resource: persistentVolumes,
  shortNames: ['pv'],
  defaults,
  prepareForCreate: (volume, { world }) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(world.clock.now()) },
  }),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
  warnings,
  status,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Capacity', 'string', specDoc('capacity'), (o) => canonicalQuantity(o.spec?.capacity?.storage ?? '0')),
    column('Access Modes', 'string', specDoc('accessModes'), (o) => accessModeNames(o.spec?.accessModes)),
    column(
      'Reclaim Policy',
      'string',
      specDoc('persistentVolumeReclaimPolicy'),
      (o) => o.spec?.persistentVolumeReclaimPolicy ?? '',
    ),
    column('Status', 'string', statusDoc('phase'), phase),
    column('Claim', 'string', specDoc('claimRef'), claim),
    column('StorageClass', 'string', 'StorageClass of the pv', classOf),
    column(
      'VolumeAttributesClass',
      'string',
      'VolumeAttributesClass of the pv',
      (o) => o.spec?.volumeAttributesClassName ?? '<unset>',
    ),
    column('Reason', 'string', statusDoc('reason'), (o) => o.status?.reason ?? ''),
    ageColumn,
    wideColumn('VolumeMode', 'string', specDoc('volumeMode'), (o) => o.spec?.volumeMode ?? '<unset>'),
  ],
};
