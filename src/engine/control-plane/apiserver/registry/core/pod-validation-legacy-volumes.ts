/**
 * Checks of the volume types whose plugins are gone or live outside Kubernetes; their fields are still part of the API.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { PersistentVolumeSpec, Volume } from '#engine/api';
import { fieldErrors, inclusiveRangeError } from '#engine/apimachinery';
import { checkDnsLabel, type Errors } from '../validation.ts';
import { checkLocalPath } from './paths.ts';

/** How one type of volume is checked, and where its faults are said to be when not under its own name. */
export interface LegacyCheck {
  readonly many?: string;
  readonly at?: string;
  readonly check: (errors: Errors, at: string, volume: Volume) => void;
}

/** Fields that must not be empty. */
export function need(errors: Errors, at: string, source: object | undefined, ...fields: readonly string[]): void {
  for (const field of fields) {
    const value = (source as { readonly [field: string]: unknown } | undefined)?.[field];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      errors.push(fieldErrors.required(`${at}.${field}`));
    }
  }
}

function checkPartition(errors: Errors, at: string, partition = 0): void {
  if (partition < 0 || partition > 255)
    errors.push(fieldErrors.invalid(`${at}.partition`, partition, inclusiveRangeError(1, 255)));
}

const IQN = /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/;
const EUI = /^eui.[a-zA-Z0-9]{16}$/;
const NAA = /^naa.[a-zA-Z0-9]{32}$/;

export function initiatorFault(name: string): string | undefined {
  if (!/^(iqn|eui|naa)/.test(name)) return 'must be valid format starting with iqn, eui, or naa';
  const form = name.startsWith('iqn') ? IQN : name.startsWith('eui') ? EUI : NAA;
  return form.test(name) ? undefined : 'must be valid format';
}

function checkIscsi(errors: Errors, at: string, { name, iscsi = {} as NonNullable<Volume['iscsi']> }: Volume): void {
  need(errors, at, iscsi, 'targetPortal');
  const { iqn = '', lun = 0, initiatorName } = iscsi;
  const fault = iqn === '' ? undefined : initiatorFault(iqn);
  if (iqn === '') errors.push(fieldErrors.required(`${at}.iqn`));
  else if (fault) errors.push(fieldErrors.invalid(`${at}.iqn`, iqn, fault));
  if (lun < 0 || lun > 255) errors.push(fieldErrors.invalid(`${at}.lun`, lun, inclusiveRangeError(0, 255)));
  if ((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !iscsi.secretRef)
    errors.push(fieldErrors.required(`${at}.secretRef`));
  if (initiatorName === undefined) return;
  const initiator = initiatorFault(initiatorName);
  if (initiator) errors.push(fieldErrors.invalid(`${at}.initiatorname`, initiatorName, initiator));
  if (`${name}:${iscsi.targetPortal}`.length > 64) {
    const why =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    errors.push(fieldErrors.invalid(`${at.slice(0, at.lastIndexOf('.'))}.name`, name, why));
  }
}

function checkFc(errors: Errors, at: string, { fc = {} }: Volume): void {
  const { targetWWNs = [], wwids = [], lun } = fc;
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(fieldErrors.required(`${at}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    const why = 'targetWWNs and wwids can not be specified simultaneously';
    errors.push(fieldErrors.invalid(`${at}.targetWWNs`, targetWWNs, why));
  }
  if (targetWWNs.length === 0) return;
  if (lun === undefined) errors.push(fieldErrors.required(`${at}.lun`, 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errors.push(fieldErrors.invalid(`${at}.lun`, lun, inclusiveRangeError(0, 255)));
}

function checkQuobyte(errors: Errors, at: string, { quobyte }: Volume): void {
  const { registry = '', tenant = '', volume = '' } = quobyte ?? {};
  const why = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(fieldErrors.required(`${at}.registry`, why));
  else if (tenant.length >= 65) {
    errors.push(fieldErrors.required(`${at}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    for (const pair of registry.split(',')) {
      if (!/^([^:]*|\[[^\]]*\]):[^:]*$/.test(pair)) errors.push(fieldErrors.invalid(`${at}.registry`, registry, why));
    }
  }
  if (volume === '') errors.push(fieldErrors.required(`${at}.volume`));
}

function checkFlocker(errors: Errors, at: string, { flocker = {} }: Volume): void {
  const { datasetName = '', datasetUUID = '' } = flocker;
  if (datasetName === '' && datasetUUID === '') {
    errors.push(fieldErrors.required(at, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(fieldErrors.invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/'))
    errors.push(fieldErrors.invalid(`${at}.datasetName`, datasetName, "must not contain '/'"));
}

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];

function checkAzureDisk(errors: Errors, at: string, { azureDisk }: Volume): void {
  need(errors, at, azureDisk, 'diskName', 'diskURI');
  const { cachingMode, kind, diskURI = '' } = azureDisk ?? {};
  if (cachingMode !== undefined && !CACHING_MODES.includes(cachingMode)) {
    errors.push(fieldErrors.notSupported(`${at}.cachingMode`, cachingMode, CACHING_MODES));
  }
  if (kind !== undefined && !DISK_KINDS.includes(kind))
    errors.push(fieldErrors.notSupported(`${at}.kind`, kind, DISK_KINDS));
  const managed = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
  const blob = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    errors.push(fieldErrors.notSupported(`${at}.diskURI`, diskURI, [managed]));
  } else if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errors.push(fieldErrors.notSupported(`${at}.diskURI`, diskURI, [blob]));
  }
}

function checkFlex(errors: Errors, at: string, { flexVolume }: Volume): void {
  need(errors, at, flexVolume, 'driver');
  for (const key of Object.keys(flexVolume?.options ?? {})) {
    const domain = `.${(key.includes('/') ? key.slice(0, key.indexOf('/')) : key).toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) {
      errors.push(
        fieldErrors.invalid(`${at}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'),
      );
    }
  }
}

/** What volumes of StorageOS in a Pod and of their own have in common. */
export function checkStorageOs(errors: Errors, at: string, source: PersistentVolumeSpec['storageos']): void {
  need(errors, at, source, 'volumeName');
  if (source?.volumeName) checkDnsLabel(errors, `${at}.volumeName`, source.volumeName);
  if (source?.volumeNamespace) checkDnsLabel(errors, `${at}.volumeNamespace`, source.volumeNamespace);
}

const simple = (key: keyof Volume, ...fields: readonly string[]): LegacyCheck => ({
  check: (errors, at, volume) => need(errors, at, volume[key] as object, ...fields),
});

export const legacyVolumeChecks: { readonly [key: string]: LegacyCheck } = {
  gitRepo: {
    check: (errors, at, { gitRepo }) => {
      need(errors, at, gitRepo, 'repository');
      checkLocalPath(errors, `${at}.directory`, gitRepo?.directory ?? '');
    },
  },
  gcePersistentDisk: {
    at: 'persistentDisk',
    check: (errors, at, { gcePersistentDisk }) => {
      need(errors, at, gcePersistentDisk, 'pdName');
      checkPartition(errors, at, gcePersistentDisk?.partition);
    },
  },
  awsElasticBlockStore: {
    check: (errors, at, { awsElasticBlockStore }) => {
      need(errors, at, awsElasticBlockStore, 'volumeID');
      checkPartition(errors, at, awsElasticBlockStore?.partition);
    },
  },
  iscsi: { check: checkIscsi },
  glusterfs: simple('glusterfs', 'endpoints', 'path'),
  flocker: { check: checkFlocker },
  rbd: simple('rbd', 'monitors', 'image'),
  cinder: {
    check: (errors, at, { cinder }) => {
      need(errors, at, cinder, 'volumeID');
      if (cinder?.secretRef) need(errors, `${at}.secretRef`, cinder.secretRef, 'name');
    },
  },
  cephfs: { many: 'cephFS', ...simple('cephfs', 'monitors') },
  quobyte: { check: checkQuobyte },
  fc: { check: checkFc },
  flexVolume: { check: checkFlex },
  azureFile: simple('azureFile', 'secretName', 'shareName'),
  vsphereVolume: simple('vsphereVolume', 'volumePath'),
  photonPersistentDisk: simple('photonPersistentDisk', 'pdID'),
  portworxVolume: simple('portworxVolume', 'volumeID'),
  azureDisk: { check: checkAzureDisk },
  storageos: {
    check: (errors, at, { storageos }) => {
      checkStorageOs(errors, at, storageos);
      if (storageos?.secretRef) need(errors, `${at}.secretRef`, storageos.secretRef, 'name');
    },
  },
  scaleIO: simple('scaleIO', 'gateway', 'system', 'volumeName'),
};
