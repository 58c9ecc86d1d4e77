/** What is served for one definition: a store per served version, all over the same keys. */
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import type { Served } from '../endpoints/endpoint.ts';
import { Store } from '../registry/generic/store.ts';
import { type CustomKind, coerce, customCodec } from './codec.ts';
import { type Conversion, convertingEtcd } from './converting-etcd.ts';
import { customStrategy, type RuleCheck } from './custom-strategy.ts';
import { type Definition, schemaOfVersion, type Version } from './schema-props.ts';

export interface ServeOptions {
  readonly world: World;
  readonly etcd: Etcd;
  readonly freeze: boolean;
  /** The rules of a version's schema, ready to be asked; undefined when it has none. */
  readonly rulesOf: (version: Version) => RuleCheck | undefined;
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
  const { group, names, scope, preserveUnknownFields = false } = definition.spec;
  const accepted = definition.status.acceptedNames ?? names;
  const kind: CustomKind = {
    group,
    version: version.name,
    kind: accepted.kind,
    schema: schemaOfVersion(version),
    preserveUnknownFields,
  };
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
  const store = new Store({
    world: { ...world, rng: world.rng.fork(label) },
    etcd: convertingEtcd(options.etcd, conversionOf(kind, `${group}/${storage.name}`)),
    strategy: customStrategy(definition, version, resource, options.rulesOf(version)),
    prefix: `/registry/${group}/${accepted.plural}/`,
    freeze: options.freeze,
  });
  return {
    resource,
    store,
    view: undefined,
    show: (object) => object,
    codec: customCodec(kind),
    custom: { listKind: accepted.listKind ?? `${accepted.kind}List`, storageVersion: storage.name, definition },
  };
}

/** Between this version and the stored one. With strategy None only apiVersion differs. */
function conversionOf(kind: CustomKind, storedVersion: string): Conversion {
  const apiVersion = `${kind.group}/${kind.version}`;
  const known = new WeakMap<KubeObject, KubeObject>();
  return {
    decode(stored) {
      let object = known.get(stored);
      if (!object) {
        const named = stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion };
        object = coerceStored(named, kind);
        known.set(stored, object);
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
function coerceStored(stored: KubeObject, kind: CustomKind): KubeObject {
  const { object } = coerce(stored, kind);
  const { metadata: _, ...before } = stored;
  const { metadata: __, ...after } = object;
  const names = Object.keys(after) as (keyof typeof before)[];
  const same =
    names.length === Object.keys(before).length &&
    names.every((name) => before[name] === (after as typeof before)[name]);
  return same ? stored : ({ ...after, metadata: stored.metadata } as unknown as KubeObject);
}
