/** The clusters kept on this computer. Used by the page and by the engine's worker alike. */
import type { Recipe } from '../protocol.ts';
import { type ClusterEntry, type Database, openDatabase } from './database.ts';

export type { ClusterEntry } from './database.ts';

const rangeOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

/** `name`, or `name 2`, `name 3` … when it is taken. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const name = wanted.trim() || 'cluster';
  if (!taken.has(name)) return name;
  const base = name.replace(/ \d+$/, '');
  let number = 2;
  while (taken.has(`${base} ${number}`)) number++;
  return `${base} ${number}`;
}

export class Catalog {
  constructor(private readonly db: Database) {}

  /** The one opened last comes first. */
  async list(): Promise<readonly ClusterEntry[]> {
    return (await this.db.getAll('clusters')).sort((a, b) => b.openedAt - a.openedAt || b.createdAt - a.createdAt);
  }

  /** By id, else by name. */
  async find(idOrName: string): Promise<ClusterEntry | undefined> {
    return (await this.db.get('clusters', idOrName)) ?? (await this.db.getFromIndex('clusters', 'name', idOrName));
  }

  /** Notes down a new one; when the name is taken a number is added. */
  async add(name: string, recipe: Recipe): Promise<ClusterEntry> {
    const tx = this.db.transaction('clusters', 'readwrite');
    const taken = new Set((await tx.store.getAll()).map((entry) => entry.name));
    const now = Date.now();
    const entry: ClusterEntry = {
      id: crypto.randomUUID(),
      name: freeName(name, taken),
      createdAt: now,
      openedAt: now,
      recipe,
    };
    await Promise.all([tx.store.add(entry), tx.done]);
    return entry;
  }

  /** Undefined when it is gone. A name that is taken gets a number. */
  async change(id: string, edit: Partial<Omit<ClusterEntry, 'id'>>): Promise<ClusterEntry | undefined> {
    const tx = this.db.transaction('clusters', 'readwrite');
    const all = await tx.store.getAll();
    const entry = all.find((one) => one.id === id);
    if (!entry) return undefined;
    const taken = new Set(all.filter((one) => one !== entry).map((one) => one.name));
    const next = { ...entry, ...edit, ...(edit.name !== undefined && { name: freeName(edit.name, taken) }) };
    await Promise.all([tx.store.put(next), tx.done]);
    return next;
  }

  /** Puts an entry in place of the one with its id. */
  async replace(entry: ClusterEntry): Promise<void> {
    await this.db.put('clusters', entry);
  }

  /** A copy of what is on the disk, under a name of its own. */
  async duplicate(id: string, name: string): Promise<ClusterEntry | undefined> {
    const original = await this.db.get('clusters', id);
    if (!original) return undefined;
    const { id: copy } = await this.add(name, original.recipe);
    const tx = this.db.transaction('records', 'readwrite');
    const records = await tx.store.getAll(rangeOf(id));
    await Promise.all([...records.map((record) => tx.store.put({ ...record, cluster: copy })), tx.done]);
    return this.change(copy, original.setAside === undefined ? {} : { setAside: original.setAside });
  }

  /** Gone for good. */
  async remove(id: string): Promise<void> {
    const tx = this.db.transaction(['clusters', 'records'], 'readwrite');
    await Promise.all([tx.objectStore('clusters').delete(id), tx.objectStore('records').delete(rangeOf(id)), tx.done]);
  }
}

/** Rejects when nothing can be kept here. */
export const openCatalog = async (): Promise<Catalog> => new Catalog(await openDatabase());
