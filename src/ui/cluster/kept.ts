/** Clusters on this computer's disk, for all who make new ones: share links, branches, lessons, the clusters menu. */
import type { Parent, Recipe } from '../../workers/protocol.ts';

export type { Recipe } from '../../workers/protocol.ts';

/** Notes down a new cluster; it is made when it is first opened. When the name is taken a number is added. Resolves with its id. */
export async function keepCluster(name: string, recipe: Recipe): Promise<string> {
  const { openCatalog } = await import('../../workers/kept.ts');
  return (await (await openCatalog()).add(name, recipe)).id;
}

export interface KeptCluster {
  readonly id: string;
  readonly name: string;
  readonly parent?: Parent;
}

/** All that are kept here, the one opened last first. */
export async function keptClusters(): Promise<readonly KeptCluster[]> {
  const { openCatalog } = await import('../../workers/kept.ts');
  const entries = await (await openCatalog()).list();
  return entries.map(({ id, name, recipe: { parent } }) => ({ id, name, ...(parent && { parent }) }));
}

/** Options and all inputs of a kept cluster, whether it is open or not; undefined when it is gone. */
export async function recordingOf(id: string): Promise<Recipe | undefined> {
  const { recordingOn } = await import('../../workers/kept.ts');
  return recordingOn(id);
}

/** Removes one that is not open. */
export async function forgetCluster(id: string): Promise<void> {
  const { openCatalog } = await import('../../workers/kept.ts');
  await (await openCatalog()).remove(id);
}
