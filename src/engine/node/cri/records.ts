/** What the runtime keeps on the Node's disk about sandboxes and containers, to know them again after a power cut. As containerd's metadata. */
import type { Millis } from '#engine/sim';
import type { StoredImage } from './image-store.ts';
import type { ContainerConfig, ContainerState, ContainerUser, SandboxConfig } from './types.ts';

export interface SandboxRecord {
  readonly config: SandboxConfig;
  readonly createdAt: Millis;
}

/** Without environment and mounts: a container of the past is never started again. */
export interface ContainerRecord {
  readonly sandboxId: string;
  readonly config: Pick<ContainerConfig, 'name' | 'attempt' | 'image'>;
  readonly image: Pick<StoredImage, 'repoTags' | 'repoDigests'> & { readonly id: string };
  readonly createdAt: Millis;
  readonly state: ContainerState;
  readonly startedAt?: Millis;
  readonly finishedAt?: Millis;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly terminationMessage?: string;
  readonly user?: ContainerUser;
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
}

/** The image of a container of the past, as far as statuses show it. */
export const imageOfRecord = ({ image, config }: ContainerRecord): StoredImage => ({
  image: { name: config.image, tag: '', digest: '', id: image.id, sizeBytes: 0, layers: [], config: {} },
  repoTags: image.repoTags,
  repoDigests: image.repoDigests,
});

export const configOfRecord = ({ config }: ContainerRecord): ContainerConfig => ({
  ...config,
  env: new Map(),
  mounts: [],
});
