/** Defaults must be what the schema would accept. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go */
import { type FieldError, fieldErrors, jsonEqual } from '#engine/apimachinery';
import { validateEmbedded } from './embedded-resources.ts';
import { pruneValue } from './pruning.ts';
import { itemsOf, type SchemaProps, sortedProperties } from './schema-props.ts';
import { validateValue } from './value-validation.ts';

const META: ReadonlySet<string> = new Set(['metadata', 'apiVersion', 'kind']);

/** Faults of every default in a root schema. */
export const validateDefaults = (schema: SchemaProps, path: string): readonly FieldError[] =>
  walk({ ...schema, 'x-kubernetes-embedded-resource': true }, path, false);

function walk(schema: SchemaProps, path: string, insideMeta: boolean): FieldError[] {
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const errors: FieldError[] = [];
  if (schema.default !== undefined) errors.push(...defaultFaults(schema, path, insideMeta && !isResource));
  const items = itemsOf(schema);
  if (items) errors.push(...walk(items, `${path}.items`, insideMeta && !isResource));
  for (const [name, property] of sortedProperties(schema.properties)) {
    const inside = (insideMeta && !isResource) || (isResource && META.has(name));
    errors.push(...walk(property, `${path}.properties[${name}]`, inside));
  }
  return errors;
}

function defaultFaults(schema: SchemaProps, path: string, insideMeta: boolean): readonly FieldError[] {
  const at = `${path}.default`;
  const errors: FieldError[] = [];
  if (!insideMeta && !jsonEqual(pruneValue(schema.default, schema), schema.default))
    errors.push(fieldErrors.invalid(at, schema.default, 'must not have unknown fields'));
  const embedded = validateEmbedded(schema.default, schema, at);
  return [...errors, ...(embedded.length > 0 ? embedded : validateValue(schema, schema.default, at))];
}
