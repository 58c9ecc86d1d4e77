/**
 * One served version of a definition whose conversion is a webhook's: what is stored in other versions is asked for once and
 * remembered. Reading is synchronous, so a reading that meets what nobody has converted yet is given up, and repeated when it has been.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go crdConversionRESTOptionsGetter
 */
import { type KubeObject, StatusError } from '#engine/apimachinery';
import { invariant, type World } from '#engine/sim';
import type { Converting } from '../registry/generic/store-types.ts';
import type { Conversion } from './converting-etcd.ts';

/** Converts objects by the definition's webhook. Rejects with what upstream answers. */
export type Convert = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>;

interface Form {
  /** `stable.example.com/v2` */
  readonly apiVersion: string;
  readonly storedVersion: string;
  /** An object of any version as that version's schema has it today, defaults and all. */
  readonly settled: (object: KubeObject) => KubeObject;
  /** Without what that version's schema does not know. */
  readonly pruned: (object: KubeObject) => KubeObject;
}

/** Objects that a reading met and nobody has converted yet. */
class Unconverted extends Error {
  constructor(readonly stored: readonly KubeObject[]) {
    super('an object is read before its conversion');
  }
}

interface Prepared {
  readonly object: KubeObject;
  readonly stored: KubeObject;
}

const MAX_PREPARED = 100;
const FIRST_RETRY_MS = 800;
const LAST_RETRY_MS = 30_000;

/** What servers of the same cluster that only look may show: a server that asks has been told it. By stored object and version. */
const toldBy = new WeakMap<KubeObject, Map<string, KubeObject>>();

/** What a server that asks nobody shows: what another was told, or else the object as it is stored. */
export function toldConversion({ apiVersion, settled }: Form): Conversion {
  return {
    decode: (stored) => {
      if (stored.apiVersion === apiVersion) return settled(stored);
      return toldBy.get(stored)?.get(apiVersion) ?? { ...stored, apiVersion };
    },
    encode: (object) => object,
  };
}

/** What a version's store, and its view of etcd, ask for conversions. */
export class VersionConversion implements Conversion, Converting<KubeObject> {
  private readonly known = new WeakMap<KubeObject, KubeObject>();
  private readonly stale = new WeakSet<KubeObject>();
  private readonly prepared = new Map<string, Prepared>();
  /** What a reading that wants everything anew has been given. */
  private anew: Set<KubeObject> | undefined;
  private queue: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly world: World,
    private readonly form: Form,
    private readonly convert: Convert,
    /** Watches of this version cannot go on for now. */
    private readonly interrupt: () => void,
  ) {}

  /** Nothing is asked for any more. */
  readonly close = (): void => {
    this.closed = true;
  };

  readonly decode = (stored: KubeObject): KubeObject => {
    const known = this.recall(stored);
    if (!known) throw new Unconverted([stored]);
    return known;
  };

  readonly demand = (stored: readonly KubeObject[]): void => {
    const missing = stored.filter((one) => !this.recall(one));
    if (missing.length > 0) throw new Unconverted(missing);
  };

  readonly encode = (object: KubeObject): KubeObject => {
    const { apiVersion, storedVersion } = this.form;
    if (storedVersion === apiVersion) {
      this.remember(object, object);
      return object;
    }
    const ready = this.prepared.get(object.metadata.uid ?? '');
    invariant(ready && isSameBut(object, ready.object), 'an object is stored that has not been converted');
    this.prepared.delete(object.metadata.uid ?? '');
    const { resourceVersion } = object.metadata;
    const metadata = { ...ready.stored.metadata, ...(resourceVersion !== undefined && { resourceVersion }) };
    const stored = { ...ready.stored, metadata };
    this.remember(stored, object);
    return stored;
  };

  readonly whenReady = (stored: readonly KubeObject[], call: () => void): void => {
    if (!this.queue && stored.every((one) => this.recall(one))) {
      call();
      return;
    }
    const before = this.queue ?? Promise.resolve();
    const mine = before
      .then(() => this.bring(stored))
      .then(() => {
        if (!this.closed) call();
        if (this.queue === mine) this.queue = undefined;
      });
    this.queue = mine;
  };

  async settle<R>(read: () => R, fresh = false): Promise<R> {
    const anew = fresh ? new Set<KubeObject>() : undefined;
    for (;;) {
      try {
        this.anew = anew;
        return read();
      } catch (error) {
        if (!(error instanceof Unconverted)) throw error;
        this.anew = undefined;
        await this.ask(error.stored);
        for (const one of error.stored) anew?.add(one);
      } finally {
        this.anew = undefined;
      }
    }
  }

  async beforeStore(object: KubeObject): Promise<KubeObject> {
    const { apiVersion, storedVersion, pruned, settled } = this.form;
    if (storedVersion === apiVersion) return object;
    const [converted] = await this.convert([object], storedVersion);
    const stored = pruned(converted as KubeObject);
    const [back] = await this.convert([settled(stored)], apiVersion);
    const shown = pruned(back as KubeObject);
    // What was never stored, for another was faster, is forgotten some time.
    const [oldest] = this.prepared.size < MAX_PREPARED ? [] : this.prepared.keys();
    if (oldest !== undefined) this.prepared.delete(oldest);
    this.prepared.set(shown.metadata.uid ?? '', { object: shown, stored });
    return shown;
  }

  isStale(object: KubeObject): boolean {
    return this.stale.has(object);
  }

  private recall(stored: KubeObject): KubeObject | undefined {
    if (stored.apiVersion !== this.form.apiVersion) {
      return this.anew && !this.anew.has(stored) ? undefined : this.known.get(stored);
    }
    const known = this.known.get(stored);
    if (known) return known;
    const object = this.form.settled(stored);
    this.remember(stored, object);
    return object;
  }

  private remember(stored: KubeObject, object: KubeObject): void {
    const { apiVersion, storedVersion } = this.form;
    this.known.set(stored, object);
    if (stored.apiVersion !== storedVersion) this.stale.add(object);
    if (stored.apiVersion === apiVersion) return;
    const versions = toldBy.get(stored) ?? new Map<string, KubeObject>();
    versions.set(apiVersion, object);
    toldBy.set(stored, versions);
  }

  private async ask(stored: readonly KubeObject[]): Promise<void> {
    const { apiVersion, settled, pruned } = this.form;
    const converted = await this.convert(stored.map(settled), apiVersion);
    for (const [i, one] of stored.entries()) this.remember(one, pruned(converted[i] as KubeObject));
  }

  /** Converts what a watch has to deliver, for as long as it takes. */
  private async bring(stored: readonly KubeObject[]): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !this.closed; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      const missing = stored.filter((one) => !this.recall(one));
      if (missing.length === 0) return;
      try {
        await this.ask(missing);
        return;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        this.interrupt();
        await this.world.clock.sleep(retryMs, 'apiserver.conversion');
      }
    }
  }
}

/** Whether two objects are the same but for their metadata. */
function isSameBut(one: KubeObject, other: KubeObject): boolean {
  const { metadata: _, ...rest } = one;
  const { metadata: __, ...others } = other;
  const names = Object.keys(rest) as (keyof typeof rest)[];
  return names.length === Object.keys(others).length && names.every((name) => rest[name] === others[name]);
}
