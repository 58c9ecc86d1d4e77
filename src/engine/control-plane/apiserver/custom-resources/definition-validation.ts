/**
 * What a CustomResourceDefinition may say.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
import { type FieldError, fieldErrors, isDns1035Label, isDns1123Subdomain, semanticEqual } from '#engine/apimachinery';
import { checkApproval, checkPreserveUnknown } from './approval.ts';
import { checkConversion } from './conversion-validation.ts';
import { isKnownFormat } from './formats.ts';
import { hoistedOf, invalidStruct, versionsForm } from './internal-form.ts';
import type { CompileRules } from './rules.ts';
import { allSchemas, type Definition, isConditionTrue, schemaOfVersion } from './schema-props.ts';
import {
  checkColumns,
  checkDeprecation,
  checkSelectableFields,
  checkSubresources,
  checkVersionSchema,
} from './version-validation.ts';

type Names = Definition['spec']['names'];
type Spec = Definition['spec'];

const { invalid, required } = fieldErrors;

/** What the check of a definition needs to know besides the definition. */
export interface DefinitionContext {
  /** Compiles the rules of a schema; absent: they are taken as they are. */
  readonly compile: CompileRules | undefined;
}

/** How a definition must be called. */
const definitionNameFaults = ({ spec, metadata }: Definition): readonly string[] => {
  const name = metadata.name ?? '';
  const wanted = `${spec.names?.plural ?? ''}.${spec.group ?? ''}`;
  return [...isDns1123Subdomain(name), ...(name === wanted ? [] : ['must be spec.names.plural+"."+spec.group'])];
};

/** Every fault of a new definition; its name is told first. */
export function validateDefinition(definition: Definition, context: DefinitionContext): readonly FieldError[] {
  const errors: FieldError[] = definitionNameFaults(definition).map((fault) =>
    invalid('metadata.name', definition.metadata.name, fault),
  );
  checkSpec(errors, definition.spec, undefined, context);
  checkNames(errors, definition.status.acceptedNames, 'status.acceptedNames');
  checkStoredVersions(errors, definition);
  checkApproval(errors, definition, undefined);
  checkPreserveUnknown(errors, definition, undefined);
  return errors;
}

/** Every fault of a changed definition. */
export function validateDefinitionUpdate(
  next: Definition,
  current: Definition,
  context: DefinitionContext,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkSpec(errors, next.spec, current, context);
  const immutable = (path: string, one: unknown, other: unknown) => {
    if (!semanticEqual(one, other)) errors.push(invalid(path, one, 'field is immutable'));
  };
  if (isConditionTrue(current, 'Established')) {
    immutable('spec.scope', next.spec.scope, current.spec.scope);
    immutable('spec.names.kind', next.spec.names.kind, current.spec.names.kind);
  }
  immutable('spec.group', next.spec.group, current.spec.group);
  immutable('spec.names.plural', next.spec.names.plural, current.spec.names.plural);
  checkNames(errors, next.status.acceptedNames, 'status.acceptedNames');
  checkStoredVersions(errors, next);
  checkApproval(errors, next, current);
  checkPreserveUnknown(errors, next, current);
  return errors;
}

/** Every fault of a written status. */
export function validateDefinitionStatus(next: Definition): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkNames(errors, next.status.acceptedNames, 'status.acceptedNames');
  return errors;
}

/** Formats that mean nothing. */
export function definitionWarnings(next: Definition, current?: Definition): readonly string[] {
  const formats = (definition: Definition | undefined): readonly string[] =>
    (definition?.spec.versions ?? []).flatMap((version) =>
      [...allSchemas(schemaOfVersion(version))]
        .filter(({ type, format }) => format && !isKnownFormat(type, format))
        .map(({ format = '' }) => format),
    );
  const known = new Set(formats(current));
  const odd = formats(next).filter((format) => !known.has(format));
  return [...new Set(odd)].map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function checkGroup(errors: FieldError[], group: string): void {
  if (!group) {
    errors.push(required('spec.group'));
    return;
  }
  const faults = isDns1123Subdomain(group);
  if (faults.length > 0) errors.push(invalid('spec.group', group, faults.join(',')));
  else if (!group.includes('.')) errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
}

function checkSpec(
  errors: FieldError[],
  spec: Spec,
  current: Definition | undefined,
  context: DefinitionContext,
): void {
  checkGroup(errors, spec.group);
  const scopes = ['Cluster', 'Namespaced'];
  if (!spec.scope) errors.push(required('spec.scope'));
  else if (!scopes.includes(spec.scope)) errors.push(fieldErrors.notSupported('spec.scope', spec.scope, scopes));
  const versions = spec.versions ?? [];
  for (const [i, version] of versions.entries()) {
    if (!version.schema?.openAPIV3Schema) errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`));
  }
  checkVersions(errors, spec, current, context);
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!spec.names?.[name]) errors.push(required(`spec.names.${name}`));
  }
  checkNames(errors, spec.names, 'spec.names');
  checkHoisted(errors, spec, current, context);
  checkConversion(errors, spec.conversion, 'spec.conversion', current);
}

function checkVersions(
  errors: FieldError[],
  spec: Spec,
  current: Definition | undefined,
  context: DefinitionContext,
): void {
  const versions = spec.versions ?? [];
  const hoisted = hoistedOf(versions);
  for (const [i, version] of versions.entries()) {
    const at = `spec.versions[${i}]`;
    const faults = isDns1035Label(version.name);
    if (faults.length > 0) errors.push(invalid(`${at}.name`, version.name, faults.join(',')));
    checkDeprecation(errors, version, at);
    const hasStatus = version.subresources?.status !== undefined;
    if (!hoisted.schema) checkVersionSchema(errors, version, hasStatus, `${at}.schema`, current, context.compile);
    if (!hoisted.subresources) checkSubresources(errors, version.subresources, `${at}.subresources`);
    if (!hoisted.columns) checkColumns(errors, version, `${at}.additionalPrinterColumns`);
    if (!hoisted.selectableFields) checkSelectableFields(errors, version, `${at}.selectableFields`);
  }
  const names = versions.map(({ name }) => name);
  const form = () => versionsForm(spec.versions);
  if (new Set(names).size < names.length)
    errors.push(invalidStruct('spec.versions', form(), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalidStruct('spec.versions', form(), 'must have exactly one version marked as storage version'));
  const [first] = names;
  const faults = first ? isDns1035Label(first) : [];
  if (faults.length > 0) errors.push(invalid('spec.version', first, faults.join(',')));
}

/** What all versions share is checked once, under the names it has at the top. */
function checkHoisted(
  errors: FieldError[],
  spec: Spec,
  current: Definition | undefined,
  context: DefinitionContext,
): void {
  const [first] = spec.versions ?? [];
  if (!first) return;
  const hoisted = hoistedOf(spec.versions);
  const hasStatus = spec.versions.some(({ subresources }) => subresources?.status !== undefined);
  if (hoisted.schema) checkVersionSchema(errors, first, hasStatus, 'spec.validation', current, context.compile);
  if (hoisted.subresources) checkSubresources(errors, first.subresources, 'spec.subresources');
  if (hoisted.columns) checkColumns(errors, first, 'spec.additionalPrinterColumns');
  if (hoisted.selectableFields) checkSelectableFields(errors, first, 'spec.selectableFields');
}

function checkNames(errors: FieldError[], names: Names | undefined, path: string): void {
  if (!names) return;
  const check = (at: string, value: string | undefined, text = value ?? '', prefix = '') => {
    if (!value) return;
    const faults = isDns1035Label(text);
    if (faults.length > 0) errors.push(invalid(at, value, prefix + faults.join(',')));
  };
  const MIXED = 'may have mixed case, but should otherwise match: ';
  check(`${path}.plural`, names.plural);
  check(`${path}.singular`, names.singular);
  check(`${path}.kind`, names.kind, names.kind?.toLowerCase(), MIXED);
  check(`${path}.listKind`, names.listKind, names.listKind?.toLowerCase(), MIXED);
  for (const [i, name] of (names.shortNames ?? []).entries()) {
    const faults = isDns1035Label(name);
    if (faults.length > 0) errors.push(invalid(`${path}.shortNames[${i}]`, name, faults.join(',')));
  }
  if (names.kind && names.kind === names.listKind)
    errors.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of (names.categories ?? []).entries()) {
    const faults = isDns1035Label(name);
    if (faults.length > 0) errors.push(invalid(`${path}.categories[${i}]`, name, faults.join(',')));
  }
}

function checkStoredVersions(errors: FieldError[], { spec, status }: Definition): void {
  const path = 'status.storedVersions';
  const stored = status.storedVersions ?? [];
  if (stored.length === 0) {
    errors.push(
      invalid(path, status.storedVersions?.length === 0 ? null : undefined, 'must have at least one stored version'),
    );
    return;
  }
  const versions = spec.versions ?? [];
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) errors.push(invalid(path, stored, `must have the storage version ${name}`));
  }
  for (const [i, name] of stored.entries()) {
    if (versions.some((one) => one.name === name)) continue;
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${path}[${i}]`, name, why));
  }
}
