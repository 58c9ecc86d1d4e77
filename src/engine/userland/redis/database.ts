/** Redis' keyspace: typed values that may expire, in virtual time. */
import type { Clock, Millis } from '#engine/sim';
import { RedisError } from './resp.ts';

/** Members ordered by score, then by bytes. */
export class SortedSet {
  private readonly scores = new Map<string, number>();
  private order: readonly (readonly [member: string, score: number])[] | undefined;

  get size(): number {
    return this.scores.size;
  }
  score(member: string): number | undefined {
    return this.scores.get(member);
  }
  set(member: string, score: number): void {
    this.scores.set(member, score);
    this.order = undefined;
  }
  delete(member: string): boolean {
    this.order = undefined;
    return this.scores.delete(member);
  }
  /** Lowest score first. */
  sorted(): readonly (readonly [member: string, score: number])[] {
    this.order ??= [...this.scores].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
    return this.order;
  }
  rank(member: string): number {
    return this.sorted().findIndex(([each]) => each === member);
  }
}

export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list'; readonly value: string[] }
  | { readonly type: 'hash'; readonly value: Map<string, string> }
  | { readonly type: 'set'; readonly value: Set<string> }
  | { readonly type: 'zset'; readonly value: SortedSet };

type ValueType = Value['type'];
type ValueOf<T extends ValueType> = Extract<Value, { type: T }>['value'];

interface Entry {
  readonly value: Value;
  expiresAt?: Millis;
}

const EMPTY: { readonly [T in ValueType]: () => ValueOf<T> } = {
  string: () => '',
  list: () => [],
  hash: () => new Map(),
  set: () => new Set(),
  zset: () => new SortedSet(),
};

export class Database {
  private entries = new Map<string, Entry>();
  /** Changes of each watched key, so that EXEC can tell. */
  readonly touched = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    this.expireAll();
    return this.entries.size;
  }

  get expiring(): number {
    return [...this.entries.values()].filter(({ expiresAt }) => expiresAt !== undefined).length;
  }

  has(key: string): boolean {
    return this.entry(key) !== undefined;
  }

  typeOf(key: string): ValueType | undefined {
    return this.entry(key)?.value.type;
  }

  value(key: string): Value | undefined {
    return this.entry(key)?.value;
  }

  /** The key's value; undefined when there is none. Throws WRONGTYPE. */
  read<T extends ValueType>(key: string, type: T): ValueOf<T> | undefined {
    const value = this.entry(key)?.value;
    if (value && value.type !== type)
      throw new RedisError('WRONGTYPE Operation against a key holding the wrong kind of value');
    return value?.value as ValueOf<T> | undefined;
  }

  /** The key's collection, made when there is none. Throws WRONGTYPE. */
  open<T extends ValueType>(key: string, type: T): ValueOf<T> {
    const found = this.read(key, type);
    if (found !== undefined) return found;
    const value = EMPTY[type]() as ValueOf<T>;
    this.entries.set(key, { value: { type, value } as Value });
    return value;
  }

  /** Replaces whatever was there. */
  put(key: string, value: Value, expiresAt?: Millis): void {
    this.entries.set(key, { value, ...(expiresAt !== undefined && { expiresAt }) });
    this.touch(key);
  }

  setText(key: string, text: string, keepExpiry = false): void {
    this.put(key, { type: 'string', value: text }, keepExpiry ? this.expiry(key) : undefined);
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.entries.delete(key);
    this.touch(key);
    return true;
  }

  /** To be called after a collection changed: empty ones vanish. */
  changed(key: string): void {
    const value = this.entries.get(key)?.value;
    const size = !value || value.type === 'string' ? 1 : value.type === 'list' ? value.value.length : value.value.size;
    if (size === 0) this.entries.delete(key);
    this.touch(key);
  }

  expiry(key: string): Millis | undefined {
    return this.entry(key)?.expiresAt;
  }

  /** Undefined: never. */
  expireAt(key: string, at: Millis | undefined): void {
    const entry = this.entry(key);
    if (!entry) return;
    if (at === undefined) delete entry.expiresAt;
    else entry.expiresAt = at;
    this.touch(key);
    this.entry(key);
  }

  /** In the order they were made. */
  keys(): readonly string[] {
    this.expireAll();
    return [...this.entries.keys()];
  }

  clear(): void {
    for (const key of this.entries.keys()) this.touch(key);
    this.entries = new Map();
  }

  swap(other: Database): void {
    [this.entries, other.entries] = [other.entries, this.entries];
  }

  private touch(key: string): void {
    const changes = this.touched.get(key);
    if (changes !== undefined) this.touched.set(key, changes + 1);
  }

  private entry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.clock.now()) return entry;
    this.entries.delete(key);
    this.touch(key);
    return undefined;
  }

  private expireAll(): void {
    const now = this.clock.now();
    for (const [key, { expiresAt }] of this.entries) if (expiresAt !== undefined && expiresAt <= now) this.entry(key);
  }
}
