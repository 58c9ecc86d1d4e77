/** How the server writes its own first objects: whole, with their status and with who owns which field. */
import { apiVersionOf, type Resource, schemaForKind } from '#engine/api';
import {
  type Draft,
  decodeObject,
  fieldSetOf,
  type KubeObject,
  type ManagedFieldsEntry,
  updateManagedFields,
} from '#engine/apimachinery';
import { formatTime, type World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';

interface SeedOptions {
  /** Default `kube-apiserver`. */
  readonly manager?: string;
  readonly status?: object;
  /** Who applied the status, where that is recorded. */
  readonly statusManager?: string;
  /** Which fields of a condition are the status manager's; default all. */
  readonly statusFields?: readonly string[];
}

/** Writes what is absent. */
export interface Seed {
  /** The instant, as timestamps have it. */
  readonly now: string;
  put<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    draft: Draft<T>,
    options?: SeedOptions,
  ): void;
}

/** The server as a client of its own. */
export const SERVER = Object.freeze({ username: 'system:apiserver', groups: Object.freeze(['system:masters']) });

export function createSeed(world: World, stores: Stores): Seed {
  const now = formatTime(world.clock.now());
  const context = { world, user: SERVER, dryRun: false };
  return {
    now,
    put(resource, namespace, draft, { manager = 'kube-apiserver', status, statusManager, statusFields } = {}) {
      const store = stores.find(resource.group, resource.plural);
      if (!store || store.find(namespace, draft.metadata.name ?? '')) return;
      const object = draft as unknown as KubeObject;
      const owned = ownedObject(resource, store.strategy.defaults?.(object) ?? object, manager, now);
      const prepared = store.strategy.prepareForCreate?.(owned, { ...context, namespace }) ?? owned;
      const whole = status === undefined ? prepared : { ...prepared, status };
      store.seed(namespace, statusManager ? withStatusOwner(whole, resource, statusManager, now, statusFields) : whole);
    },
  };
}

/** The object as the server owns it: it writes through itself, under a name of its own. */
export function ownedObject(resource: Resource, object: KubeObject, manager: string, time: string): KubeObject {
  const schema = schemaForKind(resource);
  const decoded = (schema ? decodeObject(object, schema).object : object) as unknown as KubeObject;
  if (!schema) return decoded;
  return updateManagedFields(undefined, decoded, schema, {
    manager,
    apiVersion: apiVersionOf(resource),
    time,
    resetFields: fieldSetOf(['status']),
  });
}

/** Conditions applied one by one: all the fields of each. */
export function withStatusOwner<T extends KubeObject>(
  object: T,
  resource: Resource,
  manager: string,
  time: string,
  fields?: readonly string[],
): T {
  const { conditions = [] } = ((object as { readonly status?: object }).status ?? {}) as {
    readonly conditions?: readonly { readonly type: string }[];
  };
  const owned = conditions.map((condition) => [
    `k:${JSON.stringify({ type: condition.type })}`,
    Object.fromEntries([['.', {}], ...(fields ?? Object.keys(condition)).map((field) => [`f:${field}`, {}])]),
  ]);
  const entry: ManagedFieldsEntry = {
    manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:status': { 'f:conditions': Object.fromEntries(owned) } },
    subresource: 'status',
  };
  return {
    ...object,
    metadata: { ...object.metadata, managedFields: [entry, ...(object.metadata.managedFields ?? [])] },
  };
}
