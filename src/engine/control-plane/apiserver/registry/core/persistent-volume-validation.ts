/**
 * Checks of PersistentVolumes.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { PersistentVolume, PersistentVolumeSpec, SecretReference, Volume } from '#engine/api';
import { fieldErrors, inclusiveRangeError, semanticEqual } from '#engine/apimachinery';
import { jsonDiff } from '../unified-diff.ts';
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkImmutable,
  checkSupported,
  type Errors,
  IMMUTABLE,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  sortedMap,
} from '../validation.ts';
import { internalForm } from './internal-form.ts';
import { checkNoBacksteps } from './paths.ts';
import { checkModes, checkNotNegative, checkPositive, VOLUME_MODES } from './persistent-volume-claim-validation.ts';
import { checkNodeSelector } from './pod-validation-affinity.ts';
import {
  checkStorageOs,
  initiatorFault,
  type LegacyCheck,
  legacyVolumeChecks,
  need,
} from './pod-validation-legacy-volumes.ts';
import { checkDriverName, checkHostPath, checkNfs } from './pod-validation-volumes.ts';

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

type Check = (errors: Errors, at: string, spec: PersistentVolumeSpec, name: string) => void;

/** A check that Pods' volumes share: for it the spec is a volume of that name. */
const shared = (key: string): Check => {
  const { check } = legacyVolumeChecks[key] as LegacyCheck;
  return (errors, at, spec, name) => check(errors, at, { ...spec, name } as unknown as Volume);
};

function checkIscsi(errors: Errors, at: string, { iscsi }: PersistentVolumeSpec, name: string): void {
  need(errors, at, iscsi, 'targetPortal');
  const { iqn = '', lun = 0, initiatorName, targetPortal = '' } = iscsi ?? {};
  const malformed = 'must be valid format';
  if (initiatorName !== undefined && `${name}:${targetPortal}`.length > 64) {
    const why =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    errors.push(fieldErrors.invalid(`${at}.targetportal`, targetPortal, why));
  }
  if (iqn === '') errors.push(fieldErrors.required(`${at}.iqn`));
  else if (initiatorFault(iqn)) errors.push(fieldErrors.invalid(`${at}.iqn`, iqn, malformed));
  if (lun < 0 || lun > 255) errors.push(fieldErrors.invalid(`${at}.lun`, lun, inclusiveRangeError(0, 255)));
  if ((iscsi?.chapAuthDiscovery || iscsi?.chapAuthSession) && !iscsi.secretRef)
    errors.push(fieldErrors.required(`${at}.secretRef`));
  if (iscsi?.secretRef) need(errors, `${at}.secretRef`, iscsi.secretRef, 'name');
  if (initiatorName !== undefined && initiatorFault(initiatorName)) {
    errors.push(fieldErrors.invalid(`${at}.initiatorname`, initiatorName, malformed));
  }
}

function checkGlusterfs(errors: Errors, at: string, { glusterfs }: PersistentVolumeSpec): void {
  need(errors, at, glusterfs, 'endpoints', 'path');
  const namespace = glusterfs?.endpointsNamespace;
  const path = `${at}.endpointsNamespace`;
  if (namespace === '') {
    const why = 'if the endpointnamespace is set, it must be a valid namespace name';
    errors.push(fieldErrors.invalid(path, namespace, why));
  } else if (namespace !== undefined) checkFormat(errors, path, namespace, nameIsDnsLabel);
}

function checkSecret(errors: Errors, at: string, secret: SecretReference | undefined): void {
  if (!secret) return;
  const { name = '', namespace = '' } = secret;
  if (name === '') errors.push(fieldErrors.required(`${at}.name`));
  else checkDnsSubdomain(errors, `${at}.name`, name);
  if (namespace === '') errors.push(fieldErrors.required(`${at}.namespace`));
  else checkDnsLabel(errors, `${at}.namespace`, namespace);
}

function checkCsi(errors: Errors, at: string, { csi }: PersistentVolumeSpec): void {
  checkDriverName(errors, `${at}.driver`, csi?.driver ?? '');
  if (!csi?.volumeHandle) errors.push(fieldErrors.required(`${at}.volumeHandle`));
  const secrets = [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ] as const;
  for (const key of secrets) checkSecret(errors, `${at}.${key}`, csi?.[key]);
}

const withNamespacedSecret =
  (check: Check, secret: (spec: PersistentVolumeSpec) => SecretReference | undefined): Check =>
  (errors, at, spec, name) => {
    check(errors, at, spec, name);
    const ref = secret(spec);
    if (ref) need(errors, `${at}.secretRef`, ref, 'name', 'namespace');
  };

interface SourceCheck {
  readonly key: keyof PersistentVolumeSpec;
  readonly check: Check;
  /** Where faults are said to be when not under the field's name, and where a second type is. */
  readonly at?: string;
  readonly many?: string;
}

/** In the order in which upstream looks. */
const sources: readonly SourceCheck[] = [
  { key: 'hostPath', check: (errors, at, { hostPath }) => checkHostPath(errors, at, hostPath as never) },
  { key: 'gcePersistentDisk', at: 'persistentDisk', check: shared('gcePersistentDisk') },
  { key: 'awsElasticBlockStore', check: shared('awsElasticBlockStore') },
  { key: 'glusterfs', check: checkGlusterfs },
  { key: 'flocker', check: shared('flocker') },
  { key: 'nfs', check: (errors, at, { nfs }) => checkNfs(errors, at, nfs as never) },
  { key: 'rbd', check: shared('rbd') },
  { key: 'quobyte', check: shared('quobyte') },
  { key: 'cephfs', many: 'cephFS', check: shared('cephfs') },
  { key: 'iscsi', check: checkIscsi },
  {
    key: 'cinder',
    check: withNamespacedSecret(
      (errors, at, { cinder }) => need(errors, at, cinder, 'volumeID'),
      ({ cinder }) => cinder?.secretRef,
    ),
  },
  { key: 'fc', check: shared('fc') },
  { key: 'flexVolume', check: shared('flexVolume') },
  {
    key: 'azureFile',
    check: (errors, at, { azureFile }) => {
      need(errors, at, azureFile, 'secretName', 'shareName');
      if (azureFile?.secretNamespace === '') errors.push(fieldErrors.required(`${at}.secretNamespace`));
    },
  },
  { key: 'vsphereVolume', check: shared('vsphereVolume') },
  { key: 'photonPersistentDisk', check: shared('photonPersistentDisk') },
  { key: 'portworxVolume', check: shared('portworxVolume') },
  { key: 'azureDisk', check: shared('azureDisk') },
  { key: 'scaleIO', check: shared('scaleIO') },
  {
    key: 'local',
    check: (errors, at, { local, nodeAffinity }) => {
      need(errors, at, local, 'path');
      if (local?.path) checkNoBacksteps(errors, `${at}.path`, local.path);
      if (!nodeAffinity) {
        errors.push(fieldErrors.required(`${parent(at)}.nodeAffinity`, 'Local volume requires node affinity'));
      }
    },
  },
  {
    key: 'storageos',
    check: withNamespacedSecret(
      (errors, at, { storageos }) => checkStorageOs(errors, at, storageos),
      ({ storageos }) => storageos?.secretRef,
    ),
  },
  { key: 'csi', check: checkCsi },
];

const parent = (at: string): string => at.slice(0, at.lastIndexOf('.'));

function checkSources(errors: Errors, at: string, spec: PersistentVolumeSpec, name: string): void {
  let count = 0;
  for (const { key, check, at: where, many } of sources) {
    if (spec[key] === undefined) continue;
    // A flexVolume beside another type goes unnoticed.
    if (count > 0 && key !== 'flexVolume') {
      errors.push(fieldErrors.forbidden(`${at}.${many ?? key}`, 'may not specify more than 1 volume type'));
    } else check(errors, `${at}.${where ?? key}`, spec, name);
    count += 1;
  }
  if (count === 0) errors.push(fieldErrors.required(at, 'must specify a volume type'));
}

function checkCapacity(errors: Errors, at: string, capacity: PersistentVolumeSpec['capacity']): void {
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.push(fieldErrors.required(at));
  if (capacity?.storage === undefined || names.length > 1) {
    errors.push(fieldErrors.notSupported(at, sortedMap(capacity) ?? null, ['storage']));
  }
  for (const [name, amount] of Object.entries(capacity ?? {})) {
    checkNotNegative(errors, `${at}[${name}]`, amount);
    checkPositive(errors, `${at}[${name}]`, amount);
  }
}

/** What a volume that is written into a VolumeAttachment may not say. */
const INLINE = 'in the context of inline volumes';

function checkInline(errors: Errors, at: string, spec: PersistentVolumeSpec): void {
  const forbid = (field: string, why: string) => errors.push(fieldErrors.forbidden(`${at}.${field}`, why));
  if (spec.claimRef) forbid('claimRef', `may not be specified ${INLINE}`);
  if (Object.keys(spec.capacity ?? {}).length > 0) forbid('capacity', `may not be specified ${INLINE}`);
  if (!spec.csi) errors.push(fieldErrors.required(`${at}.csi`, `has to be specified ${INLINE}`));
}

function checkPolicyAndAffinity(errors: Errors, at: string, spec: PersistentVolumeSpec, inline: boolean): void {
  const { persistentVolumeReclaimPolicy: policy, nodeAffinity } = spec;
  const path = `${at}.persistentVolumeReclaimPolicy`;
  if (policy && inline) {
    if (policy !== 'Retain') errors.push(fieldErrors.forbidden(path, `may only be Retain ${INLINE}`));
  } else if (policy) checkSupported(errors, path, policy, RECLAIM_POLICIES);
  if (!nodeAffinity) return;
  if (inline) errors.push(fieldErrors.forbidden(`${at}.nodeAffinity`, `may not be specified ${INLINE}`));
  else if (nodeAffinity.required) checkNodeSelector(errors, `${at}.nodeAffinity.required`, nodeAffinity.required);
  else errors.push(fieldErrors.required(`${at}.nodeAffinity.required`, 'must specify required node constraints'));
}

function checkClassAndMode(errors: Errors, at: string, spec: PersistentVolumeSpec, inline: boolean): void {
  const { storageClassName: storageClass, volumeMode: mode } = spec;
  if (storageClass && inline)
    errors.push(fieldErrors.forbidden(`${at}.storageClassName`, `may not be specified ${INLINE}`));
  else if (storageClass) checkFormat(errors, `${at}.storageClassName`, storageClass, nameIsDnsSubdomain);
  if (mode === undefined) return;
  const why = `may not specify volumeMode other than Filesystem ${INLINE}`;
  if (!inline) checkSupported(errors, `${at}.volumeMode`, mode, VOLUME_MODES);
  else if (mode !== 'Filesystem') errors.push(fieldErrors.forbidden(`${at}.volumeMode`, why));
}

/** `inline`: the volume stands inside a VolumeAttachment. */
export function checkVolumeSpec(
  errors: Errors,
  at: string,
  spec: PersistentVolumeSpec,
  name: string,
  inline = false,
): void {
  if (inline) checkInline(errors, at, spec);
  if ((spec.accessModes ?? []).length === 0) errors.push(fieldErrors.required(`${at}.accessModes`));
  checkModes(errors, `${at}.accessModes`, spec.accessModes ?? []);
  if (!inline) checkCapacity(errors, `${at}.capacity`, spec.capacity);
  checkPolicyAndAffinity(errors, at, spec, inline);
  checkSources(errors, at, spec, name);
  const root = spec.hostPath && /^\/(\.?\/)*\.?$/.test(spec.hostPath.path ?? '');
  if (root && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const why = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(fieldErrors.forbidden(`${at}.persistentVolumeReclaimPolicy`, why));
  }
  checkClassAndMode(errors, at, spec, inline);
  const attributes = spec.volumeAttributesClassName;
  if (attributes === undefined) return;
  const path = `${at}.volumeAttributesClassName`;
  if (attributes === '') errors.push(fieldErrors.required(path, 'an empty string is disallowed'));
  else checkFormat(errors, path, attributes, nameIsDnsSubdomain);
  if (!spec.csi)
    errors.push(fieldErrors.required(`${at}.csi`, 'has to be specified when using volumeAttributesClassName'));
}

export function validateVolume({ metadata, spec = {} }: PersistentVolume): Errors {
  const errors: Errors = [];
  checkVolumeSpec(errors, 'spec', spec, metadata.name ?? '');
  return errors;
}

/** The labels of topology that lost their beta, which volumes may be rewritten to. */
const GRADUATED: { readonly [label: string]: string } = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

const graduated = (affinity: PersistentVolumeSpec['nodeAffinity']): unknown =>
  affinity?.required?.nodeSelectorTerms?.map(({ matchExpressions, ...rest }) => ({
    ...rest,
    matchExpressions: matchExpressions?.map((one) => ({ ...one, key: GRADUATED[one.key] ?? one.key })),
  }));

function checkAffinityChange(errors: Errors, next: PersistentVolumeSpec, current: PersistentVolumeSpec): void {
  if (!current.nodeAffinity || semanticEqual(next.nodeAffinity, current.nodeAffinity)) return;
  if (next.nodeAffinity && semanticEqual(graduated(next.nodeAffinity), graduated(current.nodeAffinity))) return;
  const value = next.nodeAffinity ? internalForm('VolumeNodeAffinity', next.nodeAffinity) : null;
  errors.push(fieldErrors.invalid('nodeAffinity', value, `${IMMUTABLE}, except for updating from beta label to GA`));
}

export function validateVolumeUpdate(next: PersistentVolume, current: PersistentVolume): Errors {
  const errors = validateVolume(next);
  const before = current.spec ?? {};
  const after = next.spec ?? {};
  const secretComes = before.csi && !before.csi.controllerExpandSecretRef && after.csi?.controllerExpandSecretRef;
  const { controllerExpandSecretRef: _, ...csi } = after.csi ?? {};
  const source = (spec: object) => internalForm('PersistentVolumeSource', spec);
  const [from, to] = [source(before), source(secretComes ? { ...after, csi } : after)];
  if (!semanticEqual(to, from)) {
    const why = `spec.persistentvolumesource is immutable after creation\n${jsonDiff(from, to)}`;
    errors.push(fieldErrors.forbidden('spec.persistentvolumesource', why));
  }
  checkImmutable(errors, 'volumeMode', after.volumeMode, before.volumeMode);
  checkAffinityChange(errors, after, before);
  if (before.volumeAttributesClassName !== undefined && after.volumeAttributesClassName === undefined) {
    const why = 'update from non-nil value to nil is forbidden';
    errors.push(fieldErrors.forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}
