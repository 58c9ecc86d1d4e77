/**
 * Checks of a Pod's volumes.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection } from '#engine/api';
import { compareQuantity, fieldErrors } from '#engine/apimachinery';
import { checkDnsLabel, checkFormat, checkOneOf, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkFileMode, checkLocalNonReservedPath, checkNoBacksteps } from './paths.ts';
import { checkEphemeral } from './pod-validation-claim-template.ts';
import { legacyVolumeChecks } from './pod-validation-legacy-volumes.ts';
import type { PodSpecContext } from './pod-validation-options.ts';
import { checkFieldRef, checkResourceFieldRef, VOLUME_FIELDS } from './pod-validation-references.ts';

export const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

function checkKeyToPath(errors: Errors, at: string, { key = '', path = '', mode }: KeyToPath): void {
  if (key === '') errors.push(fieldErrors.required(`${at}.key`));
  if (path === '') errors.push(fieldErrors.required(`${at}.path`));
  checkLocalNonReservedPath(errors, `${at}.path`, path);
  checkFileMode(errors, `${at}.mode`, mode);
}

function checkItems(errors: Errors, at: string, items: readonly KeyToPath[] | undefined): void {
  for (const [i, item] of (items ?? []).entries()) checkKeyToPath(errors, `${at}.items[${i}]`, item);
}

function checkDownwardFile(errors: Errors, at: string, file: DownwardAPIVolumeFile): void {
  const { path = '', fieldRef, resourceFieldRef, mode } = file;
  if (path === '') errors.push(fieldErrors.required(`${at}.path`));
  checkLocalNonReservedPath(errors, `${at}.path`, path);
  if (fieldRef) {
    checkFieldRef(errors, `${at}.fieldRef`, fieldRef, VOLUME_FIELDS);
    if (resourceFieldRef) {
      errors.push(
        fieldErrors.invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
      );
    }
  } else if (resourceFieldRef) checkResourceFieldRef(errors, `${at}.resourceFieldRef`, resourceFieldRef, true);
  else errors.push(fieldErrors.required(at, 'one of fieldRef and resourceFieldRef is required'));
  checkFileMode(errors, `${at}.mode`, mode);
}

/** Two files of a projected volume must not have the same path. */
function claimPath(errors: Errors, paths: Set<string>, at: string, path: string | undefined, value: string): void {
  if (!path) return;
  if (paths.has(path)) errors.push(fieldErrors.invalid(at, value, 'conflicting duplicate paths'));
  paths.add(path);
}

function checkToken(
  errors: Errors,
  base: string,
  at: string,
  token: NonNullable<VolumeProjection['serviceAccountToken']>,
): void {
  const { expirationSeconds = 0, path = '' } = token;
  if (expirationSeconds < 600) {
    errors.push(
      fieldErrors.invalid(
        `${at}.expirationSeconds`,
        expirationSeconds,
        'may not specify a duration less than 10 minutes',
      ),
    );
  }
  if (expirationSeconds > 2 ** 32) {
    const why = 'may not specify a duration larger than 2^32 seconds';
    errors.push(fieldErrors.invalid(`${at}.expirationSeconds`, expirationSeconds, why));
  }
  if (path === '') errors.push(fieldErrors.required(`${base}.path`));
  else checkLocalNonReservedPath(errors, `${base}.path`, path);
}

function checkProjection(errors: Errors, base: string, at: string, source: VolumeProjection, paths: Set<string>): void {
  let count = 0;
  for (const kind of ['secret', 'configMap'] as const) {
    const from = source[kind];
    if (!from) continue;
    count += 1;
    if (!from.name) errors.push(fieldErrors.required(`${at}.${kind}.name`));
    for (const [i, item] of (from.items ?? []).entries()) {
      checkKeyToPath(errors, `${at}.${kind}.items[${i}]`, item);
      claimPath(errors, paths, base, item.path, from.name ?? '');
    }
  }
  if (source.downwardAPI) {
    count += 1;
    for (const file of source.downwardAPI.items ?? []) {
      checkDownwardFile(errors, `${at}.downwardAPI`, file);
      claimPath(errors, paths, base, file.path, file.path);
    }
  }
  if (source.serviceAccountToken) {
    count += 1;
    checkToken(errors, base, `${at}.serviceAccountToken`, source.serviceAccountToken);
  }
  if (count > 1) errors.push(fieldErrors.forbidden(at, 'may not specify more than 1 volume type per source'));
}

function checkProjected(errors: Errors, at: string, { defaultMode, sources }: ProjectedVolumeSource): void {
  checkFileMode(errors, `${at}.defaultMode`, defaultMode);
  const paths = new Set<string>();
  for (const [i, source] of (sources ?? []).entries())
    checkProjection(errors, at, `${at}.sources[${i}]`, source, paths);
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export function checkHostPath(errors: Errors, at: string, { path = '', type }: NonNullable<Volume['hostPath']>): void {
  if (path === '') {
    errors.push(fieldErrors.required(`${at}.path`));
    return;
  }
  checkNoBacksteps(errors, `${at}.path`, path);
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) {
    errors.push(fieldErrors.notSupported(`${at}.type`, type, HOST_PATH_TYPES));
  }
}

/** The name of a CSI driver. */
export function checkDriverName(errors: Errors, at: string, driver: string): void {
  if (driver === '') {
    errors.push(fieldErrors.required(at));
    return;
  }
  if (driver.length > 63) errors.push(fieldErrors.tooLong(at, 63));
  for (const fault of nameIsDnsSubdomain(driver.toLowerCase())) errors.push(fieldErrors.invalid(at, driver, fault));
}

function checkCsi(errors: Errors, at: string, { driver = '', nodePublishSecretRef }: NonNullable<Volume['csi']>): void {
  checkDriverName(errors, `${at}.driver`, driver);
  if (!nodePublishSecretRef) return;
  if (!nodePublishSecretRef.name) errors.push(fieldErrors.required(`${at}.nodePublishSecretRef.name`));
  else checkFormat(errors, `${at}.name`, nodePublishSecretRef.name, nameIsDnsSubdomain);
}

export function checkNfs(errors: Errors, at: string, { server, path = '' }: NonNullable<Volume['nfs']>): void {
  if (!server) errors.push(fieldErrors.required(`${at}.server`));
  if (path === '') errors.push(fieldErrors.required(`${at}.path`));
  if (!path.startsWith('/')) errors.push(fieldErrors.invalid(`${at}.path`, path, 'must be an absolute path'));
}

type Check = (errors: Errors, at: string, volume: Volume, context: PodSpecContext) => void;

/** Where the path of a fault differs from the field's name upstream. */
interface SourceCheck {
  readonly key: Exclude<keyof Volume, 'name'>;
  readonly many?: string;
  readonly at?: string;
  readonly check: Check;
}

const own = <K extends Exclude<keyof Volume, 'name'>>(
  key: K,
  check: (errors: Errors, at: string, source: NonNullable<Volume[K]>) => void,
): SourceCheck => ({ key, check: (errors, at, volume) => check(errors, at, volume[key] as NonNullable<Volume[K]>) });

/** In the order in which upstream looks. */
const common: { readonly [key: string]: SourceCheck } = {
  hostPath: own('hostPath', checkHostPath),
  secret: own('secret', (errors, at, source) => {
    if (!source.secretName) errors.push(fieldErrors.required(`${at}.secretName`));
    checkFileMode(errors, `${at}.defaultMode`, source.defaultMode);
    checkItems(errors, at, source.items);
  }),
  nfs: own('nfs', checkNfs),
  persistentVolumeClaim: own('persistentVolumeClaim', (errors, at, { claimName }) => {
    if (!claimName) errors.push(fieldErrors.required(`${at}.claimName`));
  }),
  downwardAPI: {
    key: 'downwardAPI',
    many: 'downwarAPI',
    check: (errors, at, { downwardAPI }) => {
      checkFileMode(errors, `${at}.defaultMode`, downwardAPI?.defaultMode);
      for (const file of downwardAPI?.items ?? []) checkDownwardFile(errors, at, file);
    },
  },
  configMap: own('configMap', (errors, at, source) => {
    if (!source.name) errors.push(fieldErrors.required(`${at}.name`));
    checkFileMode(errors, `${at}.defaultMode`, source.defaultMode);
    checkItems(errors, at, source.items);
  }),
  projected: own('projected', checkProjected),
  csi: own('csi', checkCsi),
  ephemeral: { key: 'ephemeral', check: checkEphemeral },
  image: {
    key: 'image',
    check: (errors, at, { image }, { isPod }) => {
      if (isPod && !image?.reference) errors.push(fieldErrors.required(`${at}.reference`));
      checkOneOf(errors, `${at}.pullPolicy`, image?.pullPolicy, PULL_POLICIES);
    },
  },
};

const legacy = legacyVolumeChecks as { readonly [key: string]: Omit<SourceCheck, 'key'> };
const order: readonly (readonly [key: string, check: Omit<SourceCheck, 'key'>])[] = (
  'hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim rbd cinder cephfs ' +
  'quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk storageos projected ' +
  'scaleIO csi ephemeral image'
)
  .split(' ')
  .map((key) => [key, (common[key] ?? legacy[key]) as Omit<SourceCheck, 'key'>]);

function checkSource(errors: Errors, at: string, volume: Volume, context: PodSpecContext): void {
  let count = 0;
  if (volume.emptyDir) {
    count += 1;
    const { sizeLimit } = volume.emptyDir;
    if (sizeLimit !== undefined && compareQuantity(sizeLimit, '0') < 0) {
      errors.push(
        fieldErrors.forbidden(`${at}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity'),
      );
    }
  }
  for (const [key, { many, at: where, check }] of order) {
    if (volume[key as keyof Volume] === undefined) continue;
    if (count > 0)
      errors.push(fieldErrors.forbidden(`${at}.${many ?? key}`, 'may not specify more than 1 volume type'));
    else {
      count += 1;
      check(errors, `${at}.${where ?? key}`, volume, context);
    }
  }
  if (count === 0) errors.push(fieldErrors.required(at, 'must specify a volume type'));
}

/** Volumes that were found valid, apart from their names' uniqueness. */
const valid = new WeakSet<Volume>();

/** The valid volumes by name: only those can be mounted. */
export function checkVolumes(
  errors: Errors,
  path: string,
  volumes: readonly Volume[] | undefined,
  context: PodSpecContext,
): ReadonlyMap<string, Volume> {
  const byName = new Map<string, Volume>();
  if (!volumes) return byName;
  const created = new Set<string>();
  if (context.podName)
    for (const { name, ephemeral } of volumes) if (ephemeral) created.add(`${context.podName}-${name}`);
  for (let i = 0; i < volumes.length; i++) {
    const volume = volumes[i] as Volume;
    const { name = '' } = volume;
    const at = `${path}[${i}]`;
    const before = errors.length;
    if (!valid.has(volume)) {
      checkSource(errors, at, volume, context);
      if (name === '') errors.push(fieldErrors.required(`${at}.name`));
      else checkDnsLabel(errors, `${at}.name`, name);
      if (errors.length === before && context.isPod && !volume.ephemeral) valid.add(volume);
    }
    if (byName.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
    if (errors.length === before) byName.set(name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created.has(claim)) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(fieldErrors.invalid(`${at}.persistentVolumeClaim.claimName`, claim, why));
    }
  }
  return byName;
}
