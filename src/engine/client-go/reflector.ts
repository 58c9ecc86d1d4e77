/** Keeps a cache equal to what the server has: list, then watch, and again from the start when history is gone. */
import type { Resource } from '#engine/api';
import { type KubeObject, type Status, StatusError, type WatchEvent } from '#engine/apimachinery';
import { NetError, type Source } from '#engine/http';
import type { World } from '#engine/sim';
import { createBackoff } from './backoff.ts';
import type { Client } from './client.ts';
import { isPanic } from './panic.ts';

/** Where a reflector puts what it learns. Called synchronously, in the order of revisions. */
export interface ReflectorTarget<T> {
  replace(objects: readonly T[]): void;
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

export interface ReflectorSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const PAGE_SIZE = 500;

/**
 * Runs until `signal` aborts; failures are retried with back-off (0.8 s doubling to 30 s, with jitter). Rejects only for a bug in the target.
 * @upstream staging/src/k8s.io/client-go/tools/cache/reflector.go
 * @fidelity partial: lists and watches (no streaming list); asks for no watch timeout, the server decides
 */
export async function runReflector<T extends KubeObject>(
  world: World,
  client: Client,
  resource: Resource<T>,
  selection: ReflectorSelection,
  target: ReflectorTarget<T>,
  signal: AbortSignal,
): Promise<void> {
  const reflector = new Reflector(world, client, resource, selection, target, signal);
  await reflector.run();
}

class Reflector<T extends KubeObject> {
  private resourceVersion = '';
  private versionUnavailable = false;
  /** What a handler threw: no fault of the server's. */
  private fault: unknown;
  private readonly backoff: () => number;
  private readonly name: string;

  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly resource: Resource<T>,
    private readonly selection: ReflectorSelection,
    private readonly target: ReflectorTarget<T>,
    private readonly signal: AbortSignal,
  ) {
    this.name = `reflector ${resource.plural}${selection.fieldSelector ? ` ${selection.fieldSelector}` : ''}`;
    this.backoff = createBackoff(world.clock, world.rng.fork(this.name), {
      initialMs: 800,
      maxMs: 30_000,
      factor: 2,
      jitter: 1,
      resetMs: 120_000,
    });
  }

  async run(): Promise<void> {
    // Whoever asked for the informer registers handlers and indexers first.
    await undefined;
    while (!this.signal.aborted) {
      try {
        await this.list();
        await this.watchUntilRelist();
      } catch (error) {
        if (this.signal.aborted) return;
        if (isPanic(error) || this.fault !== undefined) throw error;
      }
      await this.pause();
    }
  }

  private pause(): Promise<void> {
    return this.signal.aborted ? Promise.resolve() : this.world.clock.sleep(this.backoff(), this.name, this.signal);
  }

  private async list(): Promise<void> {
    const first = this.versionUnavailable ? '' : this.resourceVersion || '0';
    try {
      await this.listFrom(first);
    } catch (error) {
      // The remembered revision is gone (or not there yet): upstream asks again at once for the newest.
      if (!isExpired(error) && !isTooLarge(error)) throw error;
      this.versionUnavailable = true;
      await this.listFrom('');
    }
    this.versionUnavailable = false;
  }

  private async listFrom(resourceVersion: string): Promise<void> {
    // Revision "0" is answered whole from the watch cache; only exact reads are paged.
    const limit = resourceVersion === '' ? { limit: PAGE_SIZE } : {};
    let page = await this.client.list(this.resource, {
      ...this.selection,
      ...limit,
      resourceVersion,
      signal: this.signal,
    });
    let items = page.items;
    const revision = page.metadata.resourceVersion ?? '';
    while (page.metadata.continue) {
      page = await this.client.list(this.resource, {
        ...this.selection,
        ...limit,
        continue: page.metadata.continue,
        signal: this.signal,
      });
      items = [...items, ...page.items];
    }
    if (this.signal.aborted) return;
    this.deliver(() => this.target.replace(items));
    this.resourceVersion = revision;
  }

  /** Returns when history is gone; throws for other failures. */
  private async watchUntilRelist(): Promise<void> {
    while (!this.signal.aborted) {
      const startedAt = this.world.clock.now();
      const before = this.resourceVersion;
      const outcome = await this.watchOnce();
      if (outcome === 'relist' || this.signal.aborted) return;
      if (outcome === 'busy') await this.pause();
      else if (this.resourceVersion === before && this.world.clock.now() - startedAt < 1000) {
        throw new NetError(
          'ECONNRESET',
          'very short watch: unexpected watch close - watch lasted less than a second and no items received',
        );
      }
    }
  }

  private async watchOnce(): Promise<'ended' | 'busy' | 'relist'> {
    let frames: Source<WatchEvent<T>>;
    try {
      frames = await this.client.watch(this.resource, {
        ...this.selection,
        resourceVersion: this.resourceVersion,
        allowWatchBookmarks: true,
        signal: this.signal,
      });
    } catch (error) {
      if (isExpired(error)) return 'relist';
      if (isBusy(error)) return 'busy';
      throw error;
    }
    const stop = () => frames.cancel();
    this.signal.addEventListener('abort', stop, { once: true });
    if (this.signal.aborted) stop();
    try {
      await frames.forEach((event) => {
        this.take(event);
      });
      return 'ended';
    } catch (error) {
      if (isPanic(error) || this.fault !== undefined) throw error;
      return isExpired(error) ? 'relist' : isBusy(error) ? 'busy' : 'ended';
    } finally {
      this.signal.removeEventListener('abort', stop);
      frames.cancel();
    }
  }

  private deliver(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.fault = error;
      throw error;
    }
  }

  private take(event: WatchEvent<T>): void {
    if (this.signal.aborted) return;
    if (event.type === 'ERROR') throw new StatusError(event.object as unknown as Status);
    const { type, object } = event;
    if (type !== 'BOOKMARK') this.deliver(() => this.target.apply(type, object));
    this.resourceVersion = event.object.metadata.resourceVersion ?? this.resourceVersion;
  }
}

const isExpired = (error: unknown): boolean =>
  error instanceof StatusError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone');

const isTooLarge = (error: unknown): boolean =>
  error instanceof StatusError &&
  error.reason === 'Timeout' &&
  (error.status.details?.causes ?? []).some((cause) => cause.reason === 'ResourceVersionTooLarge');

const isBusy = (error: unknown): boolean =>
  (error instanceof NetError && error.code === 'ECONNREFUSED') || (error instanceof StatusError && error.code === 429);
