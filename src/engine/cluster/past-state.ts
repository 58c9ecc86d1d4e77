/** A cluster's state as of an instant, small enough to be carried off and compared with another's. */
import type { KubeObject } from '#engine/apimachinery';
import { type EtcdStore, prefixRange, type Revision } from '#engine/control-plane/etcd';

/** An object by what people compare: field paths and their values as text. */
export interface ObjectFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly fields: { readonly [path: string]: string };
}

const LEFT_OUT = new Set(['Lease', 'Event']);

/** Facts of every object but Leases and Events, in the order of their keys. */
export function factsAt(store: EtcdStore, revision: Revision): readonly ObjectFacts[] {
  const facts: ObjectFacts[] = [];
  for (const { value } of store.range({ ...prefixRange('/registry/'), revision }).kvs) {
    const object = value as Partial<KubeObject>;
    if (!object?.kind || !object.metadata || LEFT_OUT.has(object.kind)) continue;
    const { namespace, name } = object.metadata;
    facts.push({
      apiVersion: object.apiVersion ?? 'v1',
      kind: object.kind,
      ...(namespace && { namespace }),
      name,
      fields: fieldsOf(object as KubeObject),
    });
  }
  return facts;
}

const MAX_FIELDS = 60;
const MAX_VALUE = 120;

/** Paths that differ between any two runs, or say nothing to people. */
const NOISE =
  /^(metadata\.(uid|resourceVersion|creationTimestamp|managedFields|generation|generateName|ownerReferences|selfLink)|status\.(observedGeneration|images)|.*(lastTransitionTime|lastHeartbeatTime|lastProbeTime|lastUpdateTime|startedAt|finishedAt|startTime|containerID|observedGeneration|uid)$)/;

function fieldsOf(object: KubeObject): { readonly [path: string]: string } {
  const fields: { [path: string]: string } = {};
  const secret = object.kind === 'Secret';
  const walk = (value: unknown, path: string): void => {
    if (NOISE.test(path) || Object.keys(fields).length >= MAX_FIELDS) return;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) walk(item, `${path}[${labelOf(item) ?? i}]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, path ? `${path}.${key}` : key);
    } else if (value !== undefined)
      fields[path] = secret && path.startsWith('data') ? '•••' : String(value).slice(0, MAX_VALUE);
  };
  const { apiVersion: _, kind: __, status, ...rest } = object as KubeObject & { readonly status?: unknown };
  // The state first: it is what is looked for.
  if (status !== undefined) walk(status, 'status');
  walk(rest, '');
  return fields;
}

/** What tells the items of a list apart, in place of their number. */
function labelOf(item: unknown): string | undefined {
  const { name, type, key } = (item ?? {}) as { readonly [field: string]: unknown };
  const label = name ?? type ?? key;
  return typeof label === 'string' ? label : undefined;
}
