/** CEL, once somebody needs it: it is loaded before the first policy, rule or match condition is read, and then answers at once. */
import type * as Cel from '#engine/cel';
import { invariant } from '#engine/sim';
import type { LoadAsset } from './assets.ts';

/** Code, not state: the same for every server of the process. */
let library: typeof Cel | undefined;

/** Brings CEL. */
export async function loadCel(load: LoadAsset): Promise<typeof Cel> {
  if (library) return library;
  library = await load('cel');
  return library;
}

/** CEL, for who comes after `loadCel`. */
export function celLibrary(): typeof Cel {
  invariant(library, 'CEL is used before it was loaded');
  return library;
}
