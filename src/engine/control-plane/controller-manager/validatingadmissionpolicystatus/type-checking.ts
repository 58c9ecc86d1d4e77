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
import { AUTHORIZER_TYPE, type CelType, compile, DYN, type ObjectField, STRING, TIMESTAMP } from '#engine/cel';

const MAX_TYPES = 10;

/** A schema of the API as a type of expressions. */
function typeOf(schema: Schema, name: string): CelType {
  switch (schema.type) {
    case 'struct':
      return structType(schema, name);
    case 'list':
      return { kind: 'list', item: typeOf(schema.items, name) };
    case 'map':
      return { kind: 'map', key: STRING, value: typeOf(schema.values, name) };
    case 'string':
      if (schema.format === 'date-time' || schema.format === 'micro-time') return TIMESTAMP;
      return schema.format === 'int-or-string' ? DYN : STRING;
    case 'integer':
      return { kind: 'int' };
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'bool' };
    default:
      return DYN;
  }
}

/** Kinds that contain themselves: types are made once, and their fields when somebody looks. */
function structType(schema: Extract<Schema, { readonly type: 'struct' }>, name: string): CelType {
  let fields: ReadonlyMap<string, ObjectField> | undefined;
  return {
    kind: 'object',
    name: `${name}.${schema.definition}`,
    get fields() {
      fields ??= new Map(
        [...schema.fields].map(([field, { schema: inner }]) => [field, { type: typeOf(inner, name) }]),
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

const shown = ({ group, version, kind }: Resource): string => `${group}/${version}, Kind=${kind}`;

function issuesFor(policy: ValidatingAdmissionPolicy, expression: string, resource: Resource): string | undefined {
  const schema = schemaForKind(resource);
  if (!schema) return undefined;
  const object = typeOf(schema, resource.kind);
  const composed = new Map<string, ObjectField>();
  const variables = {
    object,
    oldObject: object,
    request: DYN,
    namespaceObject: DYN,
    ...(policy.spec?.paramKind && { params: DYN }),
    authorizer: AUTHORIZER_TYPE,
    variables: { kind: 'object' as const, name: 'kubernetes.variables', fields: composed },
  };
  for (const variable of policy.spec?.variables ?? []) {
    const compiled = compile(variable.expression, { variables });
    composed.set(variable.name, { type: 'error' in compiled ? DYN : compiled.program.type });
  }
  const compiled = compile(expression, { variables });
  return 'error' in compiled ? compiled.error : undefined;
}

/** Warnings about the policy's validations, in their order. */
export function typeCheck(policy: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const kinds = kindsOf(policy);
  const warnings: ExpressionWarning[] = [];
  const look = (fieldRef: string, expression: string | undefined) => {
    if (!expression) return;
    const found = kinds.flatMap((resource) => {
      const issues = issuesFor(policy, expression, resource);
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
