/** What a write of an object that is there is based on. @upstream staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go */
import { failure, fieldErrors, type GroupResource, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { KeyValue } from '#engine/control-plane/etcd';
import type { Strategy } from '../strategy.ts';

const CONFLICT = 'the object has been modified; please apply your changes to the latest version and try again';

/** Throws Conflict when the client means another object of the name. */
export function checkUid<T extends KubeObject>(
  about: GroupResource,
  { uid, name }: { readonly uid?: string | undefined; readonly name: string },
  { key, value }: KeyValue<T>,
): void {
  if (!uid || uid === value.metadata.uid) return;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${value.metadata.uid}`;
  const full = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  throw statusErrors.conflict(about, name, full);
}

/** The version the write is based on. Throws Conflict, or Invalid when the kind insists on one. */
export function checkVersion<T extends KubeObject>(
  about: GroupResource,
  strategy: Strategy<T>,
  wanted: T,
  current: KeyValue<T>,
): string {
  const version = wanted.metadata.resourceVersion ?? '';
  const { name } = current.value.metadata;
  if (version === '' || version === '0') {
    if (strategy.allowUnconditionalUpdate) return String(current.modRevision);
    const fault = fieldErrors.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    throw statusErrors.invalid({ group: about.group, kind: about.resource }, name, [fault]);
  }
  if (!/^\d+$/.test(version))
    throw failure(500, `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  if (version !== String(current.modRevision)) throw statusErrors.conflict(about, name, CONFLICT);
  return version;
}
