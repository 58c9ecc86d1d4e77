/**
 * Definitions of custom resources, out of their schemas: as they are in version 3; in version 2 without what old clients cannot read.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go, pkg/controller/openapi/v2/conversion.go
 */
import type { CustomResourceDefinition, JSONSchemaProps } from '../generated/types.ts';
import type { GroupVersionKind } from '../scheme.ts';
import { describe, type Json, type OpenApiVersion, refTo } from './schemas.ts';

/** A custom resource as OpenAPI shows it. */
export interface CustomOpenApiResource extends GroupVersionKind {
  readonly plural: string;
  readonly definition: CustomResourceDefinition;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const DOCUMENTED = 'io.k8s.api.core.v1.Pod';
const LIST_DOCUMENTED = 'io.k8s.api.core.v1.PodList';
const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** `com.example.stable.v1.CronTab` */
export const customName = ({ group, version, kind }: GroupVersionKind): string =>
  [...group.split('.').reverse(), version, kind].join('.');

/** The definitions of a custom resource and of its list, by name. */
export function customDefinitions(
  resource: CustomOpenApiResource,
  version: OpenApiVersion,
): readonly (readonly [string, Json])[] {
  const { spec, status } = resource.definition;
  const listKind = status.acceptedNames?.listKind ?? spec.names.listKind ?? `${resource.kind}List`;
  const name = customName(resource);
  return [
    [name, objectDefinition(resource, version)],
    // Upstream names the list after the kind, whatever the list's kind.
    [`${name}List`, listDefinition(resource, listKind, name, version)],
  ];
}

const kindOf = ({ group, version }: GroupVersionKind, kind: string) => [{ group, kind, version }];

const reference = (definition: string, description: string | undefined, version: OpenApiVersion): Json => ({
  ...(description !== undefined && { description }),
  ...(version === 3 ? { allOf: [refTo(definition, 3)] } : refTo(definition, 2)),
});

const typeMeta = (): Json => ({
  apiVersion: { description: describe(DOCUMENTED, 'apiVersion'), type: 'string' },
  kind: { description: describe(DOCUMENTED, 'kind'), type: 'string' },
});

function objectDefinition(resource: CustomOpenApiResource, version: OpenApiVersion): Json {
  const kinds = { 'x-kubernetes-group-version-kind': kindOf(resource, resource.kind) };
  const schema = resource.definition.spec.versions.find(({ name }) => name === resource.version)?.schema
    ?.openAPIV3Schema;
  const keepsAll = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (!schema || (version === 2 && keepsAll)) return { type: 'object', ...kinds };
  const shown = version === 2 ? forOldClients(schema as Json) : unfolded(schema as Json);
  const properties = {
    ...(shown.properties as Json | undefined),
    ...typeMeta(),
    metadata: reference(`${META}.ObjectMeta`, describe(DOCUMENTED, 'metadata'), version),
  };
  return { ...shown, properties, ...kinds };
}

function listDefinition(
  resource: CustomOpenApiResource,
  listKind: string,
  name: string,
  version: OpenApiVersion,
): Json {
  return {
    description: `${listKind} is a list of ${resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta(),
      items: {
        description: `List of ${resource.plural}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: refTo(name, version),
      },
      metadata: reference(`${META}.ListMeta`, describe(LIST_DOCUMENTED, 'metadata'), version),
    },
    'x-kubernetes-group-version-kind': kindOf(resource, listKind),
  };
}

type Props = { readonly [Name in keyof JSONSchemaProps]?: unknown };

/** A schema with every schema below it replaced. */
function mapped(schema: Json, change: (below: Json) => Json): Json {
  const { properties, items, additionalProperties } = schema as Props;
  const isSchema = (value: unknown): value is Json => typeof value === 'object' && value !== null;
  return {
    ...schema,
    ...(isSchema(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, change(one as Json)])),
    }),
    ...(isSchema(items) && { items: change(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: change(additionalProperties) }),
  };
}

/** Embedded resources have the fields every resource has; a number or a string says that it is one of both. */
function unfolded(schema: Json): Json {
  const next = mapped(schema, unfolded);
  const { anyOf, properties } = next as Props;
  if (next['x-kubernetes-int-or-string'] && !anyOf)
    return { ...next, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  if (next['x-kubernetes-embedded-resource'] !== true) return next;
  const metadata = reference(`${META}.ObjectMeta`, describe(DOCUMENTED, 'metadata'), 3);
  return { ...next, properties: { ...(properties as Json | undefined), ...typeMeta(), metadata } };
}

const UNREADABLE = ['allOf', 'anyOf', 'oneOf', 'not', 'nullable', 'default'];

/** Without logic, and open where values may be null or unknown. */
function forOldClients(schema: Json): Json {
  const kept = Object.fromEntries(Object.entries(schema).filter(([name]) => !UNREADABLE.includes(name)));
  const { type: _, items: __, properties: ___, additionalProperties: ____, ...open } = kept;
  if (schema.nullable === true) return open;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true)
    return { ...open, ...('type' in kept && { type: kept.type }) };
  return mapped(kept, forOldClients);
}
