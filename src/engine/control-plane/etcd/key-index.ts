/**
 * Keys in order, each with its versions. Blocks of sorted entries under a sorted list of blocks: a lookup is two binary
 * searches, an insert moves at most one block.
 */
import type { KeyValue, Revision } from './etcd.ts';

const BLOCK_LIMIT = 512;

/** One key with everything it has been since the last compaction, oldest first. A version of 0 marks a deletion. */
export interface KeyEntry<V> {
  readonly key: string;
  history: KeyValue<V>[];
}

/** What the key holds now; undefined when it is deleted. */
export function currentOf<V>(entry: KeyEntry<V> | undefined): KeyValue<V> | undefined {
  const last = entry?.history[entry.history.length - 1];
  return last && last.version > 0 ? last : undefined;
}

/** What the key held at that revision. */
export function asOf<V>(entry: KeyEntry<V>, revision: Revision): KeyValue<V> | undefined {
  const { history } = entry;
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as KeyValue<V>).modRevision <= revision) low = middle + 1;
    else high = middle;
  }
  const version = history[low - 1];
  return version && version.version > 0 ? version : undefined;
}

export class KeyIndex<V> {
  private readonly byKey = new Map<string, KeyEntry<V>>();
  private blocks: KeyEntry<V>[][] = [[]];

  get size(): number {
    return this.byKey.size;
  }

  get(key: string): KeyEntry<V> | undefined {
    return this.byKey.get(key);
  }

  getOrCreate(key: string): KeyEntry<V> {
    const known = this.byKey.get(key);
    if (known) return known;
    const entry: KeyEntry<V> = { key, history: [] };
    this.byKey.set(key, entry);
    const b = this.blockOf(key);
    const block = this.blocks[b] as KeyEntry<V>[];
    block.splice(lowerBound(block, key), 0, entry);
    if (block.length > BLOCK_LIMIT) this.blocks.splice(b + 1, 0, block.splice(BLOCK_LIMIT >> 1));
    return entry;
  }

  remove(key: string): void {
    if (!this.byKey.delete(key)) return;
    const b = this.blockOf(key);
    const block = this.blocks[b] as KeyEntry<V>[];
    block.splice(lowerBound(block, key), 1);
    if (block.length === 0 && this.blocks.length > 1) this.blocks.splice(b, 1);
  }

  /** Visits [key, end) in order until `visit` returns false. An end of '\0' means every key from `key` on. */
  scan(key: string, end: string, visit: (entry: KeyEntry<V>) => boolean | undefined): void {
    const open = end === '\0';
    let b = this.blockOf(key);
    let i = lowerBound(this.blocks[b] as KeyEntry<V>[], key);
    for (; b < this.blocks.length; b++, i = 0) {
      const block = this.blocks[b] as KeyEntry<V>[];
      for (; i < block.length; i++) {
        const entry = block[i] as KeyEntry<V>;
        if (!open && entry.key >= end) return;
        if (visit(entry) === false) return;
      }
    }
  }

  /** The last block whose first key is not above `key`. */
  private blockOf(key: string): number {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = this.blocks[middle]?.[0];
      if (first && first.key <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound<V>(block: readonly KeyEntry<V>[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block[middle] as KeyEntry<V>).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
