/** The registry behind every pull: the catalogue, images given from outside, and plain servers for what nobody taught us. */
import {
  formatReference,
  type Image,
  type ImageReference,
  type ImageRegistry,
  InvalidReference,
  normalizeReference,
  RegistryError,
} from '#engine/os';
import { alpineLayers } from './base.ts';
import { buildImage, command, layer } from './build.ts';
import { CATALOGUE } from './catalogue.ts';

export interface ImageRegistryOptions {
  /** Found before the catalogue: control-plane components, what `docker build` made, what a lesson brings. */
  readonly extraImages?: readonly Image[];
  /** What an unknown repository outside docker.io/library answers. */
  readonly unknown?: 'plain-server' | 'not-found';
}

/** Names that say of themselves that they do not exist: a lesson about pull failures means them so. */
const MEANT_TO_FAIL = /no-?such|non-?exist|not-?exist|not-?found|does-?nt?o?t?-?exist|invalid|bogus|missing|imaginary/;

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const BASE = alpineLayers('3.22.2');

/**
 * Creates the registry of images. Everything in it is deterministic: equal names give equal digests and sizes.
 * @fidelity partial: the images of courses and upstream's documentation; unknown repositories outside docker.io/library run a plain HTTP server
 */
export function createImageRegistry(options: ImageRegistryOptions = {}): ImageRegistry {
  const extra = new Map<string, Image>();
  for (const image of options.extraImages ?? []) {
    extra.set(`${image.name}:${image.tag}`, image);
    extra.set(`${image.name}@${image.digest}`, image);
  }
  const unknownImages = new Map<string, Image>();
  const find = (reference: ImageReference): Image | undefined => {
    const { name, tag, digest } = reference;
    const own = extra.get(digest === undefined ? `${name}:${tag}` : `${name}@${digest}`);
    if (own) return own;
    const repository = CATALOGUE.get(name);
    if (repository) {
      const image = repository(tag ?? 'latest');
      return image && (digest === undefined || image.digest === digest) ? image : undefined;
    }
    const isExtra = [...extra.values()].some((image) => image.name === name);
    const isLocal = reference.domain.endsWith('.local') || reference.domain === 'localhost';
    if (
      isExtra ||
      isLocal ||
      name.startsWith('docker.io/library/') ||
      options.unknown === 'not-found' ||
      MEANT_TO_FAIL.test(name)
    )
      return undefined;
    const key = `${name}:${tag ?? digest}`;
    const image = unknownImages.get(key) ?? plainServer(name, tag ?? 'latest');
    unknownImages.set(key, image);
    return image;
  };
  return {
    async resolve(text) {
      let reference: ImageReference;
      try {
        reference = normalizeReference(text);
      } catch (error) {
        if (!(error instanceof InvalidReference)) throw error;
        throw new RegistryError('NotFound', error.message);
      }
      const image = find(reference);
      if (image) return image;
      throw new RegistryError('NotFound', `failed to resolve image: ${formatReference(reference)}: not found`);
    },
  };
}

function plainServer(name: string, tag: string): Image {
  const own = layer(`${name} ${tag}`, 24, () => [command('/usr/local/bin/plain-server', 'plain-server')]);
  const config = { entrypoint: ['/usr/local/bin/plain-server'], env: [PATH] };
  return buildImage({ name, version: tag, layers: [...BASE, own], config, unknown: true }, tag);
}

/** The catalogued repository or tag that somebody most likely meant, for a hint outside of upstream's messages. */
export function suggestImage(reference: string): string | undefined {
  let name: string;
  try {
    name = normalizeReference(reference).name;
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of CATALOGUE.keys()) {
    const distance = editDistance(name, candidate);
    if (distance <= 2 && (!best || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name.replace(/^docker\.io\/library\//, '');
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
