/**
 * What makes a schema structural: every field says its type outside of logic.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go, complete.go
 */
import { type FieldError, fieldErrors, jsonEqual } from '#engine/apimachinery';
import { regexpFault } from '#engine/apimachinery/regexp';
import { itemsOf, type SchemaProps, sortedProperties, valuesOf } from './schema-props.ts';

type Level = 'root' | 'item' | 'field';

const { forbidden, invalid, required } = fieldErrors;
const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];
const INT_FALSE = 'must be false if x-kubernetes-int-or-string is true';
const MUST_BE_OBJECT = 'must be object if x-kubernetes-embedded-resource is true';

/** Faults of a root schema, sorted by their text. */
export function validateStructural(schema: SchemaProps, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkInvariants(errors, schema, 'root', path);
  checkCompleteness(errors, schema, schema, path, path);
  const textOf = ({ field, body }: FieldError) => `${field}: ${body}`;
  return errors.sort((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0));
}

function checkInvariants(errors: FieldError[], schema: SchemaProps, level: Level, path: string): void {
  const items = itemsOf(schema);
  if (schema.type === 'array' && schema.items === undefined)
    errors.push(required(`${path}.items`, 'must be specified'));
  if (items) checkInvariants(errors, items, 'item', `${path}.items`);
  for (const [name, property] of sortedProperties(schema.properties)) {
    checkInvariants(errors, property, 'field', `${path}.properties[${name}]`);
  }
  const values = valuesOf(schema);
  if (schema.additionalProperties !== undefined && level === 'root')
    errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
  if (values) checkInvariants(errors, values, 'field', `${path}.additionalProperties`);
  checkExtensions(errors, schema, path);
  checkLogic(errors, schema, path);
  checkOwnType(errors, schema, level, path);
  checkMetaFields(errors, schema, level, path);
}

function checkExtensions(errors: FieldError[], schema: SchemaProps, path: string): void {
  if (!schema['x-kubernetes-int-or-string']) return;
  for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
    if (schema[name]) errors.push(invalid(`${path}.${name}`, true, INT_FALSE));
  }
}

function checkOwnType(errors: FieldError[], schema: SchemaProps, level: Level, path: string): void {
  const { type = '' } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (embedded && type !== 'object') {
    errors.push(type ? invalid(`${path}.type`, type, MUST_BE_OBJECT) : required(`${path}.type`, MUST_BE_OBJECT));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !preserves) {
    const where = { root: 'at the root', item: 'for specified array items', field: 'for specified object fields' }[
      level
    ];
    errors.push(required(`${path}.type`, `must not be empty ${where}`));
  }
  if (embedded && schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(`${path}.additionalProperties`, why));
  }
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(`${path}.type`, type, 'must be object at the root'));
  if (embedded && !preserves && Object.keys(schema.properties ?? {}).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${path}.properties`, why));
  }
}

/** apiVersion, kind and metadata of a resource are what they are everywhere. */
function checkMetaFields(errors: FieldError[], schema: SchemaProps, level: Level, path: string): void {
  if (level !== 'root' && !schema['x-kubernetes-embedded-resource']) return;
  for (const name of ['kind', 'apiVersion']) {
    const property = schema.properties?.[name];
    if (property && property.type !== 'string')
      errors.push(invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'));
  }
  const metadata = schema.properties?.metadata;
  if (!metadata) return;
  const at = `${path}.properties[metadata]`;
  if (metadata.type !== 'object') errors.push(invalid(`${at}.type`, metadata.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const { type: _, properties = {}, default: __, ...rest } = metadata;
  const names = Object.keys(properties);
  const onlyNames = names.every((name) => name === 'name' || name === 'generateName');
  const isEmpty = (value: unknown) => value === undefined || value === false || value === '';
  if (!onlyNames || !Object.values(rest).every(isEmpty)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbidden(at, why));
  }
}

/** The logical parts of a schema or of a part of one. */
function checkLogic(errors: FieldError[], schema: SchemaProps, path: string, skipFirst = false): void {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const isIntOrString = jsonEqual(anyOf, INT_OR_STRING);
  if (!isIntOrString || skipFirst) {
    if (!skipFirst) for (const [i, one] of anyOf.entries()) checkNested(errors, one, `${path}.anyOf[${i}]`);
  }
  for (const [i, one] of allOf.entries()) {
    const skips = i === 0 && jsonEqual(one.anyOf, INT_OR_STRING);
    checkNested(errors, one, `${path}.allOf[${i}]`, skips);
  }
  for (const [i, one] of oneOf.entries()) checkNested(errors, one, `${path}.oneOf[${i}]`);
  if (not) checkNested(errors, not, `${path}.not`);
  const fault = pattern ? regexpFault(pattern) : undefined;
  if (fault !== undefined)
    errors.push(invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${fault}`));
}

/** What logic may not say, with the words for it. */
const NOT_IN_LOGIC: readonly (readonly [keyof SchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

const isSet = (value: unknown) =>
  value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

function checkNested(errors: FieldError[], schema: SchemaProps, path: string, skipAnyOf = false): void {
  checkLogic(errors, schema, path, skipAnyOf);
  const items = itemsOf(schema);
  if (items) checkNested(errors, items, `${path}.items`);
  for (const [name, property] of sortedProperties(schema.properties))
    checkNested(errors, property, `${path}.properties[${name}]`);
  for (const [name, why] of NOT_IN_LOGIC) {
    const value = schema[name];
    if (name === 'additionalProperties' ? value !== undefined : isSet(value))
      errors.push(forbidden(`${path}.${name}`, why));
  }
  if (schema.properties?.metadata)
    errors.push(forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
}

/** What logic speaks of is also specified outside of it. */
function checkCompleteness(
  errors: FieldError[],
  logic: SchemaProps,
  schema: SchemaProps,
  path: string,
  logicPath: string,
): void {
  const { not, allOf = [], anyOf = [], oneOf = [] } = logic;
  if (not) checkNestedCompleteness(errors, not, schema, path, `${logicPath}.not`);
  for (const [i, one] of allOf.entries())
    checkNestedCompleteness(errors, one, schema, path, `${logicPath}.allOf[${i}]`);
  for (const [i, one] of anyOf.entries())
    checkNestedCompleteness(errors, one, schema, path, `${logicPath}.anyOf[${i}]`);
  for (const [i, one] of oneOf.entries())
    checkNestedCompleteness(errors, one, schema, path, `${logicPath}.oneOf[${i}]`);
}

function checkNestedCompleteness(
  errors: FieldError[],
  logic: SchemaProps,
  schema: SchemaProps | undefined,
  path: string,
  logicPath: string,
): void {
  if (!schema) {
    errors.push(required(path, `because it is defined in ${logicPath}`));
    return;
  }
  checkCompleteness(errors, logic, schema, path, logicPath);
  const items = itemsOf(logic);
  if (items) checkNestedCompleteness(errors, items, itemsOf(schema), `${path}.items`, `${logicPath}.items`);
  for (const [name, property] of sortedProperties(logic.properties)) {
    const step = `.properties[${name}]`;
    checkNestedCompleteness(errors, property, schema.properties?.[name], path + step, logicPath + step);
  }
}
