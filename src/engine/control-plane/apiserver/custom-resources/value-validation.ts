/**
 * One JSON value against one schema, in the words and the order of upstream's validator.
 * @upstream vendor/k8s.io/kube-openapi/pkg/validation/validate, staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go
 */
import { compareText, type FieldError, fieldErrors, isJsonMap, type JsonMap, jsonEqual } from '#engine/apimachinery';
import { isKnownFormat, isOfFormat } from './formats.ts';
import { numberFaults } from './number-validation.ts';
import { matchesPattern } from './patterns.ts';
import { itemsOf, type SchemaProps, sortedProperties, valuesOf } from './schema-props.ts';
import { type Fault, fieldOf, pathless, Result } from './value-result.ts';

/** Where a walk stands: the path it has come, and the field everything hangs under. */
interface Place {
  readonly path: string;
  readonly prefix: string;
  /** What stood there before: what has not changed is not found fault with. */
  readonly old: unknown;
}

const below = ({ path, prefix }: Place, step: string, old: unknown): Place => ({ path: path + step, prefix, old });
const oldChild = ({ old }: Place, name: string): unknown => (isJsonMap(old) ? old[name] : undefined);
const child = (place: Place, name: string): Place =>
  below(place, place.path === '' ? name : `.${name}`, oldChild(place, name));

/**
 * Every fault of a value, under a field (`spec.default` of a schema) or under none, for a whole object. `old` is the object
 * before an update.
 */
export function validateValue(schema: SchemaProps, value: unknown, prefix = '', old?: unknown): readonly FieldError[] {
  return check(schema, value, { path: '', prefix, old }).faults.map(({ error }) => error);
}

const invalid = ({ path, prefix }: Place, value: unknown, rest: string): Fault => {
  const text = `${path} in body ${rest}`;
  return { text, error: fieldErrors.invalid(fieldOf(path, prefix), value, text) };
};

const typeFault = ({ path, prefix }: Place, type: string, value: string): Fault => {
  const text = `${path} in body must be of type ${type}: ${JSON.stringify(value)}`;
  return { text, error: fieldErrors.typeInvalid(fieldOf(path, prefix), value, text) };
};

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The types a value may have; none: any. */
function typesOf(schema: SchemaProps): readonly string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}

/** The format, when it means something for the type. */
const formatOf = ({ type, format }: SchemaProps): string => (format && isKnownFormat(type, format) ? format : '');

function checkType(schema: SchemaProps, value: unknown, place: Place): Result {
  const result = new Result();
  const types = typesOf(schema);
  const format = formatOf(schema);
  if (types.length === 0 && format === '') return result;
  const type = types.join(',');
  if (value === null) {
    if (types.length > 0 && !schema.nullable) result.add(typeFault(place, type, 'null'));
    else result.matches++;
    return result;
  }
  const isText = typeof value === 'string' || Array.isArray(value);
  const numeric = types.includes('number') || types.includes('integer');
  const name = typeName(value);
  const fits = types.includes(name) || (name === 'integer' && types.includes('number'));
  if ((!numeric && format !== '' && isText) || fits) result.matches++;
  else result.add(typeFault(place, type, name));
  return result;
}

function checkEnum({ enum: allowed = [] }: SchemaProps, value: unknown, { path, prefix }: Place): Result | undefined {
  if (allowed.length === 0 || allowed.some((one) => jsonEqual(one, value))) return undefined;
  const result = new Result();
  const texts = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const error = fieldErrors.notSupported(fieldOf(path, prefix), value, texts);
  result.add({ text: `${path} in body should be one of [${texts.join(' ')}]`, error });
  return result;
}

const lengthOf = (text: string): number => [...text].length;

function checkString(schema: SchemaProps, value: string, place: Place): Result | undefined {
  const { minLength, maxLength, pattern } = schema;
  const result = new Result();
  if (maxLength !== undefined && lengthOf(value) > maxLength) {
    const text = `${place.path} in body should be at most ${maxLength} chars long`;
    result.add({ text, error: fieldErrors.tooLong(fieldOf(place.path, place.prefix), maxLength) });
  } else if (minLength !== undefined && lengthOf(value) < minLength) {
    result.add(invalid(place, value, `should be at least ${minLength} chars long`));
  } else if (pattern && !matchesPattern(pattern, value)) {
    result.add(invalid(place, value, `should match '${pattern}'`));
  } else return undefined;
  return result;
}

function checkFormat(schema: SchemaProps, value: string, place: Place): Result | undefined {
  const format = formatOf(schema);
  if (format === '') return undefined;
  const result = new Result();
  if (!isOfFormat(format, value)) result.add(typeFault(place, format, value));
  return result;
}

const tooMany = ({ path, prefix }: Place, actual: number, max: number, what: string): Fault => ({
  text: `${path} in body should have at most ${max} ${what}`,
  error: fieldErrors.tooMany(fieldOf(path, prefix), actual, max),
});

/** The item before the update: items of maps are told by their keys. */
function oldItem(schema: SchemaProps, item: unknown, old: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isJsonMap(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return old.find((one) => isJsonMap(one) && keys.every((key) => jsonEqual(one[key], item[key])));
}

function checkArray(schema: SchemaProps, value: readonly unknown[], place: Place): Result {
  const { minItems, maxItems, uniqueItems } = schema;
  const result = new Result();
  const items = itemsOf(schema);
  if (items)
    for (const [i, item] of value.entries())
      result.merge(check(items, item, below(place, `[${i}]`, oldItem(schema, item, place.old))));
  if (minItems !== undefined && value.length < minItems)
    result.add(invalid(place, value.length, `should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) result.add(tooMany(place, value.length, maxItems, 'items'));
  if (uniqueItems && value.some((one, i) => value.slice(0, i).some((other) => jsonEqual(one, other))))
    result.add(invalid(place, '', "shouldn't contain duplicates"));
  result.matches++;
  return result;
}

function checkObject(schema: SchemaProps, value: JsonMap, place: Place): Result {
  const { minProperties, maxProperties, properties = {}, required = [], additionalProperties } = schema;
  const result = new Result();
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  if (minProperties !== undefined && names.length < minProperties) {
    result.add(invalid(place, minProperties, `should have at least ${minProperties} properties`));
    return result;
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    result.add(tooMany(place, names.length, maxProperties, 'properties'));
    return result;
  }
  const values = valuesOf(schema);
  for (const name of names.toSorted(compareText)) {
    if (name in properties) continue;
    if (values) result.merge(check(values, value[name], below(place, `.${name}`, oldChild(place, name))));
    else if (additionalProperties === false) {
      const text = `${place.path}.${name} in body is a forbidden property`;
      result.add({ text, error: fieldErrors.invalid(fieldOf(place.path, place.prefix), name, text) });
    }
  }
  for (const [name, property] of sortedProperties(properties)) {
    if (value[name] !== undefined) result.merge(check(property, value[name], child(place, name)));
  }
  for (const name of required) {
    if (value[name] !== undefined) continue;
    const path = `${place.path}.${name}`;
    result.add({ text: `${path} in body is required`, error: fieldErrors.required(fieldOf(path, place.prefix)) });
  }
  return result;
}

function checkAnyOf(schemas: readonly SchemaProps[], value: unknown, place: Place, main: Result): void {
  let best: Result | undefined;
  for (const schema of schemas) {
    const result = check(schema, value, place);
    if (result.isValid) {
      main.merge(result);
      return;
    }
    if (!best || result.matches > best.matches) best = result;
  }
  main.add(pathless(`${JSON.stringify(place.path)} must validate at least one schema (anyOf)`));
  main.merge(best);
}

function checkOneOf(schemas: readonly SchemaProps[], value: unknown, place: Place, main: Result): void {
  let best: Result | undefined;
  let first: Result | undefined;
  let valid = 0;
  for (const schema of schemas) {
    const result = check(schema, value, place);
    if (result.isValid) {
      valid++;
      best = undefined;
      first ??= result;
    } else if (valid === 0 && (!best || result.matches > best.matches)) best = result;
  }
  if (valid === 1) {
    main.merge(first);
    return;
  }
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  main.add(pathless(`${JSON.stringify(place.path)} must validate one and only one schema (oneOf). ${found}`));
  main.merge(best);
}

function checkAllOf(schemas: readonly SchemaProps[], value: unknown, place: Place, main: Result): void {
  let valid = 0;
  for (const schema of schemas) {
    const result = check(schema, value, place);
    if (result.isValid) valid++;
    main.merge(result);
  }
  if (valid === schemas.length) return;
  const none = valid === 0 ? '. None validated' : '';
  main.add(pathless(`${JSON.stringify(place.path)} must validate all the schemas (allOf)${none}`));
}

/** The logical junctors. */
function checkAlternatives(schema: SchemaProps, value: unknown, place: Place): Result {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const main = new Result();
  if (anyOf.length > 0) checkAnyOf(anyOf, value, place, main);
  if (oneOf.length > 0) checkOneOf(oneOf, value, place, main);
  if (allOf.length > 0) checkAllOf(allOf, value, place, main);
  if (not && check(not, value, place).isValid)
    main.add(pathless(`${JSON.stringify(place.path)} must not validate the schema (not)`));
  main.matches++;
  return main;
}

function check(schema: SchemaProps, value: unknown, place: Place): Result {
  const result = new Result();
  if (place.old !== undefined && jsonEqual(place.old, value)) return result;
  result.merge(checkType(schema, value, place));
  if (value === null) {
    result.merge(checkEnum(schema, value, place));
    return result;
  }
  result.merge(checkAlternatives(schema, value, place));
  result.matches++;
  if (typeof value === 'string') {
    result.merge(checkString(schema, value, place));
    result.merge(checkFormat(schema, value, place));
    result.matches += 2;
  }
  if (typeof value === 'number') {
    for (const fault of numberFaults(schema, value, place.path, place.prefix)) result.add(fault);
    result.matches += 2;
  }
  if (Array.isArray(value)) result.merge(checkArray(schema, value, place));
  result.merge(checkEnum(schema, value, place));
  result.matches++;
  if (isJsonMap(value)) result.merge(checkObject(schema, value, place));
  return result;
}
