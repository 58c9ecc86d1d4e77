/**
 * Custom resources in a running server: definitions are followed, served once established, named, established and finalized.
 * Costs nothing in a cluster without definitions.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go, controller/finalizer/crd_finalizer.go
 */
import { apiVersionOf, type CustomResourceDefinition, customResourceDefinitions, schemaFor } from '#engine/api';
import {
  fieldSetOf,
  isConflict,
  isNotFound,
  type KubeObject,
  StatusError,
  updateManagedFields,
} from '#engine/apimachinery';
import { prefixRange } from '#engine/control-plane/etcd';
import { formatTime, invariant, type Timer, type World } from '#engine/sim';
import type { Machinery } from './custom-resources/index.ts';
import type { Served, Stores } from './endpoints/endpoint.ts';
import type { ApiServerOptions } from './options.ts';
import {
  CLEANUP_FINALIZER,
  type DefinitionJudge,
  decideDefinitionDeletion,
  definitionStrategy,
} from './registry/apiextensions/custom-resource-definition.ts';
import type { decideDeletion } from './registry/generic/deletion.ts';
import type { Store } from './registry/generic/store.ts';
import type { StoreHooks } from './registry/generic/store-types.ts';
import type { Strategy } from './registry/strategy.ts';
import { prefixOf } from './storage/prefix.ts';

type Definition = CustomResourceDefinition;

/** A server that makes nothing (`bootstrap: false`) only looks: it writes no conditions either. */
export type CustomResourceHostOptions = Pick<ApiServerOptions, 'etcd' | 'freeze' | 'load' | 'bootstrap' | 'net'>;

export interface CustomResourceHost {
  readonly strategy: Strategy<Definition>;
  /** By resource, as stores want them. */
  readonly hooks: { readonly [groupResource: string]: StoreHooks<KubeObject> };
  /** Begins to follow definitions. */
  start(stores: Stores, signal: AbortSignal | undefined): void;
  /** Whether the machinery is on its way. */
  readonly isBusy: boolean;
  /** What requests wait for then. */
  settle(): Promise<void>;
}

/** How long the controllers take to see a change, and between two looks at objects that are going. */
const REACTION_MS = 5;
const POLL_MS = 5_000;
const POLLS = 12;
const REMAINING = 'could not confirm zero CustomResources remaining: timed out waiting for the condition';

const APISERVER = { username: 'system:apiserver', groups: ['system:masters'] };
const STATUS_RESETS = fieldSetOf(['metadata'], ['spec']);

/** @fidelity partial: a custom resource can be created at once, not two seconds after its definition is established */
export function createCustomResourceHost(world: World, options: CustomResourceHostOptions): CustomResourceHost {
  let machinery: Machinery | undefined;
  let loading: Promise<Machinery> | undefined;
  let busy: Promise<void> | undefined;
  let started: Stores | undefined;
  const servers = (): Stores => {
    invariant(started, 'a conversion before the server is there');
    return started;
  };
  const load = async (): Promise<Machinery> => {
    const { createMachinery } = await options.load('customresources');
    const cel = await options.load('cel');
    const { etcd, freeze = false, net, bootstrap } = options;
    const surroundings = bootstrap === false ? undefined : () => ({ world, stores: servers(), net });
    machinery ??= createMachinery({ world, cel, etcd, freeze, surroundings });
    return machinery;
  };
  const ready = (): Promise<Machinery> => {
    loading ??= load();
    return loading;
  };
  const judge = (): DefinitionJudge => {
    invariant(machinery, 'definitions are judged before their machinery is there');
    return machinery.judge;
  };
  return {
    strategy: definitionStrategy(judge),
    hooks: {
      'apiextensions.k8s.io/customresourcedefinitions': {
        beforeWrite: async () => {
          if (!machinery) await ready();
        },
        decideDeletion: decideDefinitionDeletion as unknown as typeof decideDeletion,
      },
    },
    get isBusy() {
      return busy !== undefined;
    },
    settle: async () => busy,
    start(stores, signal) {
      started = stores;
      const follower = new Follower(world, options, stores, signal);
      const follow = (names: readonly string[]) => {
        if (machinery) follower.changed(names, machinery);
        else if (names.length > 0)
          busy = ready().then((loaded) => {
            busy = undefined;
            follower.changed(names, loaded);
          });
      };
      const range = prefixRange(prefixOf(customResourceDefinitions));
      const { kvs } = options.etcd.range(range);
      follow(kvs.map(({ key }) => key.slice(range.key.length)));
      const stop = options.etcd.watch(range, 0, (events) =>
        follow(events.map(({ kv }) => kv.key.slice(range.key.length))),
      );
      signal?.addEventListener('abort', stop, { once: true });
    },
  };
}

/** What of a definition decides how its objects are served. */
const servingOf = ({ spec, status }: Definition): readonly unknown[] => [spec, status.acceptedNames];

const isTrue = ({ status }: Definition, type: string): boolean =>
  status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

class Follower {
  private readonly serving = new Map<string, readonly unknown[]>();
  private readonly pending = new Set<string>();
  private readonly finalizing = new Set<string>();
  private timer: Timer | undefined;

  constructor(
    private readonly world: World,
    private readonly options: CustomResourceHostOptions,
    private readonly stores: Stores,
    private readonly signal: AbortSignal | undefined,
  ) {}

  private get definitions(): Store<Definition> {
    return this.stores.of(customResourceDefinitions);
  }

  /** Some definitions were written or deleted. */
  changed(names: readonly string[], machinery: Machinery): void {
    for (const name of names) {
      this.serve(name, machinery);
      this.pending.add(name);
    }
    if (this.options.bootstrap === false || this.timer || this.signal?.aborted) return;
    this.timer = this.world.clock.after(REACTION_MS, 'apiserver.customresources', () => {
      this.timer = undefined;
      this.reconcile(machinery).catch((error: unknown) => this.panic(error));
    });
  }

  private panic(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.world.trace.emit('apiserver.panic', { message, stack: error instanceof Error ? (error.stack ?? '') : '' });
  }

  /** Mounts what an established definition serves; a definition that is gone takes it away. */
  private serve(name: string, machinery: Machinery): void {
    const definition = this.definitions.find(undefined, name);
    const established = definition && isTrue(definition, 'Established');
    const [before] = this.serving.has(name) ? [this.serving.get(name)] : [];
    if (!definition || !established) {
      if (this.serving.delete(name)) this.stores.mount(name, []);
      return;
    }
    const wanted = servingOf(definition);
    if (before?.every((part, i) => part === wanted[i])) {
      this.stores.mount(name, this.refreshed(definition));
      return;
    }
    this.serving.set(name, wanted);
    this.stores.mount(name, machinery.serve(definition));
  }

  /** The same stores under a definition whose conditions have changed. */
  private refreshed(definition: Definition): readonly Served[] {
    const { group } = definition.spec;
    const plural = definition.status.acceptedNames?.plural ?? '';
    return definition.spec.versions
      .map(({ name }) => this.stores.served(group, name, plural))
      .filter((served) => served !== undefined)
      .map((served) => (served.custom ? { ...served, custom: { ...served.custom, definition } } : served));
  }

  private async reconcile(machinery: Machinery): Promise<void> {
    const names = [...this.pending];
    this.pending.clear();
    for (const name of names) {
      const definition = this.definitions.find(undefined, name);
      if (!definition) {
        this.requeueGroup(name);
        continue;
      }
      const all = this.definitions.storage.list().map(({ value }) => value);
      const next = machinery.nextStatus(definition, all, this.now());
      if (next && (await this.writeStatus(definition, next))) continue;
      if (definition.metadata.finalizers?.includes(CLEANUP_FINALIZER) && definition.metadata.deletionTimestamp) {
        this.finalize(name, machinery).catch((error: unknown) => this.panic(error));
      }
    }
    if (this.pending.size > 0) this.changed([...this.pending], machinery);
  }

  /** Names that a deleted definition had are free. */
  private requeueGroup(deleted: string): void {
    const group = deleted.slice(deleted.indexOf('.') + 1);
    for (const { value } of this.definitions.storage.list()) {
      if (value.spec.group === group && !isTrue(value, 'NamesAccepted')) this.pending.add(value.metadata.name);
    }
  }

  private now(): string {
    return formatTime(this.world.clock.now());
  }

  /** Writes a status as the server itself. False: somebody else was faster, or it is gone. */
  private async writeStatus(current: Definition, next: Definition): Promise<boolean> {
    const strategy = this.definitions.strategy.status;
    const managed = updateManagedFields(current, next, schemaFor(customResourceDefinitions), {
      manager: 'kube-apiserver',
      apiVersion: apiVersionOf(customResourceDefinitions),
      time: this.now(),
      subresource: 'status',
      resetFields: STATUS_RESETS,
    });
    const request = { namespace: undefined, name: current.metadata.name, next: () => managed };
    const context = { world: this.world, user: APISERVER, namespace: undefined, dryRun: false, warn: () => undefined };
    try {
      await this.definitions.update({ ...request, ...(strategy && { subresource: strategy }) }, context);
      return true;
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Deletes every object of a definition that is going, then lets it go. */
  private async finalize(name: string, machinery: Machinery): Promise<void> {
    if (this.finalizing.has(name)) return;
    this.finalizing.add(name);
    try {
      const begun = await this.terminating(
        name,
        machinery,
        'True',
        'InstanceDeletionInProgress',
        'CustomResource deletion is in progress',
      );
      if (!begun) return;
      if (!isTrue(begun, 'Established')) {
        await this.terminating(name, machinery, 'False', 'NeverEstablished', 'resource was never established', true);
        return;
      }
      const left = await this.deleteInstances(begun);
      if (left !== '') {
        const reason = left === REMAINING ? 'InstanceDeletionCheck' : 'InstanceDeletionFailed';
        await this.terminating(name, machinery, 'True', reason, left);
        this.finalizing.delete(name);
        this.changed([name], machinery);
        return;
      }
      await this.terminating(name, machinery, 'False', 'InstanceDeletionCompleted', 'removed all instances', true);
    } finally {
      this.finalizing.delete(name);
    }
  }

  private async terminating(
    name: string,
    machinery: Machinery,
    status: string,
    reason: string,
    message: string,
    release = false,
  ): Promise<Definition | undefined> {
    for (;;) {
      const current = this.definitions.find(undefined, name);
      if (!current) return undefined;
      const told = machinery.withCondition(current, { type: 'Terminating', status, reason, message }, this.now());
      const finalizers = (told.metadata.finalizers ?? []).filter((one) => one !== CLEANUP_FINALIZER);
      const { finalizers: _, ...metadata } = told.metadata;
      const next = release
        ? { ...told, metadata: finalizers.length > 0 ? { ...metadata, finalizers } : metadata }
        : told;
      if (await this.writeStatus(current, next)) return this.definitions.find(undefined, name) ?? next;
    }
  }

  /** What keeps the definition: objects held by finalizers of their own, or a conversion that fails; '' when none is left. */
  private async deleteInstances({ spec, status }: Definition): Promise<string> {
    const store = this.stores.find(spec.group, status.acceptedNames?.plural ?? '');
    if (!store) return '';
    for (let poll = 0; poll < POLLS && !this.signal?.aborted && store.storage.count() > 0; poll++) {
      if (poll > 0) {
        await this.world.clock.sleep(POLL_MS, 'apiserver.customresources', this.signal);
        continue;
      }
      try {
        const objects = await store.reading(() => store.storage.list());
        for (const { value } of objects) await this.deleteOne(store, value);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        await this.world.clock.sleep(POLL_MS, 'apiserver.customresources', this.signal);
        return `could not list instances: ${error.message}`;
      }
    }
    return store.storage.count() > 0 ? REMAINING : '';
  }

  private async deleteOne(store: Store, { metadata }: KubeObject): Promise<void> {
    const { namespace } = metadata;
    const context = { world: this.world, user: APISERVER, namespace, dryRun: false, warn: () => undefined };
    try {
      await store.delete(namespace, metadata.name, {}, context);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
