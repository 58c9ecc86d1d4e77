/** The server's own OpenAPI documents as one JSON schema that picks the kind of each YAML document by its apiVersion and kind. */
import type { Client } from '#engine/client-go';
import { bodyJson } from '#engine/http';

export interface JsonSchema {
  readonly [key: string]: unknown;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Operation {
  readonly 'x-kubernetes-group-version-kind'?: GroupVersionKind;
  readonly requestBody?: { readonly content?: { readonly [type: string]: { readonly schema?: JsonSchema } } };
}

export interface OpenApiDocument {
  readonly paths?: { readonly [path: string]: { readonly post?: Operation } };
  readonly components?: { readonly schemas?: { readonly [name: string]: JsonSchema } };
}

/** Every group document that the server's index names. */
export async function fetchOpenApi(client: Client): Promise<readonly OpenApiDocument[]> {
  const read = async (url: string) => bodyJson((await client.request('GET', url)).body);
  const index = (await read('/openapi/v3')) as {
    readonly paths: { readonly [name: string]: { readonly serverRelativeURL: string } };
  };
  const versions = Object.entries(index.paths).filter(([name]) => /^(api|apis\/[^/]+)\/[^/]+$/.test(name));
  return Promise.all(
    versions.map(async ([, { serverRelativeURL }]) => (await read(serverRelativeURL)) as OpenApiDocument),
  );
}

interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly definition: string;
}

const REF = '#/components/schemas/';

/** What can be created by its own path: no subresource, no review of a review. */
function servedKinds({ paths = {} }: OpenApiDocument): readonly ServedKind[] {
  const kinds = new Map<string, ServedKind>();
  for (const [path, { post }] of Object.entries(paths)) {
    const gvk = post?.['x-kubernetes-group-version-kind'];
    const schema = Object.values(post?.requestBody?.content ?? {})[0]?.schema;
    const ref = refOf(schema);
    if (!gvk || ref === undefined || path.includes('{name}')) continue;
    const apiVersion = gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`;
    kinds.set(`${apiVersion} ${gvk.kind}`, { apiVersion, kind: gvk.kind, definition: ref });
  }
  return [...kinds.values()];
}

function refOf(schema: JsonSchema | undefined): string | undefined {
  const ref = schema?.$ref ?? (schema?.allOf as readonly JsonSchema[] | undefined)?.[0]?.$ref;
  return typeof ref === 'string' && ref.startsWith(REF) ? ref.slice(REF.length) : undefined;
}

/** One schema for a YAML document of any kind served. */
export function manifestSchema(documents: readonly OpenApiDocument[]): JsonSchema {
  const definitions: Record<string, unknown> = {};
  for (const { components } of documents) {
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) definitions[name] ??= convert(schema, true);
  }
  const kinds = documents.flatMap(servedKinds).toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  for (const { apiVersion, kind, definition } of kinds) {
    definitions[definition] = closedOn(definitions[definition] as JsonSchema, apiVersion, kind);
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: ['object', 'null'],
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { type: 'string', enum: [...new Set(['v1', ...kinds.map(({ apiVersion }) => apiVersion)])] },
      kind: { type: 'string', enum: [...new Set([...kinds.map(({ kind }) => kind), 'List'])] },
    },
    allOf: kinds.map(({ apiVersion, kind, definition }) => ({
      if: {
        properties: { apiVersion: { const: apiVersion }, kind: { const: kind } },
        required: ['apiVersion', 'kind'],
      },
      ...thenOf(`#/definitions/${definition}`),
    })),
    definitions,
  };
}

/** JSON schema's `then`, not a promise's. */
const THEN = 'then';
const thenOf = ($ref: string): JsonSchema => ({ [THEN]: { $ref } });

/** A kind's own definition knows its apiVersion and kind. */
function closedOn(schema: JsonSchema, apiVersion: string, kind: string): JsonSchema {
  // A custom resource may have no schema at all.
  const properties = (schema.properties ?? {}) as { readonly [name: string]: JsonSchema };
  return {
    ...schema,
    properties: {
      ...properties,
      apiVersion: { ...properties.apiVersion, enum: [apiVersion] },
      kind: { ...properties.kind, enum: [kind] },
    },
  };
}

/**
 * OpenAPI 3.0 to JSON schema: other references, no unknown fields where fields are declared. `closes` is false inside of logic,
 * where a part of a schema says nothing of the fields it does not name.
 */
function convert(schema: unknown, isRoot = false, closes = true): unknown {
  if (Array.isArray(schema)) return schema.map((one) => convert(one, false, closes));
  if (typeof schema !== 'object' || schema === null) return schema;
  const out: Record<string, unknown> = {};
  const { description, allOf, ...rest } = schema as Record<string, unknown>;
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$ref' && typeof value === 'string') out.$ref = value.replace(REF, '#/definitions/');
    else if (key === 'properties') {
      const entries = Object.entries(value as object).map(([name, one]) => [name, convert(one, false, closes)]);
      out.properties = Object.fromEntries(entries);
    } else if (key === 'items' || key === 'additionalProperties') out[key] = convert(value, false, closes);
    else if (key === 'oneOf' || key === 'anyOf' || key === 'not') out[key] = convert(value, false, false);
    else if (key === 'nullable') continue;
    else if (key === 'default' || key.startsWith('x-')) continue;
    else if (key !== 'format') out[key] = value;
  }
  if (description !== undefined) out.description = description;
  // `allOf: [{$ref}]` with a description beside it is how OpenAPI 3.0 describes a field of a named type.
  if (Array.isArray(allOf))
    Object.assign(out, allOf.length === 1 ? mergeRef(allOf[0], out) : { allOf: convert(allOf, false, false) });
  if (rest.nullable === true && typeof out.type === 'string') out.type = [out.type, 'null'];
  if (closes && out.properties !== undefined && out.additionalProperties === undefined && !isPreserving(rest))
    out.additionalProperties = false;
  if (isRoot && rest.format === 'int-or-string') out.type = ['integer', 'string'];
  return out;
}

const mergeRef = (one: unknown, beside: object): object => ({ ...(convert(one, false, false) as object), ...beside });
const isPreserving = (schema: Record<string, unknown>): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true;
