/** Building images as data: layers with deterministic digests and plausible sizes. */

import { executable, type Image, type ImageConfig, type ImageLayer, type LayerEntry } from '#engine/os';
import { sha256Hex } from '#engine/sim';

const MEBIBYTE = 1024 * 1024;

/** A layer; its files are made when the first container needs them. */
export function layer(name: string, sizeMebibytes: number, entries: () => readonly LayerEntry[]): ImageLayer {
  let made: readonly LayerEntry[] | undefined;
  // Not a round number, as real layers are not.
  const sizeBytes = Math.round(sizeMebibytes * MEBIBYTE) + (Number.parseInt(sha256Hex(name).slice(0, 5), 16) % 65_536);
  return {
    digest: `sha256:${sha256Hex(`layer ${name}`)}`,
    sizeBytes,
    entries: () => {
      made ??= entries();
      return made;
    },
  };
}

export interface ImageParts {
  /** `docker.io/library/nginx` */
  readonly name: string;
  /** What the contents are, whatever tags point to them. */
  readonly version: string;
  readonly layers: readonly ImageLayer[];
  readonly config: ImageConfig;
  readonly unknown?: boolean;
}

export function buildImage(parts: ImageParts, tag: string): Image {
  const { name, version, layers, config } = parts;
  return {
    name,
    tag,
    digest: `sha256:${sha256Hex(`manifest ${name} ${version}`)}`,
    id: `sha256:${sha256Hex(`config ${name} ${version}`)}`,
    sizeBytes: layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    layers,
    config,
    ...(parts.unknown && { unknown: true }),
  };
}

/** One executable file that runs a program. */
export const command = (path: string, program: string): LayerEntry => ({
  path,
  content: executable(program),
  mode: 0o755,
});

export const text = (path: string, content: string, mode = 0o644): LayerEntry => ({ path, content, mode });

export const directories = (...paths: readonly string[]): LayerEntry[] =>
  paths.map((path) => ({ path, directory: true }));

/** Versions, newest first, to tags: `1.29.3` is also `1.29`, `1` and, as the first, `latest`. */
export function tagsOf(
  versions: readonly string[],
  suffix = '',
  aliases: { readonly [tag: string]: string } = {},
): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const add = (tag: string, version: string) => {
    if (!tags.has(tag)) tags.set(tag, version);
  };
  for (const version of versions) {
    const parts = version.split('.');
    for (let n = parts.length; n > 0; n--) add(parts.slice(0, n).join('.') + suffix, version);
  }
  if (versions[0] !== undefined) add(suffix ? suffix.slice(1) : 'latest', versions[0]);
  for (const alias of Object.keys(aliases)) tags.set(alias + suffix, aliases[alias] as string);
  return tags;
}
