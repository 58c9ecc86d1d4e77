/** What get asks for, from its flags. */
import type { Query } from '../resource/builder.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';

export function queryOf(session: Session): Query {
  const { flags, args } = session;
  return {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    selectAllWithoutName: true,
    allNamespaces: flags.bool('all-namespaces'),
    chunkSize: Math.max(0, flags.int('chunk-size')),
    subresource: flags.string('subresource'),
  };
}

/** Several objects as one List, the way get prints them. */
export const listObject = (items: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
});
