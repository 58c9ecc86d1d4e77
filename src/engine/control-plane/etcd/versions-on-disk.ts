/** How versions lie in the data directory: everything about one in its key, the value alone as text, so that history is parsed only when read. */
import type { Ledger, Saved } from '#engine/sim';
import type { KeyValue, Revision } from './etcd.ts';

/** Unique: a transaction changes a key once. */
export const versionKey = <V>({ modRevision, createRevision, version, lease, key }: KeyValue<V>): string =>
  `${modRevision} ${createRevision} ${version} ${lease ?? ''} ${key}`;

/** A deletion repeats its predecessor's value, which is written already. */
export function noteVersion<V>(ledger: Ledger, kv: KeyValue<V>): void {
  ledger.put(versionKey(kv), () => (kv.version === 0 ? 0 : kv.value));
}

class StoredVersion<V> implements KeyValue<V> {
  private parsed: V | undefined;

  constructor(
    readonly key: string,
    readonly createRevision: Revision,
    readonly modRevision: Revision,
    readonly version: number,
    private text: string | undefined,
  ) {}

  get value(): V {
    if (this.text !== undefined) {
      this.parsed = JSON.parse(this.text) as V;
      this.text = undefined;
    }
    return this.parsed as V;
  }
}

class LeasedVersion<V> extends StoredVersion<V> {
  constructor(
    key: string,
    createRevision: Revision,
    modRevision: Revision,
    version: number,
    text: string | undefined,
    readonly lease: number,
  ) {
    super(key, createRevision, modRevision, version, text);
  }
}

const KEY = /^(\d+) (\d+) (\d+) (\d*) (.*)$/s;

interface Found {
  readonly modRevision: Revision;
  readonly createRevision: Revision;
  readonly version: number;
  readonly lease: string;
  readonly key: string;
  readonly at: string;
}

function read(at: string): Found {
  const match = KEY.exec(at);
  if (!match) throw new Error(`etcd's data directory holds ${JSON.stringify(at)}`);
  const [, mod, create, version, lease, key] = match as unknown as readonly [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { modRevision: Number(mod), createRevision: Number(create), version: Number(version), lease, key, at };
}

/** Every version, by revision. `before`: what a key holds after the versions so far. */
export function* savedVersions<V>(
  saved: Saved,
  before: (key: string) => KeyValue<V> | undefined,
): Iterable<KeyValue<V>> {
  const all = Array.from(saved.keys(), read).sort((a, b) => a.modRevision - b.modRevision);
  for (const { key, createRevision, modRevision, version, lease, at } of all) {
    if (version === 0) yield { key, createRevision, modRevision, version, value: before(key)?.value as V };
    else if (lease === '') yield new StoredVersion<V>(key, createRevision, modRevision, version, saved.text(at));
    else yield new LeasedVersion<V>(key, createRevision, modRevision, version, saved.text(at), Number(lease));
  }
}
