/** One version of a definition. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go */
import { type FieldError, fieldErrors, semanticEqual } from '#engine/apimachinery';
import { validateDefaults } from './default-validation.ts';
import { fieldPathSchema, parseFieldPath } from './field-paths.ts';
import { invalidStruct, schemaForm } from './internal-form.ts';
import { type NotedRules, ruleSites } from './rule-validation.ts';
import type { CompileRules } from './rules.ts';
import { allSchemas, type Definition, type SchemaProps, schemaOfVersion, type Version } from './schema-props.ts';
import { validateSchema } from './schema-validation.ts';
import { validateStructural } from './structural-validation.ts';

const { forbidden, invalid, required } = fieldErrors;
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'name', 'password'];
const MAX_SELECTABLE_FIELDS = 8;
const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

/** The warning of a deprecated version. */
export function checkDeprecation(
  errors: FieldError[],
  { deprecated, deprecationWarning }: Version,
  path: string,
): void {
  const at = `${path}.deprecationWarning`;
  if (deprecationWarning === undefined) return;
  const bad = (why: string) => errors.push(invalid(at, deprecationWarning, why));
  if (!deprecated) {
    bad('can only be set for deprecated versions');
    return;
  }
  if (new TextEncoder().encode(deprecationWarning).length > 256) bad('must be <= 256 characters long');
  if (deprecationWarning === '') bad('must not be an empty string');
  const odd = deprecationWarning.search(/[^\P{C}]|[^\P{Z} ]/u);
  if (odd >= 0) bad(`must only contain printable UTF-8 characters; non-printable character found at index ${odd}`);
}

/** A version's schema, with its defaults and its rules. */
export function checkVersionSchema(
  errors: FieldError[],
  version: Version,
  hasStatus: boolean,
  path: string,
  current: Definition | undefined,
  compile: CompileRules | undefined,
): void {
  const schema = schemaOfVersion(version);
  if (!schema) return;
  const at = `${path}.openAPIV3Schema`;
  if (hasStatus) checkRootOfStatus(errors, schema, path);
  if (schema.nullable) errors.push(forbidden(`${at}.nullable`, 'nullable cannot be true at the root'));
  const supported = [...allSchemas(schema)].every(isSupported);
  const structural = supported ? validateStructural(schema, at) : [];
  const defaults = !supported || structural.length > 0 ? [] : validateDefaults(schema, at);
  errors.push(...structural, ...defaults);
  const noted: NotedRules[] = [];
  const isStructural = supported && structural.length === 0 && defaults.length === 0;
  const around = { isRoot: true, insideMeta: false, ...(isStructural && { site: { cardinality: 1 } }) };
  errors.push(...validateSchema(schema, at, around, ruleSites(noted)));
  if (noted.length === 0 || !compile) return;
  const before = current?.spec.versions.find(({ name }) => name === version.name);
  const unchanged = before !== undefined && semanticEqual(before.schema, version.schema);
  errors.push(...compile(schema, noted, { path: at, unchanged }));
}

/** What has no structural form at all is refused in other words. */
const isSupported = (schema: SchemaProps): boolean =>
  !schema.id &&
  schema.$ref === undefined &&
  schema.additionalItems === undefined &&
  schema.dependencies === undefined &&
  schema.definitions === undefined &&
  schema.patternProperties === undefined &&
  !Array.isArray(schema.items);

function checkRootOfStatus(errors: FieldError[], schema: SchemaProps, path: string): void {
  const allowed = ROOT_FIELDS.split(' ');
  const form = schemaForm(schema);
  for (const [name, value] of Object.entries(form)) {
    if (value === null || value === '' || value === false) continue;
    if (name === 'Type') {
      if (value === 'object') continue;
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      errors.push(invalid(`${path}.openAPIV3Schema.type`, value, why));
      return;
    }
    if (allowed.includes(name)) continue;
    const why = `only [${ROOT_FIELDS}] fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.push(invalidStruct(`${path}.openAPIV3Schema`, form, why));
    return;
  }
}

function checkPath(errors: FieldError[], path: string, at: string, under: readonly string[], why: string): void {
  if (!path) errors.push(required(at));
  else if (!path.startsWith('.')) errors.push(invalid(at, path, 'must be a simple json path starting with .'));
  else if (under.length > 0 && !under.some((prefix) => path.startsWith(prefix))) errors.push(invalid(at, path, why));
}

export function checkSubresources(errors: FieldError[], subresources: Version['subresources'], path: string): void {
  const scale = subresources?.scale;
  if (!scale) return;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  checkPath(
    errors,
    specReplicasPath,
    `${path}.scale.specReplicasPath`,
    ['.spec.'],
    'should be a json path under .spec',
  );
  const status = `${path}.scale.statusReplicasPath`;
  checkPath(errors, statusReplicasPath, status, ['.status.'], 'should be a json path under .status');
  if (!labelSelectorPath) return;
  const why = 'should be a json path under either .spec or .status';
  checkPath(errors, labelSelectorPath, `${path}.scale.labelSelectorPath`, ['.spec.', '.status.'], why);
}

export function checkColumns(errors: FieldError[], { additionalPrinterColumns = [] }: Version, path: string): void {
  for (const [i, { name, type, format, jsonPath }] of additionalPrinterColumns.entries()) {
    const at = `${path}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    const types = `must be one of ${COLUMN_TYPES.join(',')}`;
    if (!type) errors.push(required(`${at}.type`, types));
    else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${at}.type`, type, types));
    if (format && !COLUMN_FORMATS.includes(format))
      errors.push(invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
    checkPath(errors, jsonPath, `${at}.JSONPath`, [], '');
  }
}

export function checkSelectableFields(errors: FieldError[], version: Version, path: string): void {
  const { selectableFields = [] } = version;
  const schema = schemaOfVersion(version);
  if (selectableFields.length === 0 || !schema) return;
  const seen = new Set<string>();
  for (const [i, { jsonPath }] of selectableFields.entries()) {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      errors.push(required(at));
      continue;
    }
    const found = fieldPathSchema(schema, jsonPath, false);
    if (typeof found === 'string') {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found}`));
      continue;
    }
    const steps = parseFieldPath(jsonPath) ?? [];
    if (steps[0] === 'metadata') errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(at, jsonPath, why));
    }
    const key = steps.join('.');
    if (seen.has(key)) errors.push(fieldErrors.duplicate(at, jsonPath));
    seen.add(key);
  }
  if (seen.size > MAX_SELECTABLE_FIELDS) errors.push(fieldErrors.tooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
}
