/**
 * What the machinery knows of a kind's shape: enough to decode, patch, track field ownership and describe it.
 * The api room builds these values lazily from generated tables; CustomResourceDefinitions will build them from theirs.
 */
export type ScalarFormat =
  | 'int32'
  | 'int64'
  | 'double'
  | 'byte'
  | 'date-time'
  | 'micro-time'
  | 'quantity'
  | 'int-or-string';

export interface ScalarSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: ScalarFormat;
  readonly enumValues?: readonly string[];
  /** The named Go type that decoding errors print: `v1.PullPolicy`. */
  readonly goType?: string;
}

export interface ListSchema {
  readonly type: 'list';
  readonly items: Schema;
  /** Absent means atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** For `map`: the fields that identify an item. */
  readonly keys: readonly string[];
}

export interface MapSchema {
  readonly type: 'map';
  readonly values: Schema;
  readonly atomic: boolean;
  readonly goType?: string;
}

/** Any JSON value: runtime.RawExtension, apiextensions JSON, or what a schema preserves without knowing. */
export interface AnySchema {
  readonly type: 'any';
  /** Objects in it are owned key by key, as upstream deduces them; absent: owned whole. */
  readonly deduced?: true;
}

export interface StructSchema {
  readonly type: 'struct';
  /** `io.k8s.api.core.v1.Pod` */
  readonly definition: string;
  /** `PodSpec`: as Go names it in errors. */
  readonly goName: string;
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldSchema>;
  /** What fields are that the schema does not name, where it preserves them. */
  readonly unknown?: Schema | undefined;
}

export type Schema = ScalarSchema | ListSchema | MapSchema | AnySchema | StructSchema;

export interface FieldSchema {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** What an absent field reads as; for structs held by value `{}`. */
  readonly defaultValue?: unknown;
  /** Go holds the struct itself, not a pointer: it is never absent in an answer. */
  readonly byValue: boolean;
  /** Go's zero value, where Go prints it even so: the field has no omitempty. null for a time held by value. */
  readonly zero?: unknown;
  /** Go leaves the field out when it is empty: a list, a map, or a scalar without a pointer. */
  readonly omitEmpty: boolean;
  /** Strategic merge patch: `merge`, `retainKeys`, both, or none for replace. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string;
}

const kinds: { readonly [type: string]: string } = {
  string: 'string',
  boolean: 'bool',
  integer: 'int32',
  number: 'float64',
};

function scalarGoType({ type, format, goType }: ScalarSchema): string {
  if (goType !== undefined) return goType;
  if (format === 'int64' || format === 'int32') return format;
  if (format === 'byte') return '[]uint8';
  if (format === 'quantity') return 'resource.Quantity';
  if (format === 'int-or-string') return 'intstr.IntOrString';
  if (format === 'date-time') return 'v1.Time';
  if (format === 'micro-time') return 'v1.MicroTime';
  return kinds[type] ?? type;
}

/** The Go type of a value, as `json: cannot unmarshal … of type v1.PodSpec` prints it. */
export function goTypeOf(schema: Schema): string {
  if (schema.type === 'list') return `[]${goTypeOf(schema.items)}`;
  if (schema.type === 'map') return schema.goType ?? `map[string]${goTypeOf(schema.values)}`;
  if (schema.type === 'any') return 'map[string]interface {}';
  if (schema.type === 'struct') {
    const parts = schema.definition.split('.');
    return `${parts.at(-2)}.${schema.goName}`;
  }
  return scalarGoType(schema);
}
