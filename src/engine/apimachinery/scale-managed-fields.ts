/**
 * Ownership of `spec.replicas` seen through the scale subresource.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go
 */
import { differenceSets, fieldSetOf, hasPath, isEmptySet, unionSets } from './field-set.ts';
import { decodeManagers, encodeManagers, type Manager, managerKey } from './managed-fields.ts';
import type { ManagedFieldsEntry } from './meta.ts';

const replicas = fieldSetOf(['spec', 'replicas']);
const replicasPath = ['f:spec', 'f:replicas'];
const SCALE_VERSION = 'autoscaling/v1';

/** The entries a Scale shows: whoever owns the replicas of the object behind it. */
export function scaleManagedFields(parent: readonly ManagedFieldsEntry[] | undefined): readonly ManagedFieldsEntry[] {
  const owners = new Map<string, Manager>();
  for (const manager of decodeManagers(parent).values()) {
    if (!hasPath(manager.fields, replicasPath)) continue;
    const owner = { ...manager, fields: replicas, apiVersion: SCALE_VERSION, entry: undefined };
    owners.set(managerKey(owner), owner);
  }
  return encodeManagers(owners);
}

const identity = ({ manager, operation, subresource }: Manager) => JSON.stringify([manager, operation, subresource]);

/** The entries of the object after its Scale was written. */
export function managedFieldsFromScale(
  parent: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[] | undefined,
  parentApiVersion: string,
): readonly ManagedFieldsEntry[] {
  const owners = new Map([...decodeManagers(scale).values()].map((manager) => [identity(manager), manager]));
  const result = new Map<string, Manager>();
  for (const manager of decodeManagers(parent).values()) {
    const key = identity(manager);
    if (!hasPath(manager.fields, replicasPath)) result.set(key, manager);
    else if (owners.has(key)) {
      result.set(key, manager);
      owners.delete(key);
    } else {
      const fields = differenceSets(manager.fields, replicas);
      if (!isEmptySet(fields)) result.set(key, { ...manager, fields, entry: undefined });
    }
  }
  for (const [key, manager] of owners) {
    if (!hasPath(manager.fields, replicasPath)) continue;
    const previous = result.get(key);
    const fields = previous ? unionSets(previous.fields, replicas) : replicas;
    // Upstream looks the time up under a name the object does not know, and so loses it.
    result.set(key, { ...manager, apiVersion: parentApiVersion, fields, time: previous?.time, entry: undefined });
  }
  return encodeManagers(new Map([...result.values()].map((manager) => [managerKey(manager), manager])));
}
