/**
 * Fans one resource's history out to its watchers. Watchers wait in buckets by what they select (one object, one Node's
 * Pods, one namespace, all), so an event costs as many steps as it has takers, not as there are watchers.
 * @upstream staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go
 */
import { type KubeObject, requiredFieldValue, type WatchEvent } from '#engine/apimachinery';
import type { Etcd, EtcdEvent } from '#engine/control-plane/etcd';
import { Pipe } from '#engine/http';
import type { Timer, World } from '#engine/sim';
import { type CacheEvent, EventRing } from './event-ring.ts';
import { type ObjectStorage, withResourceVersion } from './object-storage.ts';
import { type FieldReader, type Selection, selectedName, selectedNamespace, selector } from './selection.ts';

/** A watcher that lets this many frames lie is dropped, as upstream drops one that does not keep up. */
const MAX_WAITING_FRAMES = 20_000;
const BOOKMARK_EVERY_MS = 60_000;

/** A field whose values watchers and lists are bucketed by: `spec.nodeName` for Pods. */
export interface IndexedField<T> {
  readonly field: string;
  readonly value: (object: T) => string;
}

/** Turns an event as one watcher sees it into its frame; absent frames are not sent. */
export type FrameOf<T extends KubeObject> = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T) => unknown;

export interface WatchRequest<T extends KubeObject> {
  readonly selection: Selection;
  /** Events after this revision; the caller has checked that it is not too old. */
  readonly after: number;
  /** What is there already, delivered first as ADDED. */
  readonly initial?: readonly T[];
  /** A frame to follow the initial ones. */
  readonly initialEnd?: unknown;
  /** Absent: plain watch events, shared between watchers. */
  readonly frame?: FrameOf<T>;
  readonly bookmark?: (revision: number) => unknown;
}

interface Watcher<T extends KubeObject> {
  readonly pipe: Pipe<unknown>;
  readonly selects: (object: T) => boolean;
  readonly frame: FrameOf<T> | undefined;
  readonly bookmark: ((revision: number) => unknown) | undefined;
  readonly bucket: string;
  after: number;
}

interface Shared<T extends KubeObject> {
  readonly event: CacheEvent<T>;
  frame?: WatchEvent<T>;
}

const ALL = '*';

export class WatchCache<T extends KubeObject> {
  private readonly ring: EventRing<T>;
  private readonly buckets = new Map<string, Set<Watcher<T>>>();
  private readonly keysByIndex = new Map<string, Set<string>>();
  private pending: CacheEvent<T>[] = [];
  private flushTimer: Timer | undefined;
  private bookmarkTimer: Timer | undefined;
  private bookmarkers = 0;
  private readonly stopEtcd: () => void;
  private seen: number;

  constructor(
    private readonly world: World,
    etcd: Etcd,
    storage: ObjectStorage<T>,
    readonly namespaced: boolean,
    private readonly read: FieldReader<T>,
    private readonly index: IndexedField<T> | undefined,
  ) {
    this.seen = etcd.revision;
    this.ring = new EventRing(this.seen);
    if (index) for (const kv of etcd.range(storage.keys()).kvs) this.reindex(kv.key, undefined, kv.value as T);
    this.stopEtcd = etcd.watch(storage.keys(), 0, (events) => this.take(events as readonly EtcdEvent<T>[]));
  }

  /** Watches may start from this revision, not earlier. */
  get oldest(): number {
    return this.ring.oldest;
  }

  /** The field that `keysOf` knows. */
  get indexedField(): string | undefined {
    return this.index?.field;
  }

  get watcherCount(): number {
    let count = 0;
    for (const bucket of this.buckets.values()) count += bucket.size;
    return count;
  }

  /** Etcd keys of the objects that have this value in the indexed field, in order; undefined when the field is not indexed. */
  keysOf(field: string, value: string): readonly string[] | undefined {
    if (this.index?.field !== field) return undefined;
    return [...(this.keysByIndex.get(value) ?? [])].sort();
  }

  /** Opens a watch. It ends when the reader cancels or `stop` is called. */
  watch(request: WatchRequest<T>): { readonly frames: Pipe<unknown>; readonly stop: () => void } {
    const pipe = new Pipe<unknown>(MAX_WAITING_FRAMES);
    const watcher: Watcher<T> = {
      pipe,
      selects: selector(request.selection, this.read),
      frame: request.frame,
      bookmark: request.bookmark,
      bucket: this.bucketFor(request.selection),
      after: request.after,
    };
    for (const object of request.initial ?? []) this.send(watcher, 'ADDED', object);
    if (request.initialEnd !== undefined) pipe.push(request.initialEnd);
    for (const event of this.ring.after(request.after)) {
      this.offer(watcher, { event });
      watcher.after = event.revision;
    }
    this.add(watcher);
    const stop = () => {
      this.remove(watcher);
      pipe.close();
    };
    pipe.onBroken(() => this.remove(watcher));
    return { frames: pipe, stop };
  }

  /** Ends every watch. */
  endAll(): void {
    for (const bucket of this.buckets.values())
      for (const watcher of [...bucket]) {
        this.remove(watcher);
        watcher.pipe.close();
      }
  }

  /** Ends every watch and forgets etcd. */
  close(): void {
    this.stopEtcd();
    this.flushTimer?.cancel();
    this.bookmarkTimer?.cancel();
    this.endAll();
  }

  private take(events: readonly EtcdEvent<T>[]): void {
    const at = this.world.clock.now();
    this.seen = events.at(-1)?.kv.modRevision ?? this.seen;
    for (const { type, kv, previous } of events) {
      const deleted = type === 'DELETE';
      const event: CacheEvent<T> = {
        type: deleted ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED',
        object: deleted ? withResourceVersion(kv.value, kv.modRevision) : kv.value,
        previous: previous?.value,
        revision: kv.modRevision,
        at,
      };
      if (this.index) this.reindex(kv.key, previous?.value, deleted ? undefined : kv.value);
      this.ring.push(event);
      if (this.buckets.size > 0) this.pending.push(event);
    }
    if (this.pending.length > 0) this.flushTimer ??= this.world.clock.after(0, 'apiserver.watch', () => this.flush());
  }

  /** Events of one instant go out together, so a watcher wakes once. */
  private flush(): void {
    this.flushTimer = undefined;
    const { pending } = this;
    this.pending = [];
    for (const event of pending) {
      const shared: Shared<T> = { event };
      this.offerTo(ALL, shared);
      const { object, previous } = event;
      const { namespace } = object.metadata;
      if (namespace) this.offerTo(namespaceBucket(namespace), shared);
      this.offerTo(objectBucket(namespace, object.metadata.name), shared);
      if (this.index) {
        const value = this.index.value(object);
        this.offerTo(indexBucket(value), shared);
        const before = previous && this.index.value(previous);
        if (before !== undefined && before !== value) this.offerTo(indexBucket(before), shared);
      }
    }
  }

  private offerTo(bucket: string, shared: Shared<T>): void {
    const watchers = this.buckets.get(bucket);
    if (!watchers) return;
    for (const watcher of watchers) if (shared.event.revision > watcher.after) this.offer(watcher, shared);
  }

  /** What the event means to one watcher: an object may enter or leave its selection by a change. */
  private offer(watcher: Watcher<T>, shared: Shared<T>): void {
    const { type, object, previous, revision } = shared.event;
    const now = type !== 'DELETED' && watcher.selects(object);
    const before = previous !== undefined && watcher.selects(previous);
    if (!now && !before) return;
    const seen = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED';
    if (seen !== type || watcher.frame) {
      const shown = now || type === 'DELETED' ? object : withResourceVersion(previous as T, revision);
      this.send(watcher, seen, shown);
      return;
    }
    shared.frame ??= Object.freeze({ type, object });
    this.push(watcher, shared.frame);
  }

  private send(watcher: Watcher<T>, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const frame = watcher.frame ? watcher.frame(type, object) : { type, object };
    if (frame !== undefined) this.push(watcher, frame);
  }

  private push(watcher: Watcher<T>, frame: unknown): void {
    if (watcher.pipe.length < MAX_WAITING_FRAMES) {
      watcher.pipe.push(frame);
      return;
    }
    this.remove(watcher);
    watcher.pipe.close();
  }

  private bucketFor(selection: Selection): string {
    const namespace = selectedNamespace(selection);
    const name = selectedName(selection);
    if (name !== undefined && (namespace || !this.namespaced)) return objectBucket(namespace, name);
    const indexed = this.index && requiredFieldValue(selection.fields, this.index.field);
    // The empty value is shared by too many objects to be worth a bucket of its own kind.
    if (indexed) return indexBucket(indexed);
    return namespace ? namespaceBucket(namespace) : ALL;
  }

  private add(watcher: Watcher<T>): void {
    const bucket = this.buckets.get(watcher.bucket);
    if (bucket) bucket.add(watcher);
    else this.buckets.set(watcher.bucket, new Set([watcher]));
    if (!watcher.bookmark) return;
    this.bookmarkers++;
    this.bookmarkTimer ??= this.world.clock.after(BOOKMARK_EVERY_MS, 'apiserver.bookmark', () => this.bookmarkAll());
  }

  private remove(watcher: Watcher<T>): void {
    const bucket = this.buckets.get(watcher.bucket);
    if (!bucket?.delete(watcher)) return;
    if (bucket.size === 0) this.buckets.delete(watcher.bucket);
    if (!watcher.bookmark) return;
    this.bookmarkers--;
    if (this.bookmarkers > 0) return;
    this.bookmarkTimer?.cancel();
    this.bookmarkTimer = undefined;
  }

  private bookmarkAll(): void {
    if (this.pending.length > 0) this.flush();
    // Everything up to here has been delivered.
    const revision = this.seen;
    for (const bucket of this.buckets.values()) {
      for (const watcher of bucket) {
        if (!watcher.bookmark || revision <= watcher.after) continue;
        watcher.after = revision;
        this.push(watcher, watcher.bookmark(revision));
      }
    }
    this.bookmarkTimer = this.world.clock.after(BOOKMARK_EVERY_MS, 'apiserver.bookmark', () => this.bookmarkAll());
  }

  private reindex(key: string, before: T | undefined, after: T | undefined): void {
    const index = this.index as IndexedField<T>;
    const old = before && index.value(before);
    const now = after && index.value(after);
    if (old === now) return;
    if (old !== undefined) {
      const keys = this.keysByIndex.get(old);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByIndex.delete(old);
    }
    if (now === undefined) return;
    const keys = this.keysByIndex.get(now);
    if (keys) keys.add(key);
    else this.keysByIndex.set(now, new Set([key]));
  }
}

const namespaceBucket = (namespace: string) => `n/${namespace}`;
const objectBucket = (namespace: string | undefined, name: string) => `o/${namespace ?? ''}/${name}`;
const indexBucket = (value: string) => `i/${value}`;
