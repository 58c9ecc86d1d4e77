/** Schemas of every definition, built on first use from the generated structs and the hand-written facts. */
import type { AnySchema, FieldSchema, MapSchema, ScalarSchema, Schema, StructSchema } from '#engine/apimachinery';
import { clusterFacts } from './facts/cluster-facts.ts';
import { coreFacts } from './facts/core-facts.ts';
import { type FactTable, type FieldFacts, parseFacts } from './facts/fact-table.ts';
import { goTypes } from './facts/go-type-facts.ts';
import { pointerFields } from './facts/pointer-facts.ts';
import { workloadFacts } from './facts/workload-facts.ts';
import { structs } from './generated/structs.ts';

const facts: FactTable = { ...coreFacts, ...workloadFacts, ...clusterFacts };

const any: AnySchema = { type: 'any' };
/** The letters of the generated table: `i` int32, `l` int64, `x` a number or a string, and so on. */
const scalars: { readonly [code: string]: ScalarSchema } = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  B: { type: 'string', format: 'byte' },
  t: { type: 'string', format: 'date-time' },
  m: { type: 'string', format: 'micro-time' },
  x: { type: 'string', format: 'int-or-string' },
};
const quantity: ScalarSchema = { type: 'string', format: 'quantity' };
const noFacts: FieldFacts = {};
const quantityMap = (atomic: boolean): MapSchema => ({
  type: 'map',
  values: quantity,
  atomic,
  goType: 'v1.ResourceList',
});

function scalarOf(code: string, fact: FieldFacts): Schema {
  if (fact.type === 'quantity') return quantity;
  const scalar = scalars[code];
  if (code === '*' || fact.type !== undefined || !scalar) return any;
  if (!fact.enumValues && fact.goType === undefined) return scalar;
  return {
    ...scalar,
    ...(fact.enumValues && { enumValues: fact.enumValues }),
    ...(fact.goType !== undefined && { goType: fact.goType }),
  };
}

/** The same struct, owned whole or field by field against its own rule. */
const withAtomicity = (struct: StructSchema, atomic: boolean): StructSchema => ({
  type: 'struct',
  definition: struct.definition,
  goName: struct.goName,
  atomic,
  get fields() {
    return struct.fields;
  },
});

function schemaOf(code: string, fact: FieldFacts, goPackage: string): Schema {
  if (code.startsWith('[]')) {
    const items = schemaOf(code.slice(2), fact, goPackage);
    return { type: 'list', items, ...(fact.listType && { listType: fact.listType }), keys: fact.listKeys ?? [] };
  }
  if (code.startsWith('{}')) {
    if (fact.type === 'quantity') return quantityMap(fact.mapAtomic ?? false);
    return { type: 'map', values: schemaOf(code.slice(2), fact, goPackage), atomic: fact.mapAtomic ?? false };
  }
  if (!code.startsWith('@')) return scalarOf(code, fact);
  if (fact.type !== undefined) return any;
  const name = code.slice(1);
  const struct = structSchema(name.includes('.') ? name : `${goPackage}.${name}`);
  return fact.mapAtomic === undefined || fact.mapAtomic === struct.atomic
    ? struct
    : withAtomicity(struct, fact.mapAtomic);
}

const zeroes: { readonly [type: string]: unknown } = { string: '', boolean: false, integer: 0, number: 0 };

function defaultOf(schema: Schema, required: boolean, fact: FieldFacts): unknown {
  if (fact.defaultValue !== undefined) return fact.defaultValue;
  if (fact.byValue) return {};
  return required && !fact.noDefault ? zeroes[schema.type] : undefined;
}

const scalarTypes: ReadonlySet<string> = new Set(['string', 'integer', 'number', 'boolean']);
/** Formats whose Go type is a struct: omitempty does not reach them. */
const structFormats: ReadonlySet<string | undefined> = new Set([
  'quantity',
  'date-time',
  'micro-time',
  'int-or-string',
]);

/** Not a time, a quantity or a number-or-string, which are structs in Go. */
const hasScalarZero = (schema: Schema): boolean => !('format' in schema && structFormats.has(schema.format));

/** Whether Go prints a zero scalar: the field has no omitempty, which shows in a default equal to the zero value. */
function zeroKept(schema: Schema, required: boolean, name: string, fact: FieldFacts): boolean {
  if (!hasScalarZero(schema)) return false;
  if (required) return !fact.noDefault;
  // References by name share a struct whose name is omitted when empty, though it has a default.
  return (
    !fact.pointer && fact.defaultValue !== undefined && fact.defaultValue === zeroes[schema.type] && name !== 'name'
  );
}

/** Times held by value: an unset one prints as null, the one null an object may hold. */
function isValueTime(schema: Schema, name: string, goPackage: string, struct: string): boolean {
  const pointers = pointerFields[goPackage];
  if (!pointers || !('format' in schema) || (schema.format !== 'date-time' && schema.format !== 'micro-time'))
    return false;
  return !pointers[struct]?.split(' ').includes(name);
}

function omitsEmpty(schema: Schema, required: boolean, name: string, goPackage: string, struct: string): boolean {
  // An explicit empty list of managed fields is a request to forget them.
  if (required || name === 'managedFields') return false;
  // No policy at all is something else than not a word about policies.
  if (struct === 'HPAScalingRules' && name === 'policies') return false;
  if (schema.type === 'list' || schema.type === 'map') return true;
  if (!scalarTypes.has(schema.type) || ('format' in schema && structFormats.has(schema.format))) return false;
  const pointers = pointerFields[goPackage];
  return pointers !== undefined && !pointers[struct]?.split(' ').includes(name);
}

/** `v1.PullPolicy`, for a field whose Go type has a name of its own. */
function goTypeName(name: string, goPackage: string, struct: string): string | undefined {
  const entry = goTypes[goPackage]?.[struct]?.split(' ').find((text) => text.startsWith(`${name}=`));
  const goType = entry?.slice(name.length + 1);
  return goType === undefined || goType.includes('.')
    ? goType
    : `${goPackage.slice(goPackage.lastIndexOf('.') + 1)}.${goType}`;
}

function fieldOf(
  text: string,
  allFacts: ReadonlyMap<string, FieldFacts>,
  goPackage: string,
  struct: string,
): FieldSchema {
  const colon = text.lastIndexOf(':');
  const required = text[colon - 1] === '!';
  const name = text.slice(0, required ? colon - 1 : colon);
  const known = allFacts.get(name) ?? noFacts;
  const goType = goTypeName(name, goPackage, struct);
  const fact = goType === undefined ? known : { ...known, goType };
  const schema = schemaOf(text.slice(colon + 1), fact, goPackage);
  const defaultValue = hasScalarZero(schema) ? defaultOf(schema, required, fact) : undefined;
  const zero =
    fact.printsNull || isValueTime(schema, name, goPackage, struct)
      ? null
      : zeroKept(schema, required, name, fact)
        ? zeroes[schema.type]
        : undefined;
  return {
    name,
    schema,
    required,
    ...(defaultValue !== undefined && { defaultValue }),
    byValue: fact.byValue === true && schema.type === 'struct',
    ...(zero !== undefined && { zero }),
    // Some lists must be there, and still Go leaves out empty ones.
    omitEmpty:
      zero === undefined &&
      omitsEmpty(schema, required && !(fact.noDefault && schema.type === 'list'), name, goPackage, struct),
    patchStrategies: fact.patchStrategies ?? [],
    ...(fact.patchMergeKey !== undefined && { patchMergeKey: fact.patchMergeKey }),
  };
}

/** Fields are read from the table when first asked for: a cluster of Pods never parses the other kinds. */
class LazyStruct implements StructSchema {
  readonly type = 'struct';
  readonly atomic: boolean;
  readonly goName: string;
  readonly #goPackage: string;
  readonly #facts: ReadonlyMap<string, FieldFacts>;
  #fields: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(readonly definition: string) {
    const dot = definition.lastIndexOf('.');
    this.#goPackage = definition.slice(0, dot);
    this.goName = definition.slice(dot + 1);
    this.#facts = parseFacts(facts[this.#goPackage]?.[this.goName] ?? '');
    this.atomic = this.#facts.get('.')?.mapAtomic ?? false;
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    if (!this.#fields) {
      const line = structs[this.#goPackage]?.[this.goName] ?? '';
      const fields =
        line === '' ? [] : line.split(' ').map((text) => fieldOf(text, this.#facts, this.#goPackage, this.goName));
      this.#fields = new Map(fields.map((field) => [field.name, field]));
    }
    return this.#fields;
  }
}

const built = new Map<string, StructSchema>();

/** Whether the tables know the definition as a struct. */
export function hasStruct(definition: string): boolean {
  const dot = definition.lastIndexOf('.');
  return structs[definition.slice(0, dot)]?.[definition.slice(dot + 1)] !== undefined;
}

/** The schema of `io.k8s.api.core.v1.Pod`; one with no fields for a name the tables do not know. */
export function structSchema(definition: string): StructSchema {
  let struct = built.get(definition);
  if (!struct) {
    struct = new LazyStruct(definition);
    built.set(definition, struct);
  }
  return struct;
}

/** Every definition of the tables, by package in the table's order. */
export const definitionNames = (): readonly string[] =>
  Object.entries(structs).flatMap(([goPackage, names]) => Object.keys(names).map((name) => `${goPackage}.${name}`));

/** Facts of one field, for OpenAPI. */
export function fieldFacts(definition: string, field: string): FieldFacts {
  const dot = definition.lastIndexOf('.');
  return parseFacts(facts[definition.slice(0, dot)]?.[definition.slice(dot + 1)] ?? '').get(field) ?? noFacts;
}
