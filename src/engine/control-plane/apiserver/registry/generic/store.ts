/**
 * One resource as the server keeps it: strategy, storage and watch cache together. All writes pass here, each as one
 * compare-and-swap: a refused or lost write leaves nothing behind.
 * @upstream staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go
 */
import type { Resource } from '#engine/api';
import {
  type DeleteOptions,
  type FieldError,
  failure,
  jsonEqual,
  type KubeObject,
  StatusError,
  statusErrors,
} from '#engine/apimachinery';
import type { Etcd, KeyValue } from '#engine/control-plane/etcd';
import { formatTime, type Rng, randomUuid, type World } from '#engine/sim';
import type { EventLeases } from '../../storage/event-leases.ts';
import { type ListQuery, type ListResult, listObjects } from '../../storage/list.ts';
import { ObjectStorage } from '../../storage/object-storage.ts';
import { type FieldReader, fieldReader } from '../../storage/selection.ts';
import { WatchCache } from '../../storage/watch-cache.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import {
  checkPreconditions,
  type DeletionStep,
  decideDeletion,
  isFinished,
  RETURNS_DELETED,
  validateDeleteOptions,
} from './deletion.ts';
import { carryMeta, generatedName, withName, withNamespace, withVersion } from './object-changes.ts';
import {
  newSystemFields,
  pathSegmentName,
  subdomainName,
  validateObjectMeta,
  validateObjectMetaUpdate,
  validatePathSegments,
} from './object-meta.ts';
import type { Begun, Deleted, StoreHooks, StoreOptions, UpdateRequest, WriteContext } from './store-types.ts';
import { checkUid, checkVersion } from './write-preconditions.ts';

const NAME_ATTEMPTS = 8;

/** @fidelity full */
export class Store<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly strategy: Strategy<T>;
  readonly storage: ObjectStorage<T>;
  readonly cache: WatchCache<T>;
  readonly read: FieldReader<T>;
  private readonly world: World;
  private readonly etcd: Etcd;
  private readonly leases: EventLeases | undefined;
  private readonly hooks: StoreHooks<T>;
  private readonly names: Rng;

  constructor(options: StoreOptions<T>) {
    this.world = options.world;
    this.etcd = options.etcd;
    this.strategy = options.strategy;
    this.resource = options.strategy.resource;
    this.leases = options.leases;
    this.hooks = options.hooks ?? {};
    this.storage = new ObjectStorage<T>(options.etcd, options.prefix, options.freeze);
    this.read = fieldReader(options.strategy);
    this.cache = new WatchCache<T>(
      options.world,
      options.etcd,
      this.storage,
      this.resource.namespaced,
      this.read,
      options.index,
    );
    this.names = options.world.rng.fork(`apiserver/${this.resource.group}/${this.resource.plural}`);
  }

  get returnsDeleted(): boolean {
    return RETURNS_DELETED.has(this.resource.plural);
  }

  private get groupResource() {
    return { group: this.resource.group, resource: this.resource.plural };
  }

  /** What a reading of this store gives: at once, unless its objects are converted elsewhere. */
  reading<R>(read: () => R, fresh?: boolean): R | Promise<R> {
    return this.hooks.conversion?.settle?.(read, fresh) ?? read();
  }

  /** What is put into etcd for an object. */
  private toStore(object: T): T | Promise<T> {
    return this.hooks.conversion?.beforeStore?.(object) ?? object;
  }

  /** Undefined when absent. */
  find(namespace: string | undefined, name: string): T | undefined {
    return this.storage.get(this.storage.key(this.scope(namespace), name))?.value;
  }

  /** Throws NotFound. */
  get(namespace: string | undefined, name: string): T {
    const object = this.find(namespace, name);
    if (!object) throw statusErrors.notFound(this.groupResource, name);
    return object;
  }

  list(query: ListQuery): ListResult<T> {
    return listObjects(this.etcd, this.storage, this.cache, this.read, query);
  }

  /** Throws AlreadyExists, Invalid, or what admission refuses. */
  async create(draft: T, context: WriteContext<T>): Promise<T> {
    if (this.hooks.beforeWrite) await this.hooks.beforeWrite(draft, undefined, context);
    const generated = !draft.metadata.name && !!draft.metadata.generateName;
    for (let attempt = 1; ; attempt++) {
      const created = await this.createOnce(draft, context, generated);
      if (created) return created;
      if (!generated || attempt === NAME_ATTEMPTS) break;
    }
    throw await this.alreadyExists(context.namespace, draft, generated);
  }

  /** The server's own object, as it is: nobody is asked. False, and nothing happens, when one of the name is there. */
  seed(namespace: string | undefined, draft: T): boolean {
    const fresh = newSystemFields(draft, randomUuid(this.names), formatTime(this.world.clock.now()));
    const object = this.withGeneration(this.inScope(fresh, namespace));
    return this.storage.create(this.storage.key(this.scope(namespace), object.metadata.name), object) !== undefined;
  }

  /** Takes away what `seed` wrote. */
  unseed(namespace: string | undefined, name: string): void {
    const current = this.storage.get(this.storage.key(this.scope(namespace), name));
    if (current) this.storage.remove(current);
  }

  private async createOnce(draft: T, context: WriteContext<T>, generated: boolean): Promise<T | undefined> {
    const { strategy } = this;
    const { name, generateName } = draft.metadata;
    // A name that is missing is an empty one to all that follows.
    const given = name === undefined ? withName(draft, '') : draft;
    const named = generated ? withName(draft, generatedName(this.names, generateName as string)) : given;
    const fresh = newSystemFields(named, randomUuid(this.names), formatTime(this.world.clock.now()));
    const scoped = this.inScope(fresh, context.namespace);
    const begun: Begun<T> = this.hooks.beginCreate?.(scoped, context) ?? { object: scoped };
    let kept = false;
    try {
      const { walk } = context;
      walk?.enter('prepare');
      const object = this.withGeneration(strategy.prepareForCreate?.(begun.object, context) ?? begun.object);
      walk?.pass(draft, object);
      walk?.enter('validation');
      this.validateCreate(object, context);
      if (strategy.authorize) await this.authorize(object, undefined, context);
      walk?.pass();
      for (const warning of strategy.warnings?.(object) ?? []) context.warn(warning);
      await context.admit?.(object, undefined);
      walk?.enter('storage');
      const key = this.storage.key(this.scope(context.namespace), object.metadata.name);
      const { resourceVersion } = draft.metadata;
      if (resourceVersion && resourceVersion !== '0') {
        throw failure(500, 'resourceVersion should not be set on objects to be created');
      }
      const stored = context.dryRun ? object : await this.toStore(object);
      if (this.storage.has(key)) return undefined;
      if (context.dryRun) return object;
      begun.commit?.();
      const created = this.storage.create(key, stored, this.leases?.current());
      walk?.pass(undefined, created);
      kept = created !== undefined;
      return created;
    } finally {
      if (!kept) begun.undo?.();
    }
  }

  private async authorize(object: T, before: T | undefined, context: WriteContext<T>): Promise<void> {
    const access = this.hooks.access?.();
    if (access)
      this.refuse(object.metadata.name, (await this.strategy.authorize?.(object, before, context, access)) ?? []);
  }

  private validateCreate(object: T, context: WriteContext<T>): void {
    const { strategy, resource } = this;
    const errors = [
      ...validateObjectMeta(object.metadata, resource.namespaced, strategy.validateName ?? subdomainName),
      ...(context.validate?.(object) ?? strategy.validate(object)),
    ];
    this.refuse(object.metadata.name, errors);
    this.refuse(object.metadata.name, validatePathSegments(object.metadata));
  }

  /** Throws NotFound, Conflict, Invalid, or what admission refuses. `created`: it did not exist before. */
  async update(
    request: UpdateRequest<T>,
    context: WriteContext<T>,
  ): Promise<{ readonly object: T; readonly created: boolean }> {
    const { namespace, name } = request;
    const key = this.storage.key(this.scope(namespace), name);
    for (;;) {
      const current = await this.reading(() => this.storage.get(key));
      if (!current) {
        if (!request.forceCreate && !(this.strategy.allowCreateOnUpdate && !request.subresource)) {
          // The client's object is still read, so that what is wrong with it is said first.
          await request.next(undefined);
          throw statusErrors.notFound(this.groupResource, name);
        }
        // Where there is no version, the one the client names is of no consequence.
        const draft = withVersion(await request.next(undefined), '');
        return { object: await this.create(draft, context), created: true };
      }
      checkUid(this.groupResource, request, current);
      const wanted = await request.next(current.value);
      if (this.hooks.beforeWrite) await this.hooks.beforeWrite(wanted, current.value, context);
      const written = await this.updateOnce(request, current, wanted, context);
      if (written) return { object: written, created: false };
    }
  }

  private async updateOnce(
    request: UpdateRequest<T>,
    current: KeyValue<T>,
    wanted: T,
    context: WriteContext<T>,
  ): Promise<T | undefined> {
    const { strategy } = this;
    const { walk } = context;
    const before = current.value;
    walk?.enter('prepare');
    const version = checkVersion(this.groupResource, strategy, wanted, current);
    const carried = carryMeta({ ...wanted, metadata: { ...wanted.metadata, resourceVersion: version } }, before);
    const scoped = this.inScope(carried, request.namespace);
    const prepared = request.subresource
      ? request.subresource.prepareForUpdate(scoped, before, context)
      : (strategy.prepareForUpdate?.(scoped, before, context) ?? scoped);
    const begun = request.subresource ? undefined : this.hooks.beginUpdate?.(prepared, before, context);
    let kept = false;
    try {
      const isStatus = request.subresource !== undefined && request.subresource === strategy.status;
      const object = this.withNextGeneration(begun?.object ?? prepared, before, isStatus);
      walk?.pass(wanted, object);
      walk?.enter('validation');
      const errors = this.validateUpdate(object, before, request.subresource, context);
      this.refuse(object.metadata.name, errors);
      if (strategy.authorize && !request.subresource) await this.authorize(object, before, context);
      walk?.pass();
      const warnings = request.subresource
        ? request.subresource.warnings?.(object, before)
        : strategy.warnings?.(object, before);
      for (const warning of warnings ?? []) context.warn(warning);
      await context.admit?.(object, before);
      walk?.enter('storage');
      const finished = this.hooks.isFinished?.(before, object) ?? isFinished(before.metadata, object.metadata);
      if (finished && !context.dryRun) {
        kept = this.storage.remove(current);
        walk?.pass(before, undefined);
        if (kept) this.hooks.afterDelete?.(object);
        return kept ? object : undefined;
      }
      if (jsonEqual(object, before) && !this.hooks.conversion?.isStale(before)) {
        walk?.pass(before, before);
        return before;
      }
      if (context.dryRun) return object;
      const stored = await this.toStore(object);
      begun?.commit?.();
      const written = this.storage.replace(current, stored, this.leases?.current());
      kept = written !== undefined;
      if (written) walk?.pass(before, written);
      return written;
    } finally {
      if (kept) begun?.done();
      else begun?.undo?.();
    }
  }

  private validateUpdate(
    object: T,
    before: T,
    subresource: SubresourceStrategy<T> | undefined,
    context: WriteContext<T>,
  ): readonly FieldError[] {
    const meta = validateObjectMetaUpdate(object.metadata, before.metadata);
    const own = subresource
      ? subresource.validateUpdate(object, before)
      : (context.validateUpdate?.(object, before) ?? this.strategy.validateUpdate(object, before));
    const shape = validateObjectMeta(object.metadata, this.resource.namespaced, pathSegmentName, before.metadata);
    // The rules about metadata are said twice upstream: by the machinery and by every kind.
    return [...shape, ...meta, ...meta, ...own];
  }

  /** Throws NotFound, Conflict for preconditions, Invalid for odd options. */
  async delete(
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
    context: WriteContext<T>,
  ): Promise<Deleted<T>> {
    const faults = validateDeleteOptions(options);
    if (faults.length > 0) throw statusErrors.invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', faults);
    const { orphanWarning } = this.strategy;
    if (orphanWarning && options.propagationPolicy === undefined && options.orphanDependents === undefined) {
      context.warn(orphanWarning);
    }
    const key = this.storage.key(this.scope(namespace), name);
    for (;;) {
      const current = await this.reading(() => this.storage.get(key));
      if (!current) throw statusErrors.notFound(this.groupResource, name);
      checkPreconditions(options, current.value);
      await context.admit?.(undefined, current.value);
      context.walk?.enter('storage');
      const decide = this.hooks.decideDeletion ?? decideDeletion;
      const step = decide(this.strategy, current.value, options, this.world.clock.now());
      if (context.dryRun) return { object: step.object, gone: step.kind === 'remove' };
      if (step.kind === 'pending') return { object: step.object, gone: false };
      if (step.kind === 'mark') {
        if (jsonEqual(step.object, current.value)) return { object: current.value, gone: false };
        const marked = this.storage.replace(current, await this.toStore(step.object));
        if (marked) {
          context.walk?.pass(current.value, marked);
          return { object: marked, gone: false };
        }
      } else if (await this.removeFinally(current, step)) {
        context.walk?.pass(current.value, undefined);
        this.hooks.afterDelete?.(step.object);
        return { object: withVersion(step.object, String(this.etcd.revision)), gone: true };
      }
    }
  }

  private async removeFinally(current: KeyValue<T>, step: DeletionStep<T>): Promise<boolean> {
    const markFirst = step.kind === 'remove' && step.markFirst === true;
    if (!markFirst || jsonEqual(step.object, current.value)) return this.storage.remove(current);
    if (!this.storage.replace(current, await this.toStore(step.object))) return false;
    const marked = await this.reading(() => this.storage.get(current.key));
    return marked !== undefined && this.storage.remove(marked);
  }

  private scope(namespace: string | undefined): string | undefined {
    return this.resource.namespaced ? namespace : undefined;
  }

  private inScope(object: T, namespace: string | undefined): T {
    return withNamespace(object, this.scope(namespace));
  }

  private withGeneration(object: T): T {
    const { generation: _, ...meta } = object.metadata;
    const counted = this.strategy.generation && !this.strategy.startsWithoutGeneration;
    return { ...object, metadata: counted ? { ...meta, generation: 1 } : meta };
  }

  private withNextGeneration(next: T, before: T, isStatus: boolean): T {
    const generation = before.metadata.generation;
    const moved = !isStatus && (this.strategy.generation?.(next, before) ?? false);
    const wanted = moved ? (generation ?? 0) + 1 : generation;
    if (next.metadata.generation === wanted) return next;
    const { generation: _, ...meta } = next.metadata;
    return { ...next, metadata: wanted === undefined ? meta : { ...meta, generation: wanted } };
  }

  private refuse(name: string | undefined, errors: readonly FieldError[]): void {
    if (errors.length === 0) return;
    throw statusErrors.invalid(this.resource, name ?? '', errors);
  }

  private async alreadyExists(namespace: string | undefined, draft: T, generated: boolean): Promise<Error> {
    const { name } = draft.metadata;
    if (generated) return statusErrors.alreadyExists(this.groupResource, draft.metadata.generateName as string);
    const error = statusErrors.alreadyExists(this.groupResource, name);
    const existing = await this.reading(() => this.find(namespace, name));
    if (existing?.metadata.deletionTimestamp === undefined) return error;
    return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` });
  }
}
