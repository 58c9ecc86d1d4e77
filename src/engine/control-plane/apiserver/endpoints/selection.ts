/** Selectors of a list, a watch or a deletecollection, checked against what the kind knows. */
import { statusErrors } from '#engine/apimachinery';
import type { ApiContext } from '../context.ts';
import type { Strategy } from '../registry/strategy.ts';
import type { Selection } from '../storage/selection.ts';
import type { Served } from './endpoint.ts';
import type { ListOptions } from './options.ts';

/** What a list or watch is about. Throws 400 for fields the kind does not know. */
export function selectionOf(
  { info }: ApiContext,
  { store, view }: Served,
  { labels, fields: asked }: Pick<ListOptions, 'labels' | 'fields'>,
): Selection {
  const fields = view?.fieldNames ? asked.map((one) => renamed(one, view.fieldNames ?? {}, store.strategy)) : asked;
  for (const { field } of fields) {
    if (!knows(store.strategy, field)) throw statusErrors.badRequest(unknownField(field, store.strategy));
  }
  // A path that names an object selects that object: the old way to watch just one.
  const named =
    info.parts.length > 1 && info.name
      ? [...fields, { field: 'metadata.name', operator: '=' as const, value: info.name }]
      : fields;
  return { namespace: info.namespace, labels, fields: named };
}

/** Kinds of the cluster that list their fields leave the namespace out. */
function knows({ resource, fieldSelectors }: Strategy, field: string): boolean {
  if (field === 'metadata.name' || fieldSelectors?.[field]) return true;
  return field === 'metadata.namespace' && (resource.namespaced || !fieldSelectors);
}

/** A requirement by the stored version's name of its field. Throws 400. */
function renamed<R extends { readonly field: string }>(
  requirement: R,
  names: { readonly [shown: string]: string },
  strategy: Strategy,
): R {
  const { field } = requirement;
  if (field === 'metadata.name' || field === 'metadata.namespace') return requirement;
  const stored = names[field];
  if (stored === undefined) throw statusErrors.badRequest(unknownField(field, strategy));
  return { ...requirement, field: stored };
}

/** Kinds with selectable fields of their own say it in other words than those without. */
function unknownField(field: string, { fieldSelectors, unknownFieldSelector }: Strategy): string {
  if (unknownFieldSelector) return unknownFieldSelector(field);
  return fieldSelectors
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
