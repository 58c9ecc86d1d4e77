/**
 * From a request's body to the object it describes, with upstream's refusals and warnings.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go
 */
import { type Decoded, decodeObject } from './decode.ts';
import { DecodeError } from './decode-state.ts';
import { JsonSyntaxError, parseJson } from './json-text.ts';
import type { TypeMeta } from './meta.ts';
import { decodeProtobuf, ProtobufError, type ProtobufNumbers } from './protobuf.ts';
import type { StructSchema } from './schema.ts';
import { statusErrors } from './status.ts';
import { type ReadYaml, YamlSyntaxError } from './yaml-syntax.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface GroupVersionKindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A body as the http room carries it; one in YAML brings its reader along, one in protobuf its field numbers. */
export type ObjectBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string; readonly readYaml?: ReadYaml }
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly readYaml?: ReadYaml;
      /** Of a body in protobuf. */
      readonly numbers?: ProtobufNumbers;
    };

export interface DecodeBodyOptions {
  /** As the header says it; absent or empty reads as JSON. */
  readonly contentType?: string | undefined;
  /** What the endpoint takes; also the default for a body that does not name itself. */
  readonly expected: GroupVersionKindName;
  readonly schemaOf: (kind: GroupVersionKindName) => StructSchema | undefined;
  readonly fieldValidation: FieldValidation;
}

export interface DecodedBody {
  readonly object: TypeMeta & { readonly [field: string]: unknown };
  readonly gvk: GroupVersionKindName;
  /** One `Warning` header each, when fieldValidation is Warn. */
  readonly warnings: readonly string[];
}

interface Parsed {
  readonly value: unknown;
  readonly duplicates?: ReadonlyMap<object, readonly string[]>;
  readonly strictErrors?: readonly string[];
}

const SUMMARY_BYTES = 30;
const META_TYPE =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const SCHEME = 'pkg/api/legacyscheme/scheme.go:30';
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The start of a body that is not even an object, for the error. */
function summarize(text: string): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text);
  const more = bytes.length > SUMMARY_BYTES ? ' ...' : '';
  const head = bytes.slice(0, SUMMARY_BYTES);
  return `${text.startsWith('{') ? new TextDecoder().decode(head) : hex(head)}${more}`;
}

const textOf = (body: ObjectBody): string =>
  body.kind === 'text'
    ? body.text
    : body.kind === 'bytes'
      ? new TextDecoder().decode(body.bytes)
      : JSON.stringify(body.value);

function parse(body: ObjectBody, contentType: string): Parsed {
  if (body.kind === 'json') return { value: body.value };
  if (contentType === 'application/yaml' && body.readYaml) {
    const { value, duplicates } = body.readYaml(textOf(body));
    return {
      value,
      strictErrors: duplicates,
    };
  }
  return parseJson(textOf(body));
}

function unrecognized(why: string, body: ObjectBody, expected: GroupVersionKindName): Error {
  return statusErrors.badRequest(
    `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarize(textOf(body))})`,
  );
}

function parseOrRefuse(body: ObjectBody, contentType: string, expected: GroupVersionKindName): Parsed {
  try {
    return parse(body, contentType);
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw unrecognized(error.message, body, expected);
    if (error instanceof JsonSyntaxError) {
      throw unrecognized(`couldn't get version/kind; json parse error: ${error.message}`, body, expected);
    }
    throw error;
  }
}

function typeMetaOf(value: unknown, body: ObjectBody, expected: GroupVersionKindName): GroupVersionKindName {
  const refuse = (what: string, target: string) =>
    unrecognized(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into ${target}`,
      body,
      expected,
    );
  if (value === null || value === undefined) return expected;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw refuse(
      Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value,
      `Go value of type ${META_TYPE}`,
    );
  }
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  for (const [name, text] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    if (text === undefined || text === null || typeof text === 'string') continue;
    const what = Array.isArray(text) ? 'array' : typeof text === 'boolean' ? 'bool' : typeof text;
    throw refuse(what, `Go struct field .${name} of type string`);
  }
  const parts = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion.split('/') : undefined;
  if (parts && parts.length > 2)
    throw unrecognized(`unexpected GroupVersion string: ${String(apiVersion)}`, body, expected);
  return {
    group: parts ? (parts.length === 2 ? (parts[0] as string) : '') : expected.group,
    version: parts?.at(-1) ?? expected.version,
    kind: typeof kind === 'string' && kind !== '' ? kind : expected.kind,
  };
}

const groupVersion = ({ group, version }: GroupVersionKindName) => (group ? `${group}/${version}` : version);
/** Go's name of the type that the server works on. */
export const internalName = ({ group, kind }: Pick<GroupVersionKindName, 'group' | 'kind'>): string =>
  `${group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0]}.${kind}`;

function decodeOrRefuse(parsed: Parsed, schema: StructSchema, cannot: (why: string) => Error): Decoded {
  try {
    return decodeObject(parsed.value ?? {}, schema, parsed.duplicates);
  } catch (error) {
    if (error instanceof DecodeError) throw cannot(error.message);
    throw error;
  }
}

/** Bodies in Kubernetes' protobuf envelope, as new kubectls send them for typed commands. */
function fromProtobuf(bytes: Uint8Array, numbers: ProtobufNumbers, options: DecodeBodyOptions): Parsed {
  try {
    return { value: decodeProtobuf(bytes, numbers, options.schemaOf) };
  } catch (error) {
    if (error instanceof ProtobufError) throw statusErrors.badRequest(error.message);
    throw error;
  }
}

/** A body as plain JSON, with the kind it names and what a strict reader would refuse. */
export interface PlainBody {
  readonly value: unknown;
  readonly gvk: GroupVersionKindName;
  readonly duplicates: ReadonlyMap<object, readonly string[]>;
  readonly strictErrors: readonly string[];
  /** The refusal of an object that is not what the endpoint takes. */
  readonly cannot: (why: string) => Error;
}

function checkMediaType(contentType: string): void {
  if (ACCEPTED.split(', ').includes(contentType)) return;
  throw statusErrors.unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`,
  );
}

const mediaTypeOf = (contentType: string | undefined) => contentType?.split(';')[0]?.trim() || 'application/json';

/** Reads a body of a kind that has no Go type. Throws StatusError: 415 for an unknown format, 400 for what is no object. */
export function readPlainBody(
  body: ObjectBody,
  contentType: string | undefined,
  expected: GroupVersionKindName,
): PlainBody {
  const mediaType = mediaTypeOf(contentType);
  checkMediaType(mediaType);
  const { value, duplicates = new Map(), strictErrors = [] } = parseOrRefuse(body, mediaType, expected);
  const gvk = typeMetaOf(value, body, expected);
  const cannot = (why: string) =>
    statusErrors.badRequest(
      `${gvk.kind} in version ${JSON.stringify(gvk.version)} cannot be handled as a ${expected.kind}: ${why}`,
    );
  return { value: value ?? {}, gvk, duplicates, strictErrors, cannot };
}

/** What is said of a kind nobody serves. */
export const notRegistered = (gvk: GroupVersionKindName): string =>
  `no kind ${JSON.stringify(gvk.kind)} is registered for version ${JSON.stringify(groupVersion(gvk))} in scheme "${SCHEME}"`;

/** What is said of an object of another kind. */
export const unconvertible = (gvk: GroupVersionKindName, expected: GroupVersionKindName): string =>
  `converting (${gvk.version}.${gvk.kind}) to (${internalName(expected)}): unknown conversion`;

/**
 * Decodes a body for an endpoint. Throws StatusError: 415 for an unknown format, 400 for what does not fit.
 * An object passed in process goes the same way, but parts decoded before are taken as they are.
 * @fidelity partial: YAML syntax errors cover the frequent ones; see decodeObject
 */
export function decodeBody(body: ObjectBody, options: DecodeBodyOptions): DecodedBody {
  const contentType = mediaTypeOf(options.contentType);
  checkMediaType(contentType);
  const { expected } = options;
  const isProtobuf = contentType === 'application/vnd.kubernetes.protobuf' && body.kind === 'bytes';
  const parsed = isProtobuf
    ? fromProtobuf(body.bytes, body.numbers ?? {}, options)
    : parseOrRefuse(body, contentType, expected);
  const gvk = typeMetaOf(parsed.value, body, expected);
  const cannot = (why: string) =>
    statusErrors.badRequest(
      `${gvk.kind} in version ${JSON.stringify(gvk.version)} cannot be handled as a ${expected.kind}: ${why}`,
    );
  const schema = options.schemaOf(gvk);
  if (!schema && !(gvk.kind === 'List' && groupVersion(gvk) === 'v1')) {
    throw cannot(notRegistered(gvk));
  }
  if (!schema || gvk.kind !== expected.kind || gvk.group !== expected.group) {
    throw cannot(unconvertible(gvk, expected));
  }
  const decoded = decodeOrRefuse(parsed, schema, cannot);
  const strictErrors = [...(parsed.strictErrors ?? []), ...decoded.strictErrors];
  if (strictErrors.length > 0 && options.fieldValidation === 'Strict') {
    throw cannot(`strict decoding error: ${strictErrors.join(', ')}`);
  }
  const object = decoded.object as DecodedBody['object'];
  const named =
    object.apiVersion && object.kind ? object : { ...object, apiVersion: groupVersion(gvk), kind: gvk.kind };
  return { object: named, gvk, warnings: options.fieldValidation === 'Warn' ? strictErrors : [] };
}
