/** What expressions read. */
import { type Resource, resourcesServed } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';

/** The answer is not known yet: a list has not arrived. */
export class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown';
}

/** A line the learner has typed, and how it ended. */
export interface TypedCommand {
  readonly line: string;
  /** Exit code. */
  readonly code: number;
  /** Where: `workstation`, or a Pod's name inside `kubectl exec -it`. */
  readonly host: string;
}

/** A page the learner has opened in the browser panel. */
export interface Visit {
  readonly method: string;
  readonly url: string;
  /** 0 when nobody answered. */
  readonly status: number;
}

export interface TrafficCount {
  readonly sent: number;
  readonly failed: number;
}

export interface View {
  /** @param namespace '' is every namespace @param selector a label selector, '' for all */
  list(resource: Resource, namespace: string, selector: string): readonly KubeObject[];
  get(resource: Resource, namespace: string, name: string): KubeObject | undefined;
  commands(): readonly TypedCommand[];
  visits(): readonly Visit[];
  traffic(target: string): TrafficCount;
}

const SHORT: { readonly [short: string]: string } = {
  po: 'pods',
  no: 'nodes',
  ns: 'namespaces',
  svc: 'services',
  deploy: 'deployments',
  rs: 'replicasets',
  ds: 'daemonsets',
  cm: 'configmaps',
  sa: 'serviceaccounts',
  ep: 'endpoints',
  ev: 'events',
};

const byName = new Map<string, Resource>();
for (const resource of resourcesServed)
  for (const name of [resource.plural, resource.singular]) if (!byName.has(name)) byName.set(name, resource);

/** By plural, singular or kubectl's short name. */
export const resourceByName = (name: string): Resource | undefined => byName.get(SHORT[name] ?? name.toLowerCase());

/** `svc/web` as kind and name. */
export function splitReference(reference: string): { readonly kind: string; readonly name: string } | undefined {
  const slash = reference.indexOf('/');
  if (slash <= 0 || slash === reference.length - 1) return undefined;
  return { kind: reference.slice(0, slash), name: reference.slice(slash + 1) };
}
