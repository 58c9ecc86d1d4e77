/**
 * Lists that are sets or maps hold nothing twice.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go
 */
import { compareText, type FieldError, fieldErrors, isJsonMap, type JsonMap } from '#engine/apimachinery';
import { itemsOf, type SchemaProps, sortedProperties, valuesOf } from './schema-props.ts';

/** Faults of every set and map in a value. */
export function validateLists(schema: SchemaProps, value: unknown, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) return listFaults(schema, value, path);
  if (!isJsonMap(value)) return [];
  const errors: FieldError[] = [];
  const { properties = {} } = schema;
  const values = valuesOf(schema);
  for (const [name, property] of sortedProperties(properties)) {
    if (value[name] !== undefined)
      errors.push(...validateLists(property, value[name], path ? `${path}.${name}` : name));
  }
  if (!values) return errors;
  for (const name of Object.keys(value).sort(compareText)) {
    if (!(name in properties)) errors.push(...validateLists(values, value[name], `${path}[${name}]`));
  }
  return errors;
}

function listFaults(schema: SchemaProps, value: readonly unknown[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') errors.push(...repeated(value, path, canonical, (item) => item));
  if (type === 'map') {
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const keyOf = (item: unknown): JsonMap | undefined => {
      if (!isJsonMap(item)) return undefined;
      return Object.fromEntries(
        keys
          .toSorted()
          .filter((key) => item[key] !== undefined)
          .map((key) => [key, item[key]]),
      );
    };
    const notMaps = value.findIndex((item) => !isJsonMap(item));
    if (notMaps >= 0)
      errors.push(
        fieldErrors.invalid(`${path}[${notMaps}]`, value[notMaps], 'must be an object for an array of list-type map'),
      );
    errors.push(...repeated(value, path, (item) => canonical(keyOf(item)), keyOf));
  }
  const items = itemsOf(schema);
  if (items) for (const [i, item] of value.entries()) errors.push(...validateLists(items, item, `${path}[${i}]`));
  return errors;
}

/** Every item that was there before, at its later place, once each. */
function repeated(
  value: readonly unknown[],
  path: string,
  keyOf: (item: unknown) => string | undefined,
  shown: (item: unknown) => unknown,
): readonly FieldError[] {
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  for (const [i, item] of value.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count === 2) errors.push(fieldErrors.duplicate(`${path}[${i}]`, shown(item)));
  }
  return errors;
}

/** A text that equal values share. */
function canonical(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(value, (_, inner: unknown) =>
    isJsonMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
