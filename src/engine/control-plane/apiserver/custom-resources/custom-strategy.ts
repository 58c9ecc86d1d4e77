/**
 * The strategy of a custom resource's kind in one version.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
import type { Resource } from '#engine/api';
import {
  type FieldError,
  fieldErrors,
  isJsonMap,
  jsonEqual,
  type KubeObject,
  statusErrors,
} from '#engine/apimachinery';
import { withMember } from '../registry/sharing.ts';
import type { Strategy, SubresourceStrategy } from '../registry/strategy.ts';
import { columnsOf } from './columns.ts';
import { validateEmbedded } from './embedded-resources.ts';
import { validateLists } from './list-invariants.ts';
import { AccessorError, nestedValue } from './paths.ts';
import { type ScalePaths, scaleStrategy, specScaleFaults, statusScaleFaults } from './scale.ts';
import { type Definition, type SchemaProps, schemaOfVersion, type Version } from './schema-props.ts';
import { validateValue } from './value-validation.ts';

type WithStatus = KubeObject & { readonly status?: unknown };

/** Validation that needs more than the schema's own words: CEL rules. */
export type RuleCheck = (object: KubeObject, old: KubeObject | undefined) => readonly FieldError[];

const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

interface Facts {
  readonly resource: Resource;
  readonly schema: SchemaProps | undefined;
  readonly scale: ScalePaths | undefined;
  readonly rules: RuleCheck | undefined;
}

/** Throws what upstream answers to an object of another kind or version than the path's. */
function checkTypeMeta({ resource }: Facts, object: KubeObject): void {
  const { group, version, kind } = resource;
  const errors: FieldError[] = [];
  if (object.kind !== kind) errors.push(fieldErrors.invalid('kind', object.kind, `must be ${kind}`));
  const apiVersion = `${group}/${version}`;
  if (object.apiVersion !== apiVersion)
    errors.push(fieldErrors.invalid('apiVersion', object.apiVersion ?? '', `must be ${apiVersion}`));
  if (errors.length > 0) throw statusErrors.invalid({ group, kind: object.kind }, object.metadata.name, errors);
}

function faultsOf(facts: Facts, object: KubeObject, old: KubeObject | undefined, part: 'all' | 'status'): FieldError[] {
  checkTypeMeta(facts, object);
  const { schema, scale, rules } = facts;
  const errors: FieldError[] = [
    ...(schema ? validateValue(schema, object, '', old) : []),
    ...(part === 'all' ? specScaleFaults(object, scale) : []),
    ...statusScaleFaults(object, scale),
  ];
  if (schema) {
    errors.push(...validateEmbedded(object, schema));
    if (!old || validateLists(schema, old).length === 0) errors.push(...validateLists(schema, object));
  }
  if (!rules) return errors;
  if (errors.some(({ type }) => BLOCKING.has(type))) errors.push(fieldErrors.invalid('<nil>', undefined, UNCHECKED));
  else errors.push(...rules(object, old));
  return errors;
}

const withoutMetadata = ({ metadata: _, ...rest }: KubeObject) => rest;

/** @upstream apiextensions GenerateWarnings: finalizers that might collide. */
function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): readonly string[] {
  const known = new Set(old?.metadata.finalizers ?? []);
  const added = (object.metadata.finalizers ?? []).filter((one) => !known.has(one)).sort();
  return added
    .filter((one) => !one.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(one))
    .map(
      (one) =>
        `metadata.finalizers: ${JSON.stringify(one)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    );
}

function statusStrategy(facts: Facts): SubresourceStrategy<KubeObject> {
  return {
    prepareForUpdate(next, current) {
      const { managedFields } = next.metadata;
      const { managedFields: _, ...metadata } = current.metadata;
      const kept = { ...current, metadata: managedFields ? { ...metadata, managedFields } : metadata };
      return withMember<WithStatus, 'status'>(kept, 'status', (next as WithStatus).status);
    },
    validateUpdate: (next, current) => faultsOf(facts, next, current, 'status'),
    warnings: finalizerWarnings,
  };
}

function fieldSelectorsOf({ selectableFields = [] }: Version): Strategy['fieldSelectors'] {
  return Object.fromEntries(
    selectableFields.map(({ jsonPath }) => [
      jsonPath.replace(/^\./, ''),
      (object: KubeObject) => {
        try {
          const value = nestedValue(object, jsonPath);
          return value === undefined || value === null || isJsonMap(value) ? '' : String(value);
        } catch (error) {
          if (error instanceof AccessorError) return '';
          throw error;
        }
      },
    ]),
  );
}

/** @fidelity full */
export function customStrategy(
  definition: Definition,
  version: Version,
  resource: Resource,
  rules: RuleCheck | undefined,
): Strategy {
  const { status, scale } = version.subresources ?? {};
  const facts: Facts = { resource, schema: schemaOfVersion(version), scale, rules };
  const { shortNames, categories } = definition.status.acceptedNames ?? definition.spec.names;
  const hasStatus = status !== undefined;
  const deprecation = `${resource.group}/${resource.version} ${resource.kind} is deprecated`;
  return {
    resource,
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
    ...(version.deprecated && { deprecation: version.deprecationWarning ?? deprecation }),
    prepareForCreate: (object) => (hasStatus ? withMember<WithStatus, 'status'>(object, 'status', undefined) : object),
    prepareForUpdate: (next, current) =>
      hasStatus ? withMember<WithStatus, 'status'>(next, 'status', (current as WithStatus).status) : next,
    validate: (object) => faultsOf(facts, object, undefined, 'all'),
    validateUpdate: (next, current) => faultsOf(facts, next, current, 'all'),
    warnings: finalizerWarnings,
    generation: (next, current) => !jsonEqual(withoutMetadata(next), withoutMetadata(current)),
    fieldSelectors: fieldSelectorsOf(version) ?? {},
    ...(hasStatus && { status: statusStrategy(facts) }),
    ...(scale && { scale: scaleStrategy(scale) }),
    columns: columnsOf(version),
  };
}
