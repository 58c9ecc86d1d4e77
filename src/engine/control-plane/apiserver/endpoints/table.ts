/**
 * Tables: what `kubectl get` prints, computed by the server.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go and pkg/printers
 * @fidelity full
 */
import { fieldErrors, type KubeObject, type ListMeta, statusErrors } from '#engine/apimachinery';
import type { Strategy } from '../registry/strategy.ts';

export type IncludeObject = 'Metadata' | 'Object' | 'None';
type TableVersion = 'v1' | 'v1beta1';

/** Reads `includeObject`. Throws 400. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const text = query.get('includeObject') ?? '';
  if (text === '') return 'Metadata';
  if (text === 'Metadata' || text === 'Object' || text === 'None') return text;
  const { field, body } = fieldErrors.invalid('includeObject', text, "must be 'Metadata', 'Object', 'None', or empty");
  throw statusErrors.badRequest(`Unable to convert to Table as requested: ${field}: ${body}`);
}

export interface TableOptions {
  readonly version: TableVersion;
  readonly include: IncludeObject;
  /** Virtual time, for ages. */
  readonly now: number;
  /** Watches send the columns once. */
  readonly withColumns: boolean;
}

/** The Table of some objects of one kind. `shown` is what a row carries along when the whole object is asked for. */
export function tableOf(
  strategy: Pick<Strategy, 'columns' | 'rowOrder' | 'rowConditions' | 'inner'>,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  options: TableOptions,
  shown: (object: KubeObject) => KubeObject,
): object {
  const { columns, rowOrder } = strategy;
  const { now, version, include } = options;
  const declared = columns.filter(({ undeclared }) => !undeclared);
  const definitions = declared.map(({ name, type, format = '', description, priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  const ordered = rowOrder ? [...objects].sort(rowOrder) : objects;
  const rows = ordered.map((object) => {
    const conditions = strategy.rowConditions?.(object);
    return {
      cells: columns.map(({ cell }) => cell(object, now)),
      ...(conditions && conditions.length > 0 && { conditions }),
      object: rowObject(
        include === 'Metadata' ? (strategy.inner?.(object) ?? object) : object,
        include,
        version,
        shown,
      ),
    };
  });
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: options.withColumns ? definitions : null,
    rows,
  };
}

function rowObject(
  object: KubeObject,
  include: IncludeObject,
  version: TableVersion,
  shown: (object: KubeObject) => KubeObject,
): unknown {
  if (include === 'None') return null;
  return include === 'Object' ? shown(object) : partialOf(object, version);
}

/** Metadata alone. */
export const partialOf = (object: KubeObject, version: TableVersion): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
});
