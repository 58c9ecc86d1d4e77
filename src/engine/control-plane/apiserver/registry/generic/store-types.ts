/** What callers and hooks of a Store see. */
import type { DeleteOptions, FieldError, KubeObject } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import type { EventLeases } from '../../storage/event-leases.ts';
import type { IndexedField } from '../../storage/watch-cache.ts';
import type { Walk } from '../../walk.ts';
import type { Access } from '../access.ts';
import type { RequestContext, Strategy, SubresourceStrategy } from '../strategy.ts';
import type { DeletionStep } from './deletion.ts';

/** Work that must happen with a write. */
export interface Begun<T> {
  readonly object: T;
  /** What is itself written, right before the object: nothing refuses it any more. */
  readonly commit?: () => void;
  /** When the write fails or is a dry run. */
  readonly undo?: () => void;
}

/** Objects that somebody else converts, which takes time. */
export interface Converting<T> {
  /** What a reading gives once all that it touches is in the store's version; `fresh`: converted anew. Throws what the conversion says. */
  settle?<R>(read: () => R, fresh?: boolean): Promise<R>;
  /** The object as it will be read when it has been stored; to be stored right after. */
  beforeStore?(object: T): Promise<T>;
  /** Whether an object is kept in another version than new ones. */
  isStale(object: T): boolean;
}

/** What goes with writes, such as the allocation of addresses. */
export interface StoreHooks<T extends KubeObject> {
  /** Who may write this at all: before validation. Throws to refuse. */
  beforeWrite?(next: T, current: T | undefined, context: RequestContext): Promise<void>;
  /** For strategies that authorize. */
  readonly access?: () => Access;
  beginCreate?(object: T, context: RequestContext): Begun<T>;
  beginUpdate?(next: T, current: T, context: RequestContext): Begun<T> & { readonly done: () => void };
  afterDelete?(object: T): void;
  /** How a deletion goes on, for kinds that go their own way. */
  decideDeletion?(strategy: Strategy<T>, object: T, options: DeleteOptions, now: number): DeletionStep<T>;
  /** How its objects are converted, where that takes time. */
  readonly conversion?: Converting<T>;
  /** Whether a write leaves an object that nothing holds any more. */
  isFinished?(current: T, next: T): boolean;
}

export interface StoreOptions<T extends KubeObject> {
  readonly world: World;
  readonly etcd: Etcd;
  readonly strategy: Strategy<T>;
  readonly prefix: string;
  readonly freeze: boolean;
  readonly index?: IndexedField<T>;
  readonly leases?: EventLeases;
  readonly hooks?: StoreHooks<T>;
}

export interface WriteContext<T extends KubeObject> extends RequestContext {
  readonly warn: (text: string) => void;
  /** Where the stages of the write are noted; absent: the server's own writes. */
  readonly walk?: Walk;
  /** Validation of the version the client speaks, where it is stricter than the strategy's. */
  readonly validate?: (object: T) => readonly FieldError[];
  readonly validateUpdate?: (next: T, current: T) => readonly FieldError[];
  /** Validating admission; throws to refuse. */
  readonly admit?: (next: T | undefined, current: T | undefined) => Promise<void>;
}

export interface UpdateRequest<T extends KubeObject> {
  readonly namespace: string | undefined;
  readonly name: string;
  /** The wanted object, from the current one; called again when the write lost a race. */
  readonly next: (current: T | undefined) => T | Promise<T>;
  /** PUT insists on the uid the client sends, when it sends one. */
  readonly uid?: string | undefined;
  /** Which part may change; absent: the object itself. */
  readonly subresource?: SubresourceStrategy<T>;
  /** Create what does not exist, whatever the strategy says (server-side apply). */
  readonly forceCreate?: boolean;
}

export interface Deleted<T> {
  readonly object: T;
  /** False: it was only marked, finalizers or a grace period hold it. */
  readonly gone: boolean;
}
