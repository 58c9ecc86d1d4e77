/**
 * What is kept of one cluster: a log of records, each with many changed keys; the newest record that names a key wins. Old records are
 * rewritten in the background when too much of them is out of date, or when too many are small, so that opening stays quick.
 */
import { type Changes, keysRemoved } from '#engine/sim';
import type { Database } from './database.ts';
import { type DiskRecord, type RecordContent, seal, sizeOf, verify } from './record.ts';

/** Records below this are small: together they make a segment. */
const SMALL_BYTES = 48 * 1024;
const MOST_SMALL = 48;
/** A segment has about as much at most. */
const SEGMENT_BYTES = 768 * 1024;
/** Out-of-date bytes that are not worth an effort. */
const SLACK_BYTES = 1024 * 1024;

/** Where a key's value lies, and what it takes. */
interface Place {
  readonly record: number;
  readonly size: number;
}

const sizeOfEntry = (key: string, value: string) => key.length + value.length + 4;

export class RecordStore {
  private readonly places = new Map<string, Place>();
  /** Sizes of the records on the disk, by number, which is the order they were written in. */
  private readonly sizes = new Map<number, number>();
  private last = 0;
  private total = 0;
  private live = 0;

  constructor(
    private readonly db: Database,
    private readonly cluster: string,
  ) {}

  /** Bytes on the disk, about. */
  get bytes(): number {
    return this.total;
  }

  get records(): number {
    return this.sizes.size;
  }

  /** Everything that was written, by key. Throws UnreadableRecord. */
  async load(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const range = IDBKeyRange.bound([this.cluster], [this.cluster, []]);
    for (const record of await this.db.getAll('records', range)) {
      verify(record);
      this.index(record);
      for (const key of record.removed) texts.delete(key);
      for (const [i, key] of record.keys.entries()) texts.set(key, record.values[i] as string);
    }
    return texts;
  }

  /** Writes changes as one record. Resolves when the browser has taken it; the disk may have it a moment later. */
  async append(changes: Changes): Promise<void> {
    const removed = changes.removed
      .flatMap((gone) => keysRemoved(gone, () => this.places.keys()))
      .filter((key) => this.places.has(key));
    if (changes.keys.length === 0 && removed.length === 0) return;
    const record = seal(this.cluster, this.last + 1, { keys: changes.keys, values: changes.values, removed });
    await this.write([record], []);
    this.index(record);
  }

  /** Rewrites what is worth it. True when it did something: there may be more. */
  async compact(): Promise<boolean> {
    const small = [...this.sizes].filter(([, size]) => size < SMALL_BYTES).map(([number]) => number);
    if (small.length > MOST_SMALL) return this.rewrite(small);
    if (this.total < 2 * this.live + SLACK_BYTES) return false;
    const oldest: number[] = [];
    let size = 0;
    for (const number of [...this.sizes.keys()].sort((a, b) => a - b)) {
      oldest.push(number);
      size += this.sizes.get(number) ?? 0;
      if (size > 2 * SEGMENT_BYTES) break;
    }
    return this.rewrite(oldest);
  }

  /** What of these records still counts goes into new ones, and they are deleted, in one transaction. */
  private async rewrite(numbers: readonly number[]): Promise<boolean> {
    const chosen = new Set(numbers);
    const oldestOther = Math.min(...[...this.sizes.keys()].filter((number) => !chosen.has(number)));
    const found = await Promise.all(numbers.map((number) => this.db.get('records', [this.cluster, number])));
    const segments = new Segments(this.cluster, this.last);
    for (const record of found) {
      if (!record) continue;
      for (const [i, key] of record.keys.entries())
        if (this.places.get(key)?.record === record.number) segments.put(key, record.values[i] as string);
      // A removal counts as long as an older record may name the key.
      if (oldestOther < record.number)
        for (const key of record.removed) if (!this.places.has(key)) segments.remove(key);
    }
    const made = segments.finish();
    await this.write(made, numbers);
    for (const number of numbers) {
      this.total -= this.sizes.get(number) ?? 0;
      this.sizes.delete(number);
    }
    for (const record of made) this.index(record);
    return true;
  }

  private async write(records: readonly DiskRecord[], gone: readonly number[]): Promise<void> {
    const tx = this.db.transaction('records', 'readwrite', { durability: 'relaxed' });
    await Promise.all([
      ...records.map((record) => tx.store.put(record)),
      ...gone.map((number) => tx.store.delete([this.cluster, number])),
      tx.done,
    ]);
  }

  private index(record: DiskRecord): void {
    const size = sizeOf(record);
    this.last = Math.max(this.last, record.number);
    this.sizes.set(record.number, size);
    this.total += size;
    for (const key of record.removed) this.forget(key);
    for (const [i, key] of record.keys.entries()) {
      this.forget(key);
      const place = { record: record.number, size: sizeOfEntry(key, record.values[i] as string) };
      this.places.set(key, place);
      this.live += place.size;
    }
  }

  private forget(key: string): void {
    const place = this.places.get(key);
    if (!place) return;
    this.live -= place.size;
    this.places.delete(key);
  }
}

/** Fills records up to the size of a segment. */
class Segments {
  private readonly made: DiskRecord[] = [];
  private keys: string[] = [];
  private values: string[] = [];
  private removed: string[] = [];
  private size = 0;

  constructor(
    private readonly cluster: string,
    private last: number,
  ) {}

  put(key: string, value: string): void {
    this.keys.push(key);
    this.values.push(value);
    this.grow(sizeOfEntry(key, value));
  }

  remove(key: string): void {
    this.removed.push(key);
    this.grow(key.length);
  }

  finish(): readonly DiskRecord[] {
    this.close();
    return this.made;
  }

  private grow(size: number): void {
    this.size += size;
    if (this.size > SEGMENT_BYTES) this.close();
  }

  private close(): void {
    const content: RecordContent = { keys: this.keys, values: this.values, removed: this.removed };
    if (content.keys.length > 0 || content.removed.length > 0) this.made.push(seal(this.cluster, ++this.last, content));
    this.keys = [];
    this.values = [];
    this.removed = [];
    this.size = 0;
  }
}
