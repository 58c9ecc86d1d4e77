/**
 * A structural schema as the machinery of ownership sees it: which fields are owned one by one, which lists are sets or maps.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields/gvkparser.go, vendor/k8s.io/kube-openapi/pkg/schemaconv
 */
import { structSchema } from '#engine/api';
import type { AnySchema, FieldSchema, ListSchema, Schema, StructSchema } from '#engine/apimachinery';
import { itemsOf, type SchemaProps, valuesOf } from './schema-props.ts';

const ANY: AnySchema = { type: 'any' };
const DEDUCED: AnySchema = { type: 'any', deduced: true };
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const field = (name: string, schema: Schema, defaultValue?: unknown): FieldSchema => ({
  name,
  schema,
  required: false,
  ...(defaultValue !== undefined && { defaultValue }),
  byValue: false,
  omitEmpty: false,
  patchStrategies: [],
});

const STRING: Schema = { type: 'string' };
const META_FIELDS: readonly FieldSchema[] = [
  field('apiVersion', STRING),
  field('kind', STRING),
  field('metadata', structSchema(OBJECT_META)),
];

/** The schema of the objects of one version; without one, everything is deduced. */
export function typedSchema(kind: string, schema: SchemaProps | undefined): StructSchema {
  if (!schema) return struct(kind, META_FIELDS, DEDUCED, false);
  return structOf(kind, { ...schema, 'x-kubernetes-embedded-resource': true });
}

/** The struct of metadata, for decoding. */
export const objectMetaSchema = (): StructSchema => structSchema(OBJECT_META);

const struct = (
  goName: string,
  fields: readonly FieldSchema[],
  unknown: Schema | undefined,
  atomic: boolean,
): StructSchema => ({
  type: 'struct',
  definition: goName,
  goName,
  atomic,
  fields: new Map(fields.map((one) => [one.name, one])),
  ...(unknown && { unknown }),
});

function typed(schema: SchemaProps): Schema {
  if (schema['x-kubernetes-int-or-string']) return { type: 'string', format: 'int-or-string' };
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (schema.type === 'object') {
    const isResource = schema['x-kubernetes-embedded-resource'] === true;
    const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
    if (isResource || hasProperties) return structOf('', schema);
    const values = valuesOf(schema);
    return { type: 'map', values: values ? typed(values) : DEDUCED, atomic };
  }
  if (schema.type === 'array') return listOf(schema);
  if (schema.type === 'string' || schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean')
    return { type: schema.type };
  return schema['x-kubernetes-preserve-unknown-fields'] ? DEDUCED : ANY;
}

function structOf(name: string, schema: SchemaProps): StructSchema {
  const fields = Object.entries(schema.properties ?? {}).map(([key, property]) =>
    field(key, typed(property), property.default),
  );
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const others = isResource ? fields.filter((one) => !META_FIELDS.some((meta) => meta.name === one.name)) : fields;
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  const values = valuesOf(schema);
  const unknown = values ? typed(values) : keeps ? DEDUCED : undefined;
  return struct(
    name,
    isResource ? [...META_FIELDS, ...others] : others,
    unknown,
    schema['x-kubernetes-map-type'] === 'atomic',
  );
}

function listOf(schema: SchemaProps): ListSchema {
  const items = itemsOf(schema);
  const listType = schema['x-kubernetes-list-type'];
  return {
    type: 'list',
    items: items ? typed(items) : ANY,
    ...((listType === 'set' || listType === 'map' || listType === 'atomic') && { listType }),
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
  };
}
