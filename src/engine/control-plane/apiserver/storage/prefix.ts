/** Where in etcd a resource lives: some kept the names of their childhood. @upstream pkg/kubeapiserver/default_storage_factory_builder.go */
import type { Resource } from '#engine/api';

const SPECIAL: { readonly [groupResource: string]: string } = {
  '/nodes': 'minions',
  '/services': 'services/specs',
  '/endpoints': 'services/endpoints',
  '/replicationcontrollers': 'controllers',
  'networking.k8s.io/ingresses': 'ingress',
};

/** Groups whose resources keep the group in the key. */
const GROUPED = new Set(['apiregistration.k8s.io', 'apiextensions.k8s.io']);

/** Ends in a slash. */
export function prefixOf({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  const special = SPECIAL[`${group}/${plural}`];
  const path = special ?? (GROUPED.has(group) ? `${group}/${plural}` : plural);
  return `/registry/${path}/`;
}
