/**
 * How bodies become custom resources: unknown fields pruned and reported, nulls and defaults settled, metadata read as Go would.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go unstructuredSchemaCoercer
 */
import {
  type Decoded,
  DecodeError,
  decodeObject,
  duplicateFields,
  isJsonMap,
  type JsonMap,
  type KubeObject,
  patchObject,
  readPlainBody,
  statusErrors,
} from '#engine/apimachinery';
import type { KindCodec } from '../endpoints/codec.ts';
import { withDefaults } from './default-values.ts';
import { coerceEmbedded } from './embedded-resources.ts';
import { pruneObject } from './pruning.ts';
import type { SchemaProps } from './schema-props.ts';
import { objectMetaSchema, typedSchema } from './typed-schema.ts';

/** A custom resource's kind in one version. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Absent: nothing is known, everything is kept. */
  readonly schema: SchemaProps | undefined;
  /** From the time before pruning. */
  readonly preserveUnknownFields: boolean;
}

const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];
const MAX_STRICT_ERRORS = 100;

/** Metadata with the types it has in Go. Throws DecodeError. */
function readMetadata(metadata: unknown): Decoded {
  if (metadata === undefined || metadata === null) return { object: {}, strictErrors: [] };
  const { object, strictErrors } = decodeObject(metadata, objectMetaSchema());
  const { creationTimestamp, ...rest } = object;
  return { object: creationTimestamp === null ? rest : object, strictErrors };
}

/** A client's JSON as an object of the kind, with or without defaults. Throws DecodeError. */
export function coerce(value: unknown, kind: CustomKind, fill = true): Decoded {
  if (!isJsonMap(value))
    throw new DecodeError('json: cannot unmarshal non-object into Go value of type map[string]interface {}');
  const { schema } = kind;
  const metadata = readMetadata(value.metadata);
  const unknownMeta = metadata.strictErrors.map((text) => text.replace('field "', 'field "metadata.'));
  const object = { ...value, metadata: metadata.object };
  if (value.kind !== kind.kind || !schema) return { object, strictErrors: unknownMeta };
  const pruned = kind.preserveUnknownFields ? { value: object, unknown: [] } : pruneObject(object, schema);
  const strictErrors = [...unknownMeta, ...pruned.unknown.map((path) => `unknown field "${path}"`)];
  return {
    object: coerceEmbedded((fill ? withDefaults(pruned.value, schema) : pruned.value) as JsonMap, schema),
    strictErrors: strictErrors.slice(0, MAX_STRICT_ERRORS),
  };
}

/** The codec of a custom resource. */
export function customCodec(kind: CustomKind): KindCodec {
  const { group, version } = kind;
  const apiVersion = `${group}/${version}`;
  const expected = { group, version, kind: kind.kind };
  const schema = typedSchema(kind.kind, kind.schema);
  return {
    schema,
    patchTypes: PATCH_TYPES,
    read(body, contentType, fieldValidation) {
      const { value, gvk, duplicates, strictErrors, cannot } = readPlainBody(body, contentType, expected);
      if (isJsonMap(value) && !value.kind) {
        throw cannot(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
      }
      const decoded = refusing(() => coerce(value, kind), cannot);
      const faults = [...strictErrors, ...duplicateFields(value, duplicates), ...decoded.strictErrors];
      if (faults.length > 0 && fieldValidation === 'Strict') {
        throw cannot(`strict decoding error: ${faults.join(', ')}`);
      }
      const given = isJsonMap(value) ? value.apiVersion : undefined;
      if (given !== undefined && given !== apiVersion) {
        const said = gvk.group ? `${gvk.group}/${gvk.version}` : gvk.version;
        throw statusErrors.badRequest(
          `the API version in the data (${said}) does not match the expected API version (${apiVersion})`,
        );
      }
      return { object: asObject(decoded), warnings: fieldValidation === 'Warn' ? faults : [] };
    },
    patch: (current, type, body, fieldValidation) =>
      patchObject(current, type, body, schema, {
        schemaOf: () => schema,
        fieldValidation,
        decode: (document) => coerce(document, kind),
      }),
    applied(merged, fieldValidation) {
      const decoded = refusing(
        () => coerce(merged, kind),
        (why) => statusErrors.badRequest(why),
      );
      return { object: asObject(decoded), warnings: fieldValidation === 'Warn' ? decoded.strictErrors : [] };
    },
  };
}

const asObject = ({ object }: Decoded): KubeObject => object as unknown as KubeObject;

function refusing(decode: () => Decoded, refuse: (why: string) => Error): Decoded {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}
