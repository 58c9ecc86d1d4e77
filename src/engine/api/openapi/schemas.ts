/**
 * Definitions as OpenAPI shows them: version 3 with defaults and allOf, version 2 without.
 * @upstream staging/src/k8s.io/kube-openapi
 */
import type { FieldSchema, Schema, StructSchema } from '#engine/apimachinery';
import type { FieldFacts } from '../facts/fact-table.ts';
import { definitionTexts } from '../generated/descriptions.ts';
import { fieldFacts, structSchema } from '../schema-table.ts';
import { groupOfPackage } from '../scheme.ts';

export type OpenApiVersion = 2 | 3;
export type Json = { readonly [key: string]: unknown };

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

let texts: { readonly [definition: string]: { readonly [field: string]: string } } | undefined;

/** What the documentation says of a definition (field '') or of one of its fields. */
export function describe(definition: string, field = ''): string | undefined {
  texts ??= JSON.parse(definitionTexts) as NonNullable<typeof texts>;
  return texts[definition]?.[field];
}

/** Definitions that are no structs. */
const scalars: { readonly [definition: string]: Json } = {
  [QUANTITY]: { description: 'Quantity is a fixed-point representation of a number.', type: 'string' },
  [INT_OR_STRING]: {
    description: 'IntOrString is a type that can hold an int32 or a string.',
    type: 'string',
    format: 'int-or-string',
  },
  [`${META}.Time`]: { description: 'Time is a wrapper around time.Time.', type: 'string', format: 'date-time' },
  [`${META}.MicroTime`]: {
    description: 'MicroTime is version of Time with microsecond level precision.',
    type: 'string',
    format: 'date-time',
  },
  [`${META}.FieldsV1`]: {
    description: 'FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format.',
    type: 'object',
  },
  [`${META}.Patch`]: {
    description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.',
    type: 'object',
  },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': {
    description: 'RawExtension is used to hold extensions in external versions.',
    type: 'object',
  },
  [`${EXTENSIONS}.CustomResourceSubresourceStatus`]: {
    description: 'CustomResourceSubresourceStatus defines how to serve the status subresource for CustomResources.',
    type: 'object',
  },
  [`${EXTENSIONS}.JSON`]: { description: 'JSON represents any valid JSON value.' },
  [`${EXTENSIONS}.JSONSchemaPropsOrArray`]: { description: 'A schema or an array of schemas.' },
  [`${EXTENSIONS}.JSONSchemaPropsOrBool`]: { description: 'A schema or a boolean.' },
  [`${EXTENSIONS}.JSONSchemaPropsOrStringArray`]: { description: 'A schema or an array of strings.' },
};

/** In version 3 these two say which JSON types they take. */
const oneOf: { readonly [definition: string]: Json } = {
  [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

export const refTo = (definition: string, version: OpenApiVersion): Json => ({
  $ref: `${version === 3 ? '#/components/schemas/' : '#/definitions/'}${definition}`,
});

function anyDefinition(fact: FieldFacts, field: string): string {
  if (fact.type === 'json') return `${EXTENSIONS}.JSON`;
  if (fact.type?.startsWith('@')) return `${EXTENSIONS}.${fact.type.slice(1)}`;
  return field === 'fieldsV1' ? `${META}.FieldsV1` : 'io.k8s.apimachinery.pkg.runtime.RawExtension';
}

/** The definition a value refers to, or undefined when its type is written out. */
function referenceOf(schema: Schema, fact: FieldFacts, field: string): string | undefined {
  if (schema.type === 'struct') return schema.definition;
  if (schema.type === 'any') return anyDefinition(fact, field);
  if (!('format' in schema)) return undefined;
  const named = {
    quantity: QUANTITY,
    'int-or-string': INT_OR_STRING,
    'date-time': `${META}.Time`,
    'micro-time': `${META}.MicroTime`,
  };
  return named[schema.format as keyof typeof named];
}

function typeOf(schema: Schema, fact: FieldFacts, field: string, version: OpenApiVersion): Json {
  const reference = referenceOf(schema, fact, field);
  if (reference !== undefined) return refTo(reference, version);
  if (schema.type === 'list') return { type: 'array', items: typeOf(schema.items, fact, field, version) };
  if (schema.type === 'map')
    return { type: 'object', additionalProperties: typeOf(schema.values, fact, field, version) };
  if (schema.type === 'any' || schema.type === 'struct') return {};
  return {
    type: schema.type,
    ...(schema.format && { format: schema.format }),
    ...(schema.enumValues && { enum: schema.enumValues }),
  };
}

function extensions(fact: FieldFacts): Json {
  return {
    ...(fact.listType === 'map' && { 'x-kubernetes-list-map-keys': fact.listKeys }),
    ...(fact.listType && { 'x-kubernetes-list-type': fact.listType }),
    ...(fact.mapAtomic !== undefined && { 'x-kubernetes-map-type': fact.mapAtomic ? 'atomic' : 'granular' }),
    ...(fact.patchMergeKey !== undefined && { 'x-kubernetes-patch-merge-key': fact.patchMergeKey }),
    ...(fact.patchStrategies && { 'x-kubernetes-patch-strategy': fact.patchStrategies.join(',') }),
  };
}

function propertyOf(definition: string, field: FieldSchema, version: OpenApiVersion): Json {
  const fact = fieldFacts(definition, field.name);
  const description = describe(definition, field.name);
  const type = typeOf(field.schema, fact, field.name, version);
  const hasDefault = version === 3 && field.defaultValue !== undefined;
  const inline = !('$ref' in type) || version === 2 || (description === undefined && field.schema.type === 'any');
  return {
    ...(description !== undefined && { description }),
    ...(inline ? type : { allOf: [type] }),
    ...(hasDefault && { default: field.defaultValue }),
    ...extensions(fact),
  };
}

/** Discriminated unions, as OpenAPI marks them. */
const unions: { readonly [definition: string]: readonly Json[] } = {
  'io.k8s.api.core.v1.AppArmorProfile': [
    { discriminator: 'type', 'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' } },
  ],
  'io.k8s.api.core.v1.PodSchedulingGroup': [{ 'fields-to-discriminateBy': { podGroupName: 'PodGroupName' } }],
  'io.k8s.api.core.v1.SeccompProfile': [
    { discriminator: 'type', 'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' } },
  ],
  'io.k8s.api.flowcontrol.v1.LimitResponse': [
    { discriminator: 'type', 'fields-to-discriminateBy': { queuing: 'Queuing' } },
  ],
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec': [
    { discriminator: 'type', 'fields-to-discriminateBy': { exempt: 'Exempt', limited: 'Limited' } },
  ],
  'io.k8s.api.flowcontrol.v1.Subject': [
    {
      discriminator: 'kind',
      'fields-to-discriminateBy': { group: 'Group', serviceAccount: 'ServiceAccount', user: 'User' },
    },
  ],
};

/** DeleteOptions and WatchEvent belong to every group and version the document speaks of. */
const everywhere: ReadonlySet<string> = new Set([`${META}.DeleteOptions`, `${META}.WatchEvent`]);

function kindsOf(struct: StructSchema, groupVersions: readonly GroupVersion[]): readonly Json[] {
  const { definition, goName: kind } = struct;
  const dot = definition.lastIndexOf('.');
  const [version = '', ...path] = definition.slice(0, dot).split('.').reverse();
  const own = { group: groupOfPackage(path.toReversed().join('.')), version };
  if (everywhere.has(definition)) {
    const rest = groupVersions.filter(({ group }) => group !== '');
    return [{ group: '', version: 'v1' }, ...rest].map((gv) => ({ ...gv, kind }));
  }
  return struct.fields.has('apiVersion') && struct.fields.has('kind') && isRegistered(struct) ? [{ ...own, kind }] : [];
}

/** A reference to an object has apiVersion and kind too, yet is none. */
const isRegistered = (struct: StructSchema): boolean =>
  struct.fields.has('metadata') ||
  struct.fields.has('items') ||
  (struct.definition.startsWith(META) && kindNames.has(struct.goName));
const kindNames: ReadonlySet<string> = new Set([
  'APIGroup',
  'APIGroupList',
  'APIResourceList',
  'APIVersions',
  'Status',
]);

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

function structDefinition(struct: StructSchema, version: OpenApiVersion, groupVersions: readonly GroupVersion[]): Json {
  const { definition } = struct;
  const description = describe(definition);
  const fields = [...struct.fields.values()];
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const kinds = kindsOf(struct, groupVersions);
  return {
    ...(description !== undefined && { description }),
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(definition, field, version)])),
    }),
    ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds }),
    ...(struct.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(unions[definition] && { 'x-kubernetes-unions': unions[definition] }),
  };
}

function definitionOf(name: string, version: OpenApiVersion, groupVersions: readonly GroupVersion[]): Json {
  const scalar = scalars[name];
  if (!scalar) return structDefinition(structSchema(name), version, groupVersions);
  const alternatives = version === 3 ? oneOf[name] : undefined;
  return alternatives ? { description: scalar.description, ...alternatives } : scalar;
}

function references(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '$ref' && typeof child === 'string') found.add(child.slice(child.lastIndexOf('/') + 1));
    else references(child, found);
  }
}

/** Every definition the paths speak of, and those they speak of in turn, by name. */
export function definitionsOf(
  paths: Json,
  version: OpenApiVersion,
  groupVersions: readonly GroupVersion[],
  custom: ReadonlyMap<string, Json> = new Map(),
): Json {
  const pending = new Set<string>();
  references(paths, pending);
  const definitions: { [name: string]: Json } = {};
  for (const name of pending) {
    const definition = custom.get(name) ?? definitionOf(name, version, groupVersions);
    definitions[name] = definition;
    references(definition, pending);
  }
  return Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
}
