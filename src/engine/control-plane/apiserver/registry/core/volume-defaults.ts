/**
 * What the server fills into a Pod's volumes.
 * @upstream pkg/apis/core/v1/defaults.go
 */
import type {
  DownwardAPIVolumeFile,
  ObjectFieldSelector,
  PersistentVolumeClaimTemplate,
  Volume,
  VolumeProjection,
} from '#engine/api';
import { changeItems, changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import { defaultClaimSpec } from './claim-defaults.ts';
import { defaultPullPolicy } from './image-name.ts';

/** 0644 */
const FILE_MODE = 420;
const TOKEN_SECONDS = 3600;
const CERTIFICATE_SECONDS = 86_400;

/** A reference to a field of the Pod is in terms of v1. */
export const defaultFieldRef = (ref: ObjectFieldSelector): ObjectFieldSelector =>
  withDefaults(ref, { apiVersion: 'v1' });

const downwardFile = (file: DownwardAPIVolumeFile): DownwardAPIVolumeFile =>
  changeMember(changeMember(file, 'fieldRef', defaultFieldRef), 'resourceFieldRef', (ref) =>
    withDefaults(ref, { divisor: '0' }),
  );

const projection = (source: VolumeProjection): VolumeProjection => {
  let next = changeMember(source, 'serviceAccountToken', (token) =>
    withPointerDefaults(token, { expirationSeconds: TOKEN_SECONDS }),
  );
  next = changeMember(next, 'downwardAPI', (api) => changeItems(api, 'items', downwardFile));
  return changeMember(next, 'podCertificate', (certificate) =>
    withPointerDefaults(certificate, { maxExpirationSeconds: CERTIFICATE_SECONDS }),
  );
};

const claimTemplate = (template: PersistentVolumeClaimTemplate): PersistentVolumeClaimTemplate => {
  return withMember(withPointerDefaults(template, { metadata: {} }), 'spec', defaultClaimSpec(template.spec));
};

const isSource = (key: string) => key !== 'name';

function commonSources(volume: Volume): Volume {
  let next = changeMember(volume, 'secret', (s) => withPointerDefaults(s, { defaultMode: FILE_MODE }));
  next = changeMember(next, 'configMap', (s) => withPointerDefaults(s, { defaultMode: FILE_MODE }));
  next = changeMember(next, 'downwardAPI', (s) =>
    changeItems(withPointerDefaults(s, { defaultMode: FILE_MODE }), 'items', downwardFile),
  );
  next = changeMember(next, 'projected', (s) =>
    changeItems(withPointerDefaults(s, { defaultMode: FILE_MODE }), 'sources', projection),
  );
  next = changeMember(next, 'hostPath', (s) => withPointerDefaults(s, { type: '' }));
  next = changeMember(next, 'image', (s) =>
    s.pullPolicy ? s : { ...s, pullPolicy: defaultPullPolicy(s.reference ?? '') },
  );
  return changeMember(next, 'ephemeral', (s) => changeMember(s, 'volumeClaimTemplate', claimTemplate));
}

/** The types of which Pods and PersistentVolumes know the same defaults. */
export function legacySources(volume: Volume): Volume {
  let next = changeMember(volume, 'iscsi', (s) => withDefaults(s, { iscsiInterface: 'default' }));
  next = changeMember(next, 'rbd', (s) =>
    withDefaults(s, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  );
  next = changeMember(next, 'azureDisk', (s) =>
    withPointerDefaults(s, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
  );
  return changeMember(next, 'scaleIO', (s) => withDefaults(s, { storageMode: 'ThinProvisioned', fsType: 'xfs' }));
}

/** A volume without a source is an emptyDir. */
export function defaultVolume(volume: Volume): Volume {
  if (!Object.keys(volume).some(isSource)) return { ...volume, emptyDir: {} };
  return legacySources(commonSources(volume));
}
