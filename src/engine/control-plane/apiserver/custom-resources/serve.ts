/** What is served for one definition: a store per served version, all over the same keys. */
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import { type Rng, randomUuid, type World } from '#engine/sim';
import type { Served } from '../endpoints/endpoint.ts';
import { Store } from '../registry/generic/store.ts';
import type { Converting } from '../registry/generic/store-types.ts';
import { type CustomKind, coerce, customCodec } from './codec.ts';
import { type AskWebhook, convertByWebhook } from './conversion-review.ts';
import { type Conversion, convertingEtcd } from './converting-etcd.ts';
import { customStrategy, type RuleCheck } from './custom-strategy.ts';
import { type Definition, schemaOfVersion, type Version } from './schema-props.ts';
import { type Convert, toldConversion, VersionConversion } from './version-conversion.ts';

export interface ServeOptions {
  readonly world: World;
  readonly etcd: Etcd;
  readonly freeze: boolean;
  /** The rules of a version's schema, ready to be asked; undefined when it has none. */
  readonly rulesOf: (version: Version) => RuleCheck | undefined;
  /** Asks a definition's webhook; absent: this server only looks, and asks nobody. */
  readonly ask: AskWebhook | undefined;
}

/** Everything that is served for a definition, in the order of its versions. */
export function serveDefinition(definition: Definition, options: ServeOptions): readonly Served[] {
  const { spec } = definition;
  const storage = spec.versions.find((one) => one.storage) ?? spec.versions[0];
  if (!storage) return [];
  return spec.versions
    .filter(({ served }) => served)
    .map((version) => serveVersion(definition, version, storage, options));
}

function serveVersion(definition: Definition, version: Version, storage: Version, options: ServeOptions): Served {
  const { group, names, scope } = definition.spec;
  const accepted = definition.status.acceptedNames ?? names;
  const kind = kindOf(definition, `${group}/${version.name}`);
  const resource: Resource = Object.freeze({
    group,
    version: version.name,
    plural: accepted.plural,
    singular: accepted.singular ?? '',
    kind: accepted.kind,
    namespaced: scope === 'Namespaced',
  });
  const { world } = options;
  // A store that is made anew must not give the same names and uids once more.
  const label = `${definition.metadata.name}/${version.name}/${definition.metadata.resourceVersion}`;
  const rng = world.rng.fork(label);
  const convert = converterOf(definition, options, rng);
  const conversion = conversionOf(
    { ...formOf(definition, `${group}/${version.name}`, `${group}/${storage.name}`), convert },
    { ...options, definition },
    () => store.cache.endAll(),
  );
  const store = new Store({
    world: { ...world, rng },
    etcd: convertingEtcd(options.etcd, conversion),
    strategy: customStrategy(definition, version, resource, options.rulesOf(version)),
    prefix: `/registry/${group}/${accepted.plural}/`,
    freeze: options.freeze,
    hooks: { conversion },
  });
  return {
    resource,
    store,
    view: undefined,
    show: (object) => object,
    codec: customCodec(kind),
    custom: {
      listKind: accepted.listKind ?? `${accepted.kind}List`,
      storageVersion: storage.name,
      definition,
      convert: async (object, apiVersion) => {
        if (object.apiVersion === apiVersion) return object;
        const [converted] = await convert([object], apiVersion);
        return coerceStored(converted as KubeObject, kindOf(definition, apiVersion));
      },
    },
  };
}

/** The kind in one of its versions. */
function kindOf({ spec, status }: Definition, apiVersion: string): CustomKind {
  const version = spec.versions.find(({ name }) => `${spec.group}/${name}` === apiVersion);
  return {
    group: spec.group,
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind: (status.acceptedNames ?? spec.names).kind,
    schema: version && schemaOfVersion(version),
    preserveUnknownFields: spec.preserveUnknownFields ?? false,
  };
}

function formOf(definition: Definition, apiVersion: string, storedVersion: string) {
  const kinds = new Map<string, CustomKind>();
  const kindIn = (version: string): CustomKind => {
    const kind = kinds.get(version) ?? kindOf(definition, version);
    kinds.set(version, kind);
    return kind;
  };
  return {
    apiVersion,
    storedVersion,
    settled: (object: KubeObject) => coerceStored(object, kindIn(object.apiVersion)),
    pruned: (object: KubeObject) => coerceStored(object, kindIn(object.apiVersion), false),
  };
}

/** How objects get into another version. With strategy None only apiVersion differs. */
function converterOf(definition: Definition, { ask }: ServeOptions, rng: Rng): Convert {
  if (!ask || definition.spec.conversion?.strategy !== 'Webhook')
    return async (objects, apiVersion) => objects.map((object) => ({ ...object, apiVersion }));
  return (objects, apiVersion) => convertByWebhook(definition, objects, apiVersion, randomUuid(rng), ask);
}

type Form = ReturnType<typeof formOf> & { readonly convert: Convert };

/** Between this version and the stored ones, and what the store has to know of it. */
function conversionOf(
  form: Form,
  { definition, ask, world }: ServeOptions & { readonly definition: Definition },
  interrupt: () => void,
): Conversion & Converting<KubeObject> {
  if (definition.spec.conversion?.strategy !== 'Webhook') return renaming(form);
  if (!ask) return { ...toldConversion(form), isStale: () => false };
  return new VersionConversion(world, form, form.convert, interrupt);
}

/** Strategy None: every version is the same but for its schema. */
function renaming({ apiVersion, storedVersion, settled }: Form): Conversion & Converting<KubeObject> {
  const known = new WeakMap<KubeObject, KubeObject>();
  const stale = new WeakSet<KubeObject>();
  return {
    isStale: (object) => stale.has(object),
    decode(stored) {
      let object = known.get(stored);
      if (!object) {
        object = settled(stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion });
        known.set(stored, object);
        if (stored.apiVersion !== storedVersion) stale.add(object);
      }
      return object;
    },
    encode(object) {
      const stored = object.apiVersion === storedVersion ? object : { ...object, apiVersion: storedVersion };
      known.set(stored, object);
      return stored;
    },
  };
}

/** A stored object as today's schema has it; the same object when nothing has to change. */
function coerceStored(stored: KubeObject, kind: CustomKind, fill = true): KubeObject {
  const { object } = coerce(stored, kind, fill);
  const { metadata: _, ...before } = stored;
  const { metadata: __, ...after } = object;
  const names = Object.keys(after) as (keyof typeof before)[];
  const same =
    names.length === Object.keys(before).length &&
    names.every((name) => before[name] === (after as typeof before)[name]);
  return same ? stored : ({ ...after, metadata: stored.metadata } as unknown as KubeObject);
}
