/** A repository whose versions are made alike. */
import type { ImageConfig, ImageLayer, LayerEntry } from '#engine/os';

export interface Family {
  readonly name: string;
  readonly versions: readonly string[];
  readonly suffixes?: readonly string[];
  readonly aliases?: { readonly [tag: string]: string };
  /** Shared by all versions, unless made per version. */
  readonly base: (version: string, suffix: string) => readonly ImageLayer[];
  readonly files?: (version: string) => readonly LayerEntry[];
  readonly sizeMebibytes?: number;
  readonly config: (version: string) => ImageConfig;
}
