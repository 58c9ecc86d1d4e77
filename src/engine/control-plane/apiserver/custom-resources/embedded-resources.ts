/**
 * Objects inside of objects (`x-kubernetes-embedded-resource`): their metadata is real metadata.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta
 */
import {
  compareText,
  DecodeError,
  decodeObject,
  type FieldError,
  fieldErrors,
  isDns1035Label,
  isJsonMap,
  type JsonMap,
  type ObjectMeta,
} from '#engine/apimachinery';
import { pathSegmentName, validateObjectMeta } from '../registry/generic/object-meta.ts';
import { itemsOf, type SchemaProps, sortedProperties, valuesOf } from './schema-props.ts';
import { objectMetaSchema } from './typed-schema.ts';

/** The value with the metadata of embedded resources read as Go would. Throws DecodeError. */
export function coerceEmbedded<T>(value: T, schema: SchemaProps): T {
  return hasEmbedded(schema) ? (walk(value, schema, coerceResource) as T) : value;
}

const memo = new WeakMap<SchemaProps, boolean>();

/** Whether a schema has embedded resources below its root. */
function hasEmbedded(schema: SchemaProps): boolean {
  let has = memo.get(schema);
  if (has === undefined) {
    const below = [...Object.values(schema.properties ?? {}), itemsOf(schema), valuesOf(schema)];
    has = below.some((one) => one && (one['x-kubernetes-embedded-resource'] === true || hasEmbedded(one)));
    memo.set(schema, has);
  }
  return has;
}

function walk(value: unknown, schema: SchemaProps, resource: (value: JsonMap) => JsonMap): unknown {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items ? value.map((item) => walk(item, items, resource)) : value;
  }
  if (!isJsonMap(value)) return value;
  const values = valuesOf(schema);
  const next: { [name: string]: unknown } = {};
  for (const name in value) {
    const property = schema.properties?.[name] ?? values;
    next[name] = property ? walk(value[name], property, resource) : value[name];
  }
  return schema['x-kubernetes-embedded-resource'] ? resource(next) : next;
}

function coerceResource(value: JsonMap): JsonMap {
  if (value.metadata === undefined) return value;
  if (!isJsonMap(value.metadata))
    throw new DecodeError(`.metadata: Invalid value: ${JSON.stringify(value.metadata)}: must be an object`);
  const { object } = decodeObject(value.metadata, objectMetaSchema());
  const { creationTimestamp, ...rest } = object;
  return { ...value, metadata: creationTimestamp === null ? rest : object };
}

/** Faults of embedded resources. */
export function validateEmbedded(value: unknown, schema: SchemaProps, path = ''): readonly FieldError[] {
  if (path === '' && !hasEmbedded(schema)) return [];
  const errors: FieldError[] = [];
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (items) for (const [i, item] of value.entries()) errors.push(...validateEmbedded(item, items, `${path}[${i}]`));
    return errors;
  }
  if (!isJsonMap(value)) return errors;
  if (path !== '' && schema['x-kubernetes-embedded-resource']) errors.push(...resourceFaults(value, path));
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, property] of sortedProperties(schema.properties)) {
    if (value[name] !== undefined) errors.push(...validateEmbedded(value[name], property, at(name)));
  }
  const values = valuesOf(schema);
  if (!values) return errors;
  for (const name of Object.keys(value).sort(compareText))
    errors.push(...validateEmbedded(value[name], values, `${path}[${name}]`));
  return errors;
}

function resourceFaults({ apiVersion, kind, metadata }: JsonMap, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (apiVersion === undefined || apiVersion === '')
    errors.push(fieldErrors.required(`${path}.apiVersion`, 'must not be empty'));
  else if (String(apiVersion).split('/').length > 2) {
    const why = `unexpected GroupVersion string: ${String(apiVersion)}`;
    errors.push(fieldErrors.invalid(`${path}.apiVersion`, apiVersion, why));
  }
  if (kind === undefined || kind === '') errors.push(fieldErrors.required(`${path}.kind`, 'must not be empty'));
  else {
    const faults = isDns1035Label(String(kind).toLowerCase());
    if (faults.length > 0) {
      const why = `may have mixed case, but should otherwise match: ${faults.join(',')}`;
      errors.push(fieldErrors.invalid(`${path}.kind`, kind, why));
    }
  }
  if (!isJsonMap(metadata)) return errors;
  const meta = metadata as ObjectMeta;
  const named = meta.name || meta.generateName ? meta : { ...meta, name: 'fakename' };
  const faults = validateObjectMeta(named, meta.namespace !== undefined && meta.namespace !== '', pathSegmentName);
  return [...errors, ...faults.map((one) => ({ ...one, field: `${path}.${one.field}` }))];
}
