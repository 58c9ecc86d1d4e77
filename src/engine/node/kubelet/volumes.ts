/** The volumes of a Pod: made before its containers, refreshed while it runs. @upstream pkg/volume, pkg/kubelet/volumemanager */
import type { KeyToPath, Pod, VolumeProjection, Volume as VolumeSpec } from '#engine/api';
import type { ContainerRuntime } from '#engine/node/cri';
import { createFileSystem, createVolume, type FileSystem } from '#engine/os';
import { type Clock, fromBase64 } from '#engine/sim';
import { fieldValue, resourceValue } from './field-ref.ts';
import { failed, hostPath, MountError, type MountedVolume } from './node-directory.ts';
import { type ObjectReader, UnresolvedReference } from './object-reader.ts';
import { claimedVolume } from './volume-claims.ts';

export interface VolumeContext {
  readonly clock: Clock;
  /** The Node's. */
  readonly runtime: ContainerRuntime;
  readonly reader: ObjectReader;
  readonly nodeAddresses: readonly string[];
  readonly allocatable: { readonly [name: string]: string };
}

interface FileContent {
  readonly data: Uint8Array;
  readonly mode: number;
}

const encoder = new TextEncoder();
const DEFAULT_MODE = 0o644;

/** Makes or refreshes one volume. Rejects with MountError. */
export async function mountVolume(
  context: VolumeContext,
  pod: Pod,
  spec: VolumeSpec,
  existing: MountedVolume | undefined,
): Promise<MountedVolume> {
  if (spec.emptyDir) {
    const { uid = '' } = pod.metadata;
    const inMemory = spec.emptyDir.medium === 'Memory';
    return existing ?? { volume: context.runtime.pods.emptyDir(uid, spec.name, inMemory) };
  }
  if (spec.hostPath) return existing ?? hostPath(context, spec.name, spec.hostPath);
  if (spec.persistentVolumeClaim || spec.ephemeral) return existing ?? claimedVolume(context, pod, spec);
  const files = await contentOf(context, pod, spec);
  const mounted = existing ?? {
    volume: createVolume(context.clock, { source: 'tmpfs', type: 'tmpfs' }),
    readOnly: true,
  };
  writeFiles(createFileSystem([{ path: '/', volume: mounted.volume }]), files);
  return mounted;
}

/** True for volumes whose content follows an object of the API. */
export const followsObject = (spec: VolumeSpec): boolean =>
  spec.configMap !== undefined ||
  spec.secret !== undefined ||
  (spec.projected?.sources ?? []).some(
    (source) => source.secret || (source.configMap && source.configMap.name !== 'kube-root-ca.crt'),
  );

async function contentOf(
  context: VolumeContext,
  pod: Pod,
  spec: VolumeSpec,
): Promise<ReadonlyMap<string, FileContent>> {
  try {
    if (spec.configMap) {
      const { defaultMode = DEFAULT_MODE, ...source } = spec.configMap;
      return await objectFiles(context, pod, 'configmap', source, defaultMode);
    }
    if (spec.secret) {
      const { secretName, items, optional, defaultMode = DEFAULT_MODE } = spec.secret;
      const source = {
        ...(secretName !== undefined && { name: secretName }),
        ...(items && { items }),
        ...(optional !== undefined && { optional }),
      };
      return await objectFiles(context, pod, 'secret', source, defaultMode);
    }
    if (spec.downwardAPI)
      return downward(context, pod, spec.downwardAPI.items ?? [], spec.downwardAPI.defaultMode ?? DEFAULT_MODE);
    if (spec.projected)
      return await projected(context, pod, spec.projected.sources ?? [], spec.projected.defaultMode ?? DEFAULT_MODE);
  } catch (error) {
    if (error instanceof UnresolvedReference) throw failed(spec.name, error.message);
    throw error;
  }
  const kind = Object.keys(spec).find((key) => key !== 'name') ?? 'unknown';
  throw new MountError(
    `MountVolume.SetUp failed for volume "${spec.name}" : volume type ${kind} is not supported by this kubelet`,
  );
}

async function projected(
  context: VolumeContext,
  pod: Pod,
  sources: readonly VolumeProjection[],
  mode: number,
): Promise<ReadonlyMap<string, FileContent>> {
  const all = new Map<string, FileContent>();
  for (const source of sources) {
    let files: ReadonlyMap<string, FileContent> = new Map();
    if (source.configMap) files = await objectFiles(context, pod, 'configmap', source.configMap, mode);
    else if (source.secret) files = await objectFiles(context, pod, 'secret', source.secret, mode);
    else if (source.downwardAPI) files = downward(context, pod, source.downwardAPI.items ?? [], mode);
    else if (source.serviceAccountToken) {
      const { path, audience, expirationSeconds } = source.serviceAccountToken;
      const token = await context.reader.token(pod.metadata.namespace ?? '', pod.spec.serviceAccountName || 'default', {
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds: expirationSeconds ?? 3600,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
        },
      });
      files = new Map([[path, { data: encoder.encode(token), mode }]]);
    } else
      throw new UnresolvedReference(
        `projection source ${Object.keys(source).join(', ')} is not supported by this kubelet`,
      );
    for (const [path, file] of files) all.set(path, file);
  }
  return all;
}

interface ObjectSource {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

async function objectFiles(
  { reader }: VolumeContext,
  pod: Pod,
  kind: 'configmap' | 'secret',
  source: ObjectSource,
  mode: number,
): Promise<ReadonlyMap<string, FileContent>> {
  const namespace = pod.metadata.namespace ?? '';
  const name = source.name ?? '';
  const files = new Map<string, FileContent>();
  let data: ReadonlyMap<string, Uint8Array>;
  try {
    data = await (kind === 'configmap' ? configMapData(reader, namespace, name) : secretData(reader, namespace, name));
  } catch (error) {
    if (error instanceof UnresolvedReference && source.optional) return files;
    throw error;
  }
  if (!source.items?.length) for (const [key, bytes] of data) files.set(key, { data: bytes, mode });
  for (const item of source.items ?? []) {
    const bytes = data.get(item.key);
    if (bytes) files.set(item.path, { data: bytes, mode: item.mode ?? mode });
    else if (!source.optional)
      throw new UnresolvedReference(
        `references non-existent ${kind === 'configmap' ? 'config' : 'secret'} key: ${item.key}`,
      );
  }
  return files;
}

async function configMapData(
  reader: ObjectReader,
  namespace: string,
  name: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { data, binaryData } = await reader.configMap(namespace, name);
  return new Map([
    ...Object.entries(data ?? {}).map(([key, text]) => [key, encoder.encode(text)] as const),
    ...Object.entries(binaryData ?? {}).map(([key, base64]) => [key, fromBase64(base64) ?? new Uint8Array()] as const),
  ]);
}

async function secretData(
  reader: ObjectReader,
  namespace: string,
  name: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { data } = await reader.secret(namespace, name);
  return new Map(
    Object.entries(data ?? {}).map(([key, base64]) => [key, fromBase64(base64) ?? new Uint8Array()] as const),
  );
}

function downward(
  context: VolumeContext,
  pod: Pod,
  items: readonly NonNullable<NonNullable<VolumeSpec['downwardAPI']>['items']>[number][],
  mode: number,
): ReadonlyMap<string, FileContent> {
  const files = new Map<string, FileContent>();
  for (const item of items) {
    let text: string | undefined;
    if (item.fieldRef) text = fieldValue(pod, item.fieldRef.fieldPath, context.nodeAddresses, []);
    else if (item.resourceFieldRef) {
      const { containerName, resource, divisor } = item.resourceFieldRef;
      const container = pod.spec.containers.find((other) => other.name === containerName);
      text =
        container &&
        resourceValue(container, { resource, ...(divisor !== undefined && { divisor }) }, context.allocatable);
    }
    if (text === undefined) throw new UnresolvedReference(`unsupported downward API item: ${item.path}`);
    files.set(item.path, { data: encoder.encode(text), mode: item.mode ?? mode });
  }
  return files;
}

/** Writes what changed and removes what is gone. */
function writeFiles(fs: FileSystem, files: ReadonlyMap<string, FileContent>): void {
  for (const [path, { data, mode }] of files) {
    const target = `/${path}`;
    const directory = target.slice(0, target.lastIndexOf('/'));
    if (directory) fs.mkdir(directory, { recursive: true });
    if (!fs.exists(target) || !sameBytes(fs.readFile(target), data)) fs.writeFile(target, data, { mode });
  }
  for (const name of fs.readdir('/')) {
    if (![...files.keys()].some((path) => path === name || path.startsWith(`${name}/`)))
      fs.remove(`/${name}`, { recursive: true });
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);
