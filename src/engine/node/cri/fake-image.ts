/** Images of a hollow runtime. */
import { normalizeReference } from '#engine/os';
import type { StoredImage } from './image-store.ts';

const FAKE_CONFIG = {};
const NO_LAYERS: readonly never[] = [];

/** The fake runtime knows an image by nothing but its name, with a tag. Throws InvalidReference. */
export function fakeImage(reference: string): StoredImage {
  const { tag, digest, name } = normalizeReference(reference);
  const shown = reference.includes('@') || reference.endsWith(`:${tag}`) ? reference : `${reference}:${tag}`;
  return {
    image: {
      name,
      tag: tag ?? '',
      digest: digest ?? '',
      id: shown,
      sizeBytes: 0,
      layers: NO_LAYERS,
      config: FAKE_CONFIG,
    },
    repoTags: [shown],
    repoDigests: [],
  };
}
