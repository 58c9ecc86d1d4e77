/**
 * A definition as upstream holds it inside: what versions have in common stands once, at the top. Errors name fields by this
 * form and print values in it.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go
 */
import { type FieldError, fieldErrors, semanticEqual } from '#engine/apimachinery';
import { isSchemaList, type Rule, type SchemaProps, schemaOfVersion, type Version } from './schema-props.ts';

const ESCAPES: { readonly [character: string]: string } = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A value as Go's encoder prints it: safe inside HTML. */
const goText = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] as string);

/** An error about a value that is a Go struct. */
export const invalidStruct = (field: string, value: unknown, detail: string): FieldError => {
  const { type } = fieldErrors.invalid(field, '', detail);
  return { type, field, body: `Invalid value: ${goText(value)}: ${detail}` };
};

/** What all versions have in common; absent when they differ. */
export interface Hoisted {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly columns: boolean;
  readonly selectableFields: boolean;
}

/** Which fields of the versions upstream moves to the top. */
export function hoistedOf(versions: readonly Version[]): Hoisted {
  const [first] = versions;
  const same = (read: (version: Version) => unknown) =>
    first !== undefined && versions.every((one) => semanticEqual(read(one), read(first)));
  return {
    schema: same((one) => one.schema),
    subresources: same((one) => one.subresources),
    columns: same((one) => one.additionalPrinterColumns),
    selectableFields: same((one) => one.selectableFields),
  };
}

const orNull = (value: unknown): unknown => value ?? null;
const listOrNull = <T>(list: readonly T[] | undefined, form: (one: T) => unknown): unknown =>
  list && list.length > 0 ? list.map(form) : null;

function mapForm(map: { readonly [name: string]: SchemaProps } | undefined): unknown {
  if (!map) return null;
  return Object.fromEntries(
    Object.entries(map)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, schemaForm(one)]),
  );
}

function itemsForm(items: SchemaProps['items']): unknown {
  if (items === undefined) return null;
  return isSchemaList(items)
    ? { Schema: null, JSONSchemas: items.map(schemaForm) }
    : { Schema: schemaForm(items), JSONSchemas: null };
}

function boolForm(value: SchemaProps | boolean | undefined): unknown {
  if (value === undefined) return null;
  return typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: schemaForm(value) };
}

/** A rule as Go prints it. */
export const ruleForm = (rule: Rule): unknown => ({
  Rule: rule.rule ?? '',
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: orNull(rule.reason),
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: orNull(rule.optionalOldSelf),
});

/** A schema as Go prints it. */
export function schemaForm(schema: SchemaProps): { readonly [field: string]: unknown } {
  return {
    ID: schema.id ?? '',
    Schema: schema.$schema ?? '',
    Ref: orNull(schema.$ref),
    Description: schema.description ?? '',
    Type: schema.type ?? '',
    Nullable: schema.nullable ?? false,
    Format: schema.format ?? '',
    Title: schema.title ?? '',
    Default: orNull(schema.default),
    Maximum: orNull(schema.maximum),
    ExclusiveMaximum: schema.exclusiveMaximum ?? false,
    Minimum: orNull(schema.minimum),
    ExclusiveMinimum: schema.exclusiveMinimum ?? false,
    MaxLength: orNull(schema.maxLength),
    MinLength: orNull(schema.minLength),
    Pattern: schema.pattern ?? '',
    MaxItems: orNull(schema.maxItems),
    MinItems: orNull(schema.minItems),
    UniqueItems: schema.uniqueItems ?? false,
    MultipleOf: orNull(schema.multipleOf),
    Enum: listOrNull(schema.enum, (one) => one),
    MaxProperties: orNull(schema.maxProperties),
    MinProperties: orNull(schema.minProperties),
    Required: listOrNull(schema.required, (one) => one),
    Items: itemsForm(schema.items),
    AllOf: listOrNull(schema.allOf, schemaForm),
    OneOf: listOrNull(schema.oneOf, schemaForm),
    AnyOf: listOrNull(schema.anyOf, schemaForm),
    Not: schema.not ? schemaForm(schema.not) : null,
    Properties: mapForm(schema.properties),
    AdditionalProperties: boolForm(schema.additionalProperties),
    PatternProperties: mapForm(schema.patternProperties),
    Dependencies: orNull(schema.dependencies),
    AdditionalItems: boolForm(schema.additionalItems),
    Definitions: mapForm(schema.definitions),
    ExternalDocs: schema.externalDocs
      ? { Description: schema.externalDocs.description ?? '', URL: schema.externalDocs.url ?? '' }
      : null,
    Example: orNull(schema.example),
    XPreserveUnknownFields: orNull(schema['x-kubernetes-preserve-unknown-fields']),
    XEmbeddedResource: schema['x-kubernetes-embedded-resource'] ?? false,
    XIntOrString: schema['x-kubernetes-int-or-string'] ?? false,
    XListMapKeys: listOrNull(schema['x-kubernetes-list-map-keys'], (one) => one),
    XListType: orNull(schema['x-kubernetes-list-type']),
    XMapType: orNull(schema['x-kubernetes-map-type']),
    XValidations: listOrNull(schema['x-kubernetes-validations'], ruleForm),
  };
}

function subresourcesForm({ subresources }: Version): unknown {
  if (!subresources) return null;
  const { status, scale } = subresources;
  return {
    Status: status === undefined ? null : {},
    Scale: scale
      ? {
          SpecReplicasPath: scale.specReplicasPath,
          StatusReplicasPath: scale.statusReplicasPath,
          LabelSelectorPath: orNull(scale.labelSelectorPath),
        }
      : null,
  };
}

/** The versions as Go prints them: null when there are none at all. */
export function versionsForm(versions: readonly Version[] | undefined): unknown {
  if (!versions) return null;
  const hoisted = hoistedOf(versions);
  return versions.map((version) => {
    const schema = schemaOfVersion(version);
    return {
      Name: version.name,
      Served: version.served,
      Storage: version.storage,
      Deprecated: version.deprecated ?? false,
      DeprecationWarning: orNull(version.deprecationWarning),
      Schema: hoisted.schema || !version.schema ? null : { OpenAPIV3Schema: schema ? schemaForm(schema) : null },
      Subresources: hoisted.subresources ? null : subresourcesForm(version),
      AdditionalPrinterColumns: hoisted.columns
        ? null
        : listOrNull(version.additionalPrinterColumns, (column) => ({
            Name: column.name,
            Type: column.type,
            Format: column.format ?? '',
            Description: column.description ?? '',
            Priority: column.priority ?? 0,
            JSONPath: column.jsonPath,
          })),
      SelectableFields: hoisted.selectableFields
        ? null
        : listOrNull(version.selectableFields, ({ jsonPath }) => ({ JSONPath: jsonPath })),
    };
  });
}
