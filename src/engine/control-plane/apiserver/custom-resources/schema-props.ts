/** A schema as a CustomResourceDefinition writes it down. */
import type { CustomResourceDefinition, JSONSchemaProps, ValidationRule } from '#engine/api';
import { compareText } from '#engine/apimachinery';

type Untyped =
  | 'items'
  | 'additionalProperties'
  | 'properties'
  | 'allOf'
  | 'anyOf'
  | 'oneOf'
  | 'not'
  | 'additionalItems'
  | 'definitions'
  | 'patternProperties'
  | 'dependencies';

/** JSONSchemaProps with the shapes its untyped fields have. */
export interface SchemaProps extends Omit<JSONSchemaProps, Untyped> {
  readonly properties?: { readonly [name: string]: SchemaProps };
  readonly items?: SchemaProps | readonly SchemaProps[];
  readonly additionalProperties?: SchemaProps | boolean;
  readonly additionalItems?: SchemaProps | boolean;
  readonly allOf?: readonly SchemaProps[];
  readonly anyOf?: readonly SchemaProps[];
  readonly oneOf?: readonly SchemaProps[];
  readonly not?: SchemaProps;
  readonly definitions?: { readonly [name: string]: SchemaProps };
  readonly patternProperties?: { readonly [name: string]: SchemaProps };
  readonly dependencies?: { readonly [name: string]: SchemaProps | readonly string[] };
}

export type Rule = ValidationRule;
export type Definition = CustomResourceDefinition;
export type Version = Definition['spec']['versions'][number];

/** One item schema; undefined when there is none, or a list of them, which no valid definition has. */
export function itemsOf({ items }: SchemaProps): SchemaProps | undefined {
  return items === undefined || isSchemaList(items) ? undefined : items;
}

export const isSchemaList = (items: SchemaProps | readonly SchemaProps[]): items is readonly SchemaProps[] =>
  Array.isArray(items);

/** The schema of the values of a map; undefined when any are taken, or none. */
export const valuesOf = ({ additionalProperties }: SchemaProps): SchemaProps | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

export const schemaOfVersion = (version: Version): SchemaProps | undefined =>
  version.schema?.openAPIV3Schema as SchemaProps | undefined;

/** Properties in the order errors are told in: Go has none. */
export const sortedProperties = (
  map: { readonly [name: string]: SchemaProps } | undefined,
): readonly (readonly [string, SchemaProps])[] => Object.entries(map ?? {}).sort(([a], [b]) => compareText(a, b));

/** Everything below a schema, itself first. @upstream apis/apiextensions/validation SchemaHas */
export function* allSchemas(schema: SchemaProps | undefined): Generator<SchemaProps> {
  if (schema === undefined) return;
  yield schema;
  const { items, allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema;
  const below = [
    ...(items === undefined ? [] : isSchemaList(items) ? items : [items]),
    ...allOf,
    ...anyOf,
    ...oneOf,
    not,
    ...Object.values(properties),
    valuesOf(schema),
  ];
  for (const one of below) yield* allSchemas(one);
}

/** `True` of a condition of a definition. */
export const isConditionTrue = ({ status }: Pick<Definition, 'status'>, type: string): boolean =>
  status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
