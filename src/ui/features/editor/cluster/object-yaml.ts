/** Objects of the server as people compare them. */
import { stringify } from 'yaml';
import { jsonEqual, type KubeObject } from '#engine/apimachinery';

type Loose = { readonly [field: string]: unknown; readonly metadata?: { readonly [field: string]: unknown } };

/** Without what the server keeps for itself. */
function essence(object: KubeObject): Loose {
  const { status: _status, metadata, ...rest } = object as unknown as Loose;
  const {
    managedFields: _fields,
    resourceVersion: _version,
    uid: _uid,
    creationTimestamp: _time,
    generation: _generation,
    ...kept
  } = metadata ?? {};
  return { ...rest, metadata: kept };
}

const first = ['apiVersion', 'kind', 'metadata'];

export function toYaml(object: KubeObject): string {
  const { apiVersion, kind, metadata, ...rest } = essence(object);
  return stringify(
    { apiVersion, kind, metadata, ...rest },
    { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

/** Whether a write changed nothing but bookkeeping. Between two looks controllers may have told a status: that is no change of ours. */
export const sameObject = (before: KubeObject, after: KubeObject, dryRun = false): boolean =>
  (!dryRun && before.metadata.resourceVersion === after.metadata.resourceVersion) ||
  jsonEqual(withoutType(essence(before)), withoutType(essence(after)));

const withoutType = (object: Loose): Loose =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !first.slice(0, 2).includes(key)));
