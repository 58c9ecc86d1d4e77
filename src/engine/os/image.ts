/** Container images: what a registry answers and what a container's first process is made of. */
import type { Program } from './process.ts';

/** One entry of a layer. A `program` is an executable whose code is a Program of ours; reading it gives a few opaque bytes. */
export type ImageFile =
  | { readonly type: 'file'; readonly data: string | Uint8Array; readonly mode?: number }
  | { readonly type: 'program'; readonly program: Program; readonly mode?: number }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'directory'; readonly mode?: number };

/** A layer: absolute path -> entry. Parent directories need not be listed. Layers are shared between images by digest. */
export interface ImageLayer {
  /** `sha256:…` */
  readonly digest: string;
  /** compressed size, bytes: what a pull transfers */
  readonly sizeBytes: number;
  readonly files: { readonly [path: string]: ImageFile };
}

/** The parts of an OCI image config that decide how its containers run. */
export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** `NAME=value` */
  readonly env?: readonly string[];
  /** `uid`, `uid:gid` or a name; '' and absent are root */
  readonly user?: string;
  readonly workingDir?: string;
  /** `80/tcp` */
  readonly exposedPorts?: readonly string[];
  readonly stopSignal?: string;
  readonly labels?: { readonly [key: string]: string };
}

export interface Image {
  /** Digest of the manifest, `sha256:…`: what `name@digest` refers to. */
  readonly digest: string;
  /** Digest of the config, `sha256:…`: the image's id on a node. */
  readonly id: string;
  /** Sum of the layers unless given. bytes */
  readonly sizeBytes: number;
  readonly layers: readonly ImageLayer[];
  readonly config: ImageConfig;
}

export type RegistryErrorCode = 'NotFound' | 'Unauthorized' | 'Unavailable';

/** The registry refused. `message` is what containerd appends after `failed to resolve image: `. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  constructor(
    readonly code: RegistryErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Every registry of the world as one: references are complete, `docker.io/library/nginx:1.25` or `…@sha256:…`. */
export interface ImageRegistry {
  /** Throws RegistryError. */
  resolve(reference: string): Image;
}
