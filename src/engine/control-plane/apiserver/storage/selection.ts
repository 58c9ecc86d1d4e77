/** Which objects of a resource a list or watch is about: namespace, labels, fields. */
import {
  type FieldSelector,
  type KubeObject,
  type LabelMatcher,
  matchesFields,
  matchesLabels,
  requiredFieldValue,
} from '#engine/apimachinery';

/** How a resource's objects read as fields: `metadata.name`, `metadata.namespace` and what its strategy adds. */
export type FieldReader<T extends KubeObject> = (object: T, field: string) => string;

/** A namespace of '' or undefined selects every namespace. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labels: LabelMatcher;
  readonly fields: FieldSelector;
}

/** True when no selector narrows the namespace: then counts are exact. */
export const isUnfiltered = ({ labels, fields }: Selection): boolean =>
  !labels.nothing && labels.requirements.length === 0 && fields.length === 0;

export function fieldReader<T extends KubeObject>(selectable: {
  readonly fieldSelectors?: { readonly [path: string]: (object: T) => string };
}): FieldReader<T> {
  return (object, field) => {
    if (field === 'metadata.name') return object.metadata.name;
    if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
    return selectable.fieldSelectors?.[field]?.(object) ?? '';
  };
}

/** The test that a selection is, over objects. */
export function selector<T extends KubeObject>(selection: Selection, read: FieldReader<T>): (object: T) => boolean {
  const { namespace, labels, fields } = selection;
  if (isUnfiltered(selection)) return namespace ? (object) => object.metadata.namespace === namespace : () => true;
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    matchesFields(fields, (field) => read(object, field)) &&
    matchesLabels(labels, object.metadata.labels);
}

/** The one name the selection allows, when its fields say so. */
export const selectedName = ({ fields }: Selection): string | undefined => requiredFieldValue(fields, 'metadata.name');

/** The one namespace the selection allows, from the path or from its fields. */
export const selectedNamespace = ({ namespace, fields }: Selection): string | undefined =>
  namespace || requiredFieldValue(fields, 'metadata.namespace');
