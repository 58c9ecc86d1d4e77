/**
 * What a definition's schema may say.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go ValidateCustomResourceDefinitionOpenAPISchema
 */
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import { checkRuleForms, type RuleSite, type RuleSites, type Surroundings } from './rule-validation.ts';
import { isSchemaList, itemsOf, type SchemaProps, sortedProperties, valuesOf } from './schema-props.ts';

const { forbidden, invalid, notSupported, required } = fieldErrors;
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

/** Schema faults in upstream's order. Rules that are well formed are noted in `sites`, to be compiled when nothing else is wrong below them. */
export function validateSchema(
  schema: SchemaProps | undefined,
  path: string,
  around: Surroundings,
  sites: RuleSites,
): FieldError[] {
  if (schema === undefined) return [];
  const errors = ownFaults(schema, path, around);
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${path}.uniqueItems`, why));
  }
  errors.push(...belowFaults(schema, path, { ...around, isRoot: around.isRoot }, sites));
  checkListsAndMaps(errors, schema, path);
  checkRuleForms(errors, schema, path);
  if (errors.length === 0 && around.site) sites.note(schema, path, around);
  return errors;
}

function ownFaults(schema: SchemaProps, path: string, { noDefaults, insideMeta }: Surroundings): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (name: string, why: string) => errors.push(forbidden(`${path}.${name}`, why));
  if (schema.type && !TYPES.includes(schema.type)) errors.push(notSupported(`${path}.type`, schema.type, TYPES));
  if (schema.default !== undefined && noDefaults !== undefined)
    refuse('default', `must not be set${noDefaults && ` ${noDefaults}`}`);
  if (schema.id) refuse('id', 'id is not supported');
  if (schema.additionalItems !== undefined) refuse('additionalItems', 'additionalItems is not supported');
  if (hasEntries(schema.patternProperties)) refuse('patternProperties', 'patternProperties is not supported');
  if (hasEntries(schema.definitions)) refuse('definitions', 'definitions is not supported');
  if (schema.dependencies !== undefined) refuse('dependencies', 'dependencies is not supported');
  if (schema.$ref !== undefined) refuse('$ref', '$ref is not supported');
  if (schema.type === 'null') refuse('type', 'type cannot be set to null, use nullable as an alternative');
  if (schema.items !== undefined && isSchemaList(schema.items))
    refuse('items', 'items must be a schema object and not an array');
  if (insideMeta && schema['x-kubernetes-embedded-resource'])
    refuse('x-kubernetes-embedded-resource', 'must not be used inside of resource meta');
  return errors;
}

const hasEntries = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length > 0;

function belowFaults(schema: SchemaProps, path: string, around: Surroundings, sites: RuleSites): FieldError[] {
  const errors: FieldError[] = [];
  const { isRoot: _, site, ...inherited } = around;
  const inner: Surroundings = { ...inherited, isRoot: false };
  const under = (next: RuleSite | undefined): Surroundings => (next ? { ...inner, site: next } : inner);
  const { properties, additionalProperties } = schema;
  const values = valuesOf(schema);
  if (additionalProperties !== undefined) {
    if (hasEntries(properties) && additionalProperties !== true) {
      const why = 'additionalProperties and properties are mutual exclusive';
      errors.push(forbidden(`${path}.additionalProperties`, why));
    }
    const noDefaults = around.insideMeta
      ? { noDefaults: 'inside additionalProperties applying to object metadata' }
      : {};
    const next = { ...under(site && sites.values(site, schema)), ...noDefaults };
    errors.push(...validateSchema(values, `${path}.additionalProperties`, next, sites));
  }
  for (const [name, property] of sortedProperties(properties)) {
    const next = propertySurroundings(schema, name, path, around, under(site && sites.property(site, name, property)));
    errors.push(...validateSchema(property, `${path}.properties[${name}]`, next, sites));
  }
  errors.push(...validateSchema(schema.not, `${path}.not`, inner, sites));
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [i, one] of (schema[junctor] ?? []).entries())
      errors.push(...validateSchema(one, `${path}.${junctor}[${i}]`, inner, sites));
  }
  const items = itemsOf(schema);
  if (items) {
    const loses = schema['x-kubernetes-list-type'] !== 'map' ? { uncorrelatable: around.uncorrelatable ?? path } : {};
    errors.push(
      ...validateSchema(items, `${path}.items`, { ...under(site && sites.items(site, schema)), ...loses }, sites),
    );
  }
  return errors;
}

function propertySurroundings(
  schema: SchemaProps,
  name: string,
  path: string,
  around: Surroundings,
  inner: Surroundings,
): Surroundings {
  const mapType = schema['x-kubernetes-map-type'];
  const loses = mapType !== undefined && mapType !== 'granular';
  const isMeta = (around.isRoot || schema['x-kubernetes-embedded-resource'] === true) && META.has(name);
  return {
    ...inner,
    ...(loses && { uncorrelatable: around.uncorrelatable ?? path }),
    ...(isMeta && { insideMeta: true }),
    ...(isMeta && around.isRoot && { noDefaults: `in top-level ${name}` }),
  };
}

function checkListsAndMaps(errors: FieldError[], schema: SchemaProps, path: string): void {
  const { type = '' } = schema;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const needs = (wanted: string, extension: string) => {
    const why = `must be ${wanted} if ${extension} is specified`;
    errors.push(type === '' ? required(`${path}.type`, why) : invalid(`${path}.type`, type, why));
  };
  if (mapType !== undefined && type !== 'object') needs('object', 'x-kubernetes-map-type');
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType))
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  if (listType !== undefined && type !== 'array') needs('array', 'x-kubernetes-list-type');
  else if (listType === 'set') checkSetItems(errors, schema, path);
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  checkMapKeys(errors, schema, path);
  if (listType === 'set' || listType === 'map') checkKeyedItems(errors, schema, listType, path);
}

function checkSetItems(errors: FieldError[], schema: SchemaProps, path: string): void {
  const items = itemsOf(schema);
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items?.['x-kubernetes-list-type'];
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic')
    errors.push(invalid(`${path}.items.x-kubernetes-list-type`, listType, why));
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalid(`${path}.items.x-kubernetes-map-type`, listType, why));
}

function checkMapKeys(errors: FieldError[], schema: SchemaProps, path: string): void {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const listType = schema['x-kubernetes-list-type'];
  const nonEmpty = 'must be map if x-kubernetes-list-map-keys is non-empty';
  if (keys.length > 0 && listType === undefined) errors.push(required(`${path}.x-kubernetes-list-type`, nonEmpty));
  else if (keys.length > 0 && listType !== 'map')
    errors.push(invalid(`${path}.x-kubernetes-list-type`, listType, nonEmpty));
  if (listType !== 'map') return;
  if (keys.length === 0)
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  const items = itemsOf(schema);
  if (schema.items === undefined)
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
  else if (!items)
    errors.push(
      invalid(`${path}.items`, schema.items, 'must only have a single schema if x-kubernetes-list-type is map'),
    );
  else if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${path}.items.type`, items.type ?? '', why));
  } else checkKeyNames(errors, keys, items, path);
}

function checkKeyNames(errors: FieldError[], keys: readonly string[], items: SchemaProps, path: string): void {
  const at = `${path}.x-kubernetes-list-map-keys`;
  for (const [i, key] of keys.entries()) {
    const property = items.properties?.[key];
    if (!property) errors.push(invalid(at, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${path}.items.properties[${key}].type`, items.type ?? '', why));
    }
    if (keys.indexOf(key) < i) errors.push(invalid(at, keys, 'must not contain duplicate entries'));
  }
}

function checkKeyedItems(errors: FieldError[], schema: SchemaProps, listType: string, path: string): void {
  const items = itemsOf(schema);
  if (!items) return;
  if (items.nullable)
    errors.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType !== 'map') return;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = items.properties?.[key];
    if (!property) continue;
    const at = `${path}.items.properties[${key}]`;
    const because = 'this property is in x-kubernetes-list-map-keys, so it';
    if (!items.required?.includes(key) && property.default === undefined)
      errors.push(required(`${at}.default`, `${because} must have a default or be a required property`));
    if (property.nullable) errors.push(forbidden(`${at}.nullable`, `${because} cannot be nullable`));
  }
}
