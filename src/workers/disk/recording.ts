/** What a kept cluster was made from and what came in since, read without opening it: for replaying it elsewhere. */
import type { Input } from '#engine/cluster';
import { Journal, Saved } from '#engine/sim';
import type { Recipe } from '../protocol.ts';
import { openCatalog } from './catalog.ts';
import { openDatabase } from './database.ts';
import { RecordStore } from './record-store.ts';

/** Undefined when it is gone. Rejects with UnreadableRecord when it cannot be read. */
export async function recordingOn(id: string): Promise<Recipe | undefined> {
  const entry = await (await openCatalog()).find(id);
  if (!entry) return undefined;
  const texts = await new RecordStore(await openDatabase(), entry.id).load();
  if (texts.size === 0) return entry.recipe;
  const journal = new Journal<Input>(undefined, new Saved(texts).section('journal')).entries();
  return { ...entry.recipe, journal };
}
