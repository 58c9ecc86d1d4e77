/**
 * Structural schemas as types of CEL, with the sizes that cost is estimated by.
 * @upstream staging/src/k8s.io/apiserver/pkg/cel/common/schemas.go, staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model/schemas.go
 */
import type { CelType, ObjectField } from '#engine/cel';
import { itemsOf, type SchemaProps, valuesOf } from './schema-props.ts';

/** Three mebibytes: no request, so no value, is larger. */
const MAX_REQUEST_BYTES = 3 * 1024 * 1024;
const MIN_STRING = 2;
const MIN_NUMBER = 1;
const MIN_BOOL = 4;
const MIN_DURATION = 3;
const MIN_DATE = 12;
const MIN_DATETIME = 21;
/** The longest durations and moments, quoted. */
const MAX_DURATION = 32;
const MAX_DATETIME = 32;

const simple = (kind: 'bool' | 'int' | 'double'): CelType => ({ kind });

/** How many bytes a value takes at least, as JSON. */
function minBytes(schema: SchemaProps): number {
  if (schema['x-kubernetes-int-or-string']) return MIN_NUMBER;
  switch (schema.type) {
    case 'boolean':
      return MIN_BOOL;
    case 'number':
    case 'integer':
      return MIN_NUMBER;
    case 'string':
      if (schema.format === 'duration') return MIN_DURATION;
      if (schema.format === 'date') return MIN_DATE;
      return schema.format === 'date-time' ? MIN_DATETIME : MIN_STRING;
    case 'array':
      return 2;
    case 'object':
      return valuesOf(schema) ? 2 : objectBytes(schema);
    default:
      return schema['x-kubernetes-preserve-unknown-fields'] ? MIN_STRING : 2;
  }
}

function objectBytes({ properties = {}, required = [] }: SchemaProps): number {
  let bytes = 2;
  for (const name in properties) {
    const property = properties[name] as SchemaProps;
    if (!required.includes(name) || property.default !== undefined) continue;
    bytes += name.length + 4 + minBytes(property);
  }
  return bytes;
}

function textType(schema: SchemaProps): CelType {
  const { format, maxLength } = schema;
  if (format === 'byte') return { kind: 'bytes', maxLength: maxLength ?? MAX_REQUEST_BYTES - 2 };
  if (format === 'duration') return { kind: 'duration', maxLength: MAX_DURATION };
  if (format === 'date') return { kind: 'timestamp', maxLength: MIN_DATE };
  if (format === 'date-time') return { kind: 'timestamp', maxLength: MAX_DATETIME };
  if (maxLength !== undefined) return { kind: 'string', maxLength: maxLength * 4 };
  const enumerated = schema.enum;
  if (enumerated && enumerated.length > 0)
    return { kind: 'string', maxLength: Math.max(...enumerated.map((one) => String(one).length)) };
  return { kind: 'string', maxLength: MAX_REQUEST_BYTES - 2 };
}

/** As many as fit into a request. */
const fitting = (each: number): number => Math.floor((MAX_REQUEST_BYTES - 2) / (each + 1));

/** What rules at a schema see of the metadata and type of a resource. */
function withTypeAndName(schema: SchemaProps): SchemaProps {
  const text: SchemaProps = { type: 'string' };
  const named = { type: 'object', properties: { name: text, generateName: text } };
  const { metadata, ...properties } = schema.properties ?? {};
  return {
    ...schema,
    properties: {
      ...properties,
      kind: text,
      apiVersion: text,
      metadata: metadata ? { ...named, properties: { ...named.properties, ...metadata.properties } } : named,
    },
  };
}

/** The type of a schema's values; undefined for what rules cannot see. */
export function celType(given: SchemaProps, isRoot: boolean, name: string): CelType | undefined {
  const isResource = isRoot || given['x-kubernetes-embedded-resource'] === true;
  const schema = isResource ? withTypeAndName(given) : given;
  if (schema['x-kubernetes-int-or-string']) return { kind: 'dyn', maxLength: MAX_REQUEST_BYTES - 2 };
  switch (schema.type) {
    case 'array': {
      const items = itemsOf(schema);
      const item = items && celType(items, items['x-kubernetes-embedded-resource'] === true, `${name}.@idx`);
      if (!items || !item) return undefined;
      const listType = schema['x-kubernetes-list-type'];
      return {
        kind: 'list',
        item,
        maxElements: schema.maxItems ?? fitting(minBytes(items)),
        ...((listType === 'set' || listType === 'map') && { listType }),
        ...(listType === 'map' && { mapKeys: schema['x-kubernetes-list-map-keys'] ?? [] }),
      };
    }
    case 'object':
      return objectType(schema, name);
    case 'string':
      return textType(schema);
    case 'boolean':
      return simple('bool');
    case 'integer':
      return simple('int');
    case 'number':
      return simple('double');
    default:
      return undefined;
  }
}

function objectType(schema: SchemaProps, name: string): CelType | undefined {
  const values = valuesOf(schema);
  if (values && !schema.properties) {
    const value = celType(values, values['x-kubernetes-embedded-resource'] === true, `${name}.@elem`);
    if (!value) return undefined;
    const maxElements = schema.maxProperties ?? fitting(minBytes(values) + 5);
    // Upstream gives keys no size of their own.
    return { kind: 'map', key: { kind: 'string', maxLength: 0 }, value, maxElements };
  }
  const fields = new Map<string, ObjectField>();
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const type = celType(property, property['x-kubernetes-embedded-resource'] === true, `${name}.${key}`);
    if (type) fields.set(key, { type, required: schema.required?.includes(key) ?? false });
  }
  return { kind: 'object', name, fields };
}

/** How often the value at a schema may stand in one request: what a rule without a bound is multiplied by. */
export const maxCardinality = (schema: SchemaProps): number => Math.floor(MAX_REQUEST_BYTES / (minBytes(schema) + 1));
