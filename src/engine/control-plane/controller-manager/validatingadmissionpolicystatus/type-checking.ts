/**
 * Whether a policy's expressions fit the kinds it is about: what does not is a warning in its status, never an error.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go
 */
import {
  type ExpressionWarning,
  type Resource,
  resourcesServed,
  schemaForKind,
  type ValidatingAdmissionPolicy,
} from '#engine/api';
import { compareText, type Schema } from '#engine/apimachinery';
import type * as Cel from '#engine/cel';
import type { CelType, ObjectField } from '#engine/cel';

type Library = typeof Cel;

const MAX_TYPES = 10;

/** A schema of the API as a type of expressions. */
function typeOf(cel: Library, schema: Schema, name: string): CelType {
  switch (schema.type) {
    case 'struct':
      return structType(cel, schema, name);
    case 'list':
      return { kind: 'list', item: typeOf(cel, schema.items, name) };
    case 'map':
      return { kind: 'map', key: cel.STRING, value: typeOf(cel, schema.values, name) };
    case 'string':
      if (schema.format === 'date-time' || schema.format === 'micro-time') return cel.TIMESTAMP;
      return schema.format === 'int-or-string' ? cel.DYN : cel.STRING;
    case 'integer':
      return { kind: 'int' };
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'bool' };
    default:
      return cel.DYN;
  }
}

/** Kinds that contain themselves: types are made once, and their fields when somebody looks. */
function structType(cel: Library, schema: Extract<Schema, { readonly type: 'struct' }>, name: string): CelType {
  let fields: ReadonlyMap<string, ObjectField> | undefined;
  return {
    kind: 'object',
    name: `${name}.${schema.definition}`,
    get fields() {
      fields ??= new Map(
        [...schema.fields].map(([field, { schema: inner }]) => [field, { type: typeOf(cel, inner, name) }]),
      );
      return fields;
    },
  };
}

const isPlain = (text: string): boolean => !/[*/]/.test(text);

/** Kinds that the policy names one by one. */
function kindsOf({ spec }: ValidatingAdmissionPolicy): readonly Resource[] {
  const found = new Set<Resource>();
  for (const { apiGroups = [], apiVersions = [], resources: plurals = [] } of spec?.matchConstraints?.resourceRules ??
    []) {
    if (!apiGroups.every(isPlain) || !apiVersions.every(isPlain)) continue;
    const names = plurals.filter(isPlain);
    for (const resource of resourcesServed)
      if (
        apiGroups.includes(resource.group) &&
        apiVersions.includes(resource.version) &&
        names.includes(resource.plural)
      )
        found.add(resource);
  }
  const key = ({ group, version, kind }: Resource) => `${group}/${version}/${kind}`;
  return [...found].sort((a, b) => compareText(key(a), key(b))).slice(0, MAX_TYPES);
}

/** The type of parameters, when their kind is known; expressions cannot name them otherwise. */
function paramsType(cel: Library, { spec }: ValidatingAdmissionPolicy): CelType | undefined {
  const { apiVersion = '', kind = '' } = spec?.paramKind ?? {};
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const found = resourcesServed.find((one) => one.group === group && one.version === version && one.kind === kind);
  const schema = found && schemaForKind(found);
  return schema && typeOf(cel, schema, kind);
}

const shown = ({ group, version, kind }: Resource): string => `${group}/${version}, Kind=${kind}`;

function issuesFor(
  cel: Library,
  policy: ValidatingAdmissionPolicy,
  expression: string,
  resource: Resource,
): string | undefined {
  const schema = schemaForKind(resource);
  if (!schema) return undefined;
  const object = typeOf(cel, schema, resource.kind);
  const params = paramsType(cel, policy);
  const composed = new Map<string, ObjectField>();
  const variables = {
    object,
    oldObject: object,
    request: cel.REQUEST_TYPE,
    namespaceObject: cel.NAMESPACE_TYPE,
    ...(params && { params }),
    authorizer: cel.AUTHORIZER_TYPE,
    variables: { kind: 'object' as const, name: 'kubernetes.variables', fields: composed },
  };
  for (const variable of policy.spec?.variables ?? []) {
    const compiled = cel.compile(variable.expression, { variables });
    composed.set(variable.name, { type: 'error' in compiled ? cel.DYN : cel.composedType(compiled.program.type) });
  }
  const compiled = cel.compile(expression, { variables });
  return 'error' in compiled ? compiled.error : undefined;
}

/** Warnings about the policy's validations, in their order. */
export function typeCheck(cel: Library, policy: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const kinds = kindsOf(policy);
  const warnings: ExpressionWarning[] = [];
  const look = (fieldRef: string, expression: string | undefined) => {
    if (!expression) return;
    const found = kinds.flatMap((resource) => {
      const issues = issuesFor(cel, policy, expression, resource);
      return issues === undefined ? [] : [`${shown(resource)}: ${issues}\n`];
    });
    if (found.length > 0) warnings.push({ fieldRef, warning: found.join('\n') });
  };
  for (const [index, { expression, messageExpression }] of (policy.spec?.validations ?? []).entries()) {
    look(`spec.validations[${index}].expression`, expression);
    look(`spec.validations[${index}].messageExpression`, messageExpression);
  }
  return warnings;
}
