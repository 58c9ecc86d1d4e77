/** Directories of the Node as volumes. @upstream pkg/volume/hostpath, pkg/volume/local */
import type { Volume as VolumeSpec } from '#engine/api';
import type { ContainerRuntime } from '#engine/node/cri';
import type { Volume } from '#engine/os';

/** One mounted volume: what containers mount, and where inside it. */
export interface MountedVolume {
  readonly volume: Volume;
  /** hostPath: the path on the Node's disk. */
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

/** `MountVolume.SetUp failed for volume "v" : …`, the message of a FailedMount event. */
export class MountError extends Error {
  override readonly name = 'MountError';
}

export const failed = (volume: string, why: string) =>
  new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${why}`);

/** A directory of the Node's disk, made where the type allows. Throws MountError. */
export function hostPath(
  { runtime }: { readonly runtime: ContainerRuntime },
  name: string,
  source: NonNullable<VolumeSpec['hostPath']>,
): MountedVolume {
  const fs = runtime.nodeFs;
  const { path } = source;
  const type = source.type ?? '';
  const exists = fs.exists(path);
  if (!exists && (type === '' || type === 'DirectoryOrCreate')) fs.mkdir(path, { recursive: true });
  else if (!exists && type === 'FileOrCreate') fs.writeFile(path, new Uint8Array());
  else if (!exists)
    throw failed(name, `hostPath type check failed: ${path} is not a ${type === 'Directory' ? 'directory' : 'file'}`);
  return { volume: runtime.nodeDisk, subPath: path };
}
