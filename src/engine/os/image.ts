/** A container image: layers of files and how to start what is in them. */
import type { Millis } from '#engine/sim';
import type { Signal } from './process.ts';

/** One file of a layer. Parent directories come by themselves. */
export interface LayerEntry {
  /** absolute */
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** A symlink to there. */
  readonly target?: string;
  readonly directory?: boolean;
  /** A whiteout: the lower layers' file is gone. */
  readonly removed?: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: Millis;
}

export interface ImageLayer {
  /** `sha256:…` */
  readonly digest: string;
  /** compressed, what a pull transfers */
  readonly sizeBytes: number;
  entries(): readonly LayerEntry[];
}

/** @upstream image-spec specs-go/v1/config.go */
export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** `NAME=value` */
  readonly env?: readonly string[];
  /** `user`, `uid`, `user:group` or `uid:gid` */
  readonly user?: string;
  readonly workingDir?: string;
  /** `80/tcp` */
  readonly exposedPorts?: readonly string[];
  readonly stopSignal?: Signal;
  readonly labels?: { readonly [name: string]: string };
}

export interface Image {
  /** Repository with its domain: `docker.io/library/nginx`. */
  readonly name: string;
  readonly tag: string;
  /** Of the manifest, `sha256:…`: an imageID is `name@digest`. */
  readonly digest: string;
  /** Of the configuration, `sha256:…`. */
  readonly id: string;
  /** Of all layers, compressed. */
  readonly sizeBytes: number;
  /** The same list object for every resolve of the image, so that containers share its tree. */
  readonly layers: readonly ImageLayer[];
  readonly config: ImageConfig;
  /** True for an image that nobody taught us: it runs a plain server on its ports. */
  readonly unknown?: boolean;
}

export type RegistryErrorCode = 'NotFound' | 'Denied' | 'Unavailable';

/** `message` is what follows `failed to pull and unpack image "…": `. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  constructor(
    readonly code: RegistryErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface ImageRegistry {
  /** Finds an image by any reference that normalizeReference takes. Rejects with RegistryError. */
  resolve(reference: string): Promise<Image>;
}
