/**
 * Fills in what a structural schema has defaults for, and drops nulls that it does not allow.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/algorithm.go
 */
import { isJsonMap, type JsonMap } from '#engine/apimachinery';
import { itemsOf, type SchemaProps, valuesOf } from './schema-props.ts';

/** A value with its defaults, sharing what did not change. Nulls become the default, or go, where they are not allowed. */
export function withDefaults(value: unknown, schema: SchemaProps): unknown {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (!items) return value;
    let next: unknown[] | undefined;
    for (const [i, item] of value.entries()) {
      const filled = item === null && !items.nullable && items.default !== undefined ? items.default : item;
      const after = withDefaults(filled, items);
      if (after === item) continue;
      next ??= [...value];
      next[i] = after;
    }
    return next ?? value;
  }
  return isJsonMap(value) ? fieldsWithDefaults(value, schema) : value;
}

function fieldsWithDefaults(value: JsonMap, schema: SchemaProps): JsonMap {
  const { properties = {} } = schema;
  const values = valuesOf(schema);
  let next: { [name: string]: unknown } | undefined;
  const put = (name: string, after: unknown) => {
    next ??= { ...value };
    if (after === undefined) delete next[name];
    else next[name] = after;
  };
  for (const name in properties) {
    const property = properties[name] as SchemaProps;
    const before = value[name];
    const missing = before === undefined || (before === null && !property.nullable);
    const filled = missing ? property.default : before;
    const after = filled === undefined ? undefined : withDefaults(filled, property);
    if (after !== before) put(name, after);
  }
  if (!values) return next ?? value;
  for (const name in value) {
    if (name in properties) continue;
    const before = value[name];
    const filled = before === null && !values.nullable ? values.default : before;
    const after = filled === undefined ? undefined : withDefaults(filled, values);
    if (after !== before) put(name, after);
  }
  return next ?? value;
}
