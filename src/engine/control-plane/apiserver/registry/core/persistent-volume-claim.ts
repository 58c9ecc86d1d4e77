/**
 * PersistentVolumeClaims: what somebody asks of storage.
 * @upstream pkg/registry/core/persistentvolumeclaim/strategy.go, pkg/api/persistentvolumeclaim/util.go
 */
import {
  type PersistentVolumeClaim,
  type PersistentVolumeClaimSpec,
  persistentVolumeClaims,
  type TypedLocalObjectReference,
} from '#engine/api';
import { canonicalQuantity } from '#engine/apimachinery';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';
import { defaultClaim } from './claim-defaults.ts';
import {
  CLASS_ANNOTATION,
  checkClaimSpec,
  validateClaimStatus,
  validateClaimUpdate,
} from './persistent-volume-claim-validation.ts';
import { claimSpecWarnings } from './pod-warnings.ts';
import { accessModeNames } from './storage-columns.ts';

const PENDING = Object.freeze({ phase: 'Pending' });

/** The old field only ever knew claims and snapshots; everything else was ignored, and still is. */
const isOldSource = ({ kind, apiGroup = '' }: TypedLocalObjectReference): boolean =>
  (kind === 'PersistentVolumeClaim' && apiGroup === '') ||
  (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');

/** Drops what may not be asked for: other namespaces' sources, and odd ones without the newer field. */
function allowedSources(
  spec: PersistentVolumeClaimSpec,
  before: PersistentVolumeClaimSpec | undefined,
): PersistentVolumeClaimSpec {
  const foreign = !!spec.dataSourceRef?.namespace && before?.dataSourceRef === undefined;
  const next = foreign ? withMember(spec, 'dataSourceRef', undefined) : spec;
  if (before?.dataSource || before?.dataSourceRef || next.dataSourceRef) return next;
  return next.dataSource && !isOldSource(next.dataSource) ? withMember(next, 'dataSource', undefined) : next;
}

/** Both fields say the same when only one was given. */
function sameSources(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef } = spec;
  const only = dataSource ?? (dataSourceRef?.namespace ? undefined : dataSourceRef);
  if (!only || (dataSource && dataSourceRef)) return spec;
  const copy = { ...(only.apiGroup !== undefined && { apiGroup: only.apiGroup }), kind: only.kind, name: only.name };
  return { ...spec, dataSource: copy, dataSourceRef: copy };
}

function warnings({ metadata, spec = {} }: PersistentVolumeClaim): readonly string[] {
  const out: string[] = [];
  if (metadata.annotations?.[CLASS_ANNOTATION] !== undefined) {
    const why = 'deprecated since v1.8; use "storageClassName" attribute instead';
    out.push(`metadata.annotations[${CLASS_ANNOTATION}]: ${why}`);
  }
  claimSpecWarnings(out, spec, 'spec');
  return out;
}

const status: SubresourceStrategy<PersistentVolumeClaim> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateClaimStatus,
};

const statusDoc = (field: string) => fieldDescription('PersistentVolumeClaimStatus', field);
const specDoc = (field: string) => fieldDescription('PersistentVolumeClaimSpec', field);

const phase = ({ metadata, status: now }: PersistentVolumeClaim): string =>
  metadata.deletionTimestamp !== undefined ? 'Terminating' : (now?.phase ?? '');

/** What a claim has, once it is bound. */
const bound = (claim: PersistentVolumeClaim, text: (claim: PersistentVolumeClaim) => string): string =>
  claim.spec?.volumeName ? text(claim) : '';

const capacity = (claim: PersistentVolumeClaim): string =>
  bound(claim, ({ status: now }) => canonicalQuantity(now?.capacity?.storage ?? '0'));

/** @fidelity full */
export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  resource: persistentVolumeClaims,
  shortNames: ['pvc'],
  defaults: defaultClaim,
  prepareForCreate: (claim) => {
    const spec = sameSources(allowedSources(claim.spec ?? {}, undefined));
    return withMember(withMember(claim, 'spec', spec), 'status', PENDING);
  },
  prepareForUpdate: (next, current) => {
    const spec = allowedSources(next.spec ?? {}, current.spec);
    return withMember(withMember(next, 'spec', spec), 'status', current.status);
  },
  validate: ({ spec = {} }) => {
    const errors: Errors = [];
    checkClaimSpec(errors, 'spec', spec);
    return errors;
  },
  validateUpdate: validateClaimUpdate,
  warnings,
  status,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Status', 'string', statusDoc('phase'), phase),
    column('Volume', 'string', specDoc('volumeName'), (o) => o.spec?.volumeName ?? ''),
    column('Capacity', 'string', statusDoc('capacity'), capacity),
    column('Access Modes', 'string', statusDoc('accessModes'), (o) =>
      bound(o, (claim) => accessModeNames(claim.status?.accessModes)),
    ),
    column('StorageClass', 'string', 'StorageClass of the pvc', (o) => classOf(o)),
    column(
      'VolumeAttributesClass',
      'string',
      'VolumeAttributesClass of the pvc',
      (o) => o.spec?.volumeAttributesClassName ?? '<unset>',
    ),
    ageColumn,
    wideColumn('VolumeMode', 'string', specDoc('volumeMode'), (o) => o.spec?.volumeMode ?? '<unset>'),
  ],
};

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';
}
