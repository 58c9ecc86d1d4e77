/** The one IndexedDB database of this origin: a catalog of clusters, and their records. Opens in the page and in workers. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Recipe } from '../protocol.ts';
import type { DiskRecord } from './record.ts';

const NAME = 'podarium';
const VERSION = 1;

/** One kept cluster. Times are the wall clock's. */
export interface ClusterEntry {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly openedAt: number;
  /** What it is made from as long as nothing is kept of it yet. */
  readonly recipe: Recipe;
  /** Why it cannot be opened; it can still be exported and deleted. */
  readonly setAside?: string;
}

interface Schema extends DBSchema {
  clusters: { key: string; value: ClusterEntry; indexes: { name: string } };
  /** By cluster and number: a later record wins over an earlier one. */
  records: { key: [cluster: string, number: number]; value: DiskRecord };
}

export type Database = IDBPDatabase<Schema>;

let opened: Promise<Database> | undefined;

/** Rejects when there is no IndexedDB here, or it may not be used. A later version of the page may ask for the database: then this one lets go. */
export function openDatabase(): Promise<Database> {
  opened ??= openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore('clusters', { keyPath: 'id' }).createIndex('name', 'name', { unique: true });
      db.createObjectStore('records', { keyPath: ['cluster', 'number'] });
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated() {
      opened = undefined;
    },
  }).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}
