/** Clusters on this computer's disk, for all who make new ones: share links, branches, lessons, the clusters menu. */
import type { Recipe } from '../../workers/protocol.ts';

/** Notes down a new cluster; it is made when it is first opened. When the name is taken a number is added. Resolves with its id. */
export async function keepCluster(name: string, recipe: Recipe): Promise<string> {
  const { openCatalog } = await import('../../workers/disk/catalog.ts');
  return (await (await openCatalog()).add(name, recipe)).id;
}
