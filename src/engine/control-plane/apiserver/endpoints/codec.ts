/** How bodies and patches become objects of a kind: Go types for built-in kinds, a schema of their own for custom resources. */
import { schemaForKind } from '#engine/api';
import {
  decodeBody,
  decodeObject,
  type FieldValidation,
  type JsonMap,
  type KubeObject,
  type ObjectBody,
  type ObjectPatchType,
  type PatchedObject,
  patchObject,
  type StructSchema,
} from '#engine/apimachinery';

/** What an endpoint expects to read. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface ReadObject {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

export interface KindCodec {
  /** What ownership is tracked by. */
  readonly schema: StructSchema;
  /** The media types of patches it takes; absent: all. */
  readonly patchTypes?: readonly string[];
  /** Reads a body. Throws 400 or 415. */
  read(body: ObjectBody, contentType: string, fieldValidation: FieldValidation): ReadObject;
  /** Applies a patch that is no apply patch. */
  patch(current: KubeObject, type: ObjectPatchType, body: ObjectBody, fieldValidation: FieldValidation): PatchedObject;
  /** The object that a merged configuration is. */
  applied(merged: KubeObject, fieldValidation: FieldValidation): ReadObject;
}

/** Evictions are still understood in the version they were born in, which is served no more. */
const schemaOf = (kind: ExpectedKind): StructSchema | undefined =>
  schemaForKind(
    kind.kind === 'Eviction' && kind.group === 'policy' && kind.version === 'v1beta1'
      ? { ...kind, version: 'v1' }
      : kind,
  );

/** The codec of a kind that Go knows. */
export function goCodec(kind: ExpectedKind): KindCodec {
  let codec = codecs.get(kind);
  if (!codec) {
    codec = createGoCodec(kind);
    codecs.set(kind, codec);
  }
  return codec;
}

const codecs = new WeakMap<ExpectedKind, KindCodec>();

function createGoCodec(kind: ExpectedKind): KindCodec {
  const { group, version } = kind;
  const schema = schemaForKind(kind) as StructSchema;
  return {
    schema,
    read(body, contentType, fieldValidation) {
      const expected = { group, version, kind: kind.kind };
      const { object, warnings } = decodeBody(body, {
        contentType,
        expected,
        schemaOf,
        fieldValidation,
      });
      return { object: withMetadata(object), warnings };
    },
    patch: (current, type, body, fieldValidation) =>
      patchObject(current, type, body, schema, { schemaOf: schemaForKind, fieldValidation }),
    applied: (merged) => ({
      object: withMetadata(decodeObject(merged as unknown as JsonMap, schema).object),
      warnings: [],
    }),
  };
}

/** What a client sent, with the metadata that every object has from here on. */
export const withMetadata = (object: object): KubeObject =>
  ('metadata' in object && object.metadata ? object : { ...object, metadata: {} }) as KubeObject;
