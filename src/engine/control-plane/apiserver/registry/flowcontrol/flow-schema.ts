/**
 * FlowSchemas: which requests belong to which priority level.
 * @upstream pkg/registry/flowcontrol/flowschema/strategy.go, pkg/apis/flowcontrol/validation/validation.go
 */
import {
  type FlowcontrolV1Subject,
  type FlowSchema,
  flowSchemas,
  type NonResourcePolicyRule,
  type PolicyRulesWithSubjects,
  type ResourcePolicyRule,
} from '#engine/api';
import { compareText, fieldErrors, isDns1123Label, isDns1123Subdomain, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { internalForm } from '../core/internal-form.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeMember, withDefaults, withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkDnsSubdomain, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkConditions, statusStrategy } from './conditions.ts';
import { mandatoryFlowSchemas } from './mandatory.ts';

const MAX_PRECEDENCE = 10_000;
const DEFAULT_PRECEDENCE = 1000;
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

const hasWildcard = (list: readonly string[]) => list.includes('*');

const FOREIGN = {
  user: ['User', "user is forbidden when subject kind is not 'User'"],
  group: ['Group', "group is forbidden when subject kind is not 'Group'"],
  serviceAccount: ['ServiceAccount', "serviceAccount is forbidden when subject kind is not 'ServiceAccount'"],
} as const;
const FORBIDDEN_FIRST = {
  ServiceAccount: ['user', 'group'],
  User: ['serviceAccount', 'group'],
  Group: ['serviceAccount', 'user'],
} as const;

function checkSubject(errors: Errors, at: string, subject: FlowcontrolV1Subject): void {
  const { kind = '' } = subject;
  if (kind !== 'User' && kind !== 'Group' && kind !== 'ServiceAccount') {
    errors.push(fieldErrors.notSupported(`${at}.kind`, kind, ['Group', 'ServiceAccount', 'User']));
    return;
  }
  if (kind === 'ServiceAccount') checkServiceAccount(errors, `${at}.serviceAccount`, subject.serviceAccount);
  else {
    const field = kind === 'User' ? 'user' : 'group';
    const named = subject[field];
    if (!named)
      errors.push(fieldErrors.required(`${at}.${field}`, `${field} is required when subject kind is '${kind}'`));
    else if (!named.name) errors.push(fieldErrors.required(`${at}.${field}.name`));
  }
  for (const field of FORBIDDEN_FIRST[kind]) {
    if (subject[field]) errors.push(fieldErrors.forbidden(`${at}.${field}`, FOREIGN[field][1]));
  }
}

function checkServiceAccount(errors: Errors, at: string, account: FlowcontrolV1Subject['serviceAccount']): void {
  if (!account) {
    errors.push(fieldErrors.required(at, "serviceAccount is required when subject kind is 'ServiceAccount'"));
    return;
  }
  const { name = '', namespace = '' } = account;
  if (name === '') errors.push(fieldErrors.required(`${at}.name`));
  else if (name !== '*') checkDnsSubdomain(errors, `${at}.name`, name);
  if (namespace === '')
    errors.push(fieldErrors.required(`${at}.namespace`, 'must specify namespace for service account'));
  else
    for (const fault of isDns1123Label(namespace))
      errors.push(fieldErrors.invalid(`${at}.namespace`, namespace, fault));
}

function checkVerbs(errors: Errors, at: string, verbs: readonly string[] = []): void {
  if (verbs.length === 0) errors.push(fieldErrors.required(at, 'verbs must contain at least one value'));
  else if (hasWildcard(verbs)) {
    if (verbs.length > 1)
      errors.push(fieldErrors.invalid(at, verbs, "if '*' is present, must not specify other verbs"));
  } else if (!verbs.every((verb) => VERBS.includes(verb))) errors.push(fieldErrors.notSupported(at, verbs, VERBS));
}

function checkNonEmpty(errors: Errors, at: string, list: readonly string[] = [], what: string, plural: string): void {
  if (list.length === 0) errors.push(fieldErrors.required(at, `resource rules must supply at least one ${what}`));
  else if (list.length > 1 && hasWildcard(list)) {
    errors.push(fieldErrors.invalid(at, list, `if '*' is present, must not specify other ${plural}`));
  }
}

function checkResourceRule(errors: Errors, at: string, rule: ResourcePolicyRule): void {
  checkVerbs(errors, `${at}.verbs`, rule.verbs);
  checkNonEmpty(errors, `${at}.apiGroups`, rule.apiGroups, 'api group', 'api groups');
  checkNonEmpty(errors, `${at}.resources`, rule.resources, 'resource', 'resources');
  const { namespaces = [], clusterScope = false } = rule;
  const path = `${at}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    const why = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(fieldErrors.required(path, why));
  } else if (hasWildcard(namespaces)) {
    if (namespaces.length > 1) {
      errors.push(fieldErrors.invalid(path, namespaces, "if '*' is present, must not specify other namespaces"));
    }
  } else {
    for (const [i, namespace] of namespaces.entries()) {
      for (const fault of isDns1123Label(namespace)) {
        const why = `each member of this list must be '*' or a DNS-1123 label; ${fault}`;
        errors.push(fieldErrors.invalid(`${path}[${i}]`, namespace, why));
      }
    }
  }
}

function urlFault(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const stars = path.split('*').length - 1;
  return stars > 1 || (stars === 1 && !path.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}

function checkNonResourceRule(errors: Errors, at: string, rule: NonResourcePolicyRule): void {
  checkVerbs(errors, `${at}.verbs`, rule.verbs);
  const { nonResourceURLs: urls = [] } = rule;
  const path = `${at}.nonResourceURLs`;
  if (urls.length === 0) errors.push(fieldErrors.required(path, 'nonResourceURLs must contain at least one value'));
  else if (hasWildcard(urls)) {
    if (urls.length > 1) {
      errors.push(fieldErrors.invalid(path, urls, "if '*' is present, must not specify other non-resource URLs"));
    }
  } else {
    for (const [i, url] of urls.entries()) {
      const fault = urlFault(url);
      if (fault) errors.push(fieldErrors.invalid(`${path}[${i}]`, url, fault));
    }
  }
}

function checkRule(errors: Errors, at: string, rule: PolicyRulesWithSubjects): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0) {
    errors.push(fieldErrors.required(`${at}.subjects`, 'subjects must contain at least one value'));
  }
  for (const [i, subject] of subjects.entries()) checkSubject(errors, `${at}.subjects[${i}]`, subject);
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(fieldErrors.required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  for (const [i, one] of resourceRules.entries()) checkResourceRule(errors, `${at}.resourceRules[${i}]`, one);
  for (const [i, one] of nonResourceRules.entries()) checkNonResourceRule(errors, `${at}.nonResourceRules[${i}]`, one);
}

function checkPrecedence(errors: Errors, name: string, precedence: number): void {
  const path = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(fieldErrors.invalid(path, precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) {
    errors.push(fieldErrors.invalid(path, precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  }
  if (precedence === 1 && name !== 'exempt') {
    const why = "only the schema named 'exempt' may have matchingPrecedence 1";
    errors.push(fieldErrors.invalid(path, precedence, why));
  }
}

function validate({ metadata, spec, status }: FlowSchema): Errors {
  const errors: Errors = [];
  const { name } = metadata;
  checkPrecedence(errors, name, spec?.matchingPrecedence ?? 0);
  const method = spec?.distinguisherMethod;
  if (method && method.type !== 'ByNamespace' && method.type !== 'ByUser') {
    const path = 'spec.distinguisherMethod.type';
    errors.push(fieldErrors.notSupported(path, { Type: method.type ?? '' }, ['ByNamespace', 'ByUser']));
  }
  const level = spec?.priorityLevelConfiguration?.name ?? '';
  const path = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(fieldErrors.required(path, 'must reference a priority level'));
  else for (const fault of isDns1123Subdomain(level)) errors.push(fieldErrors.invalid(path, level, fault));
  for (const [i, rule] of (spec?.rules ?? []).entries()) checkRule(errors, `spec.rules[${i}]`, rule);
  const fixed = mandatoryFlowSchemas[name];
  if (fixed && !semanticEqual(spec, fixed)) {
    const why = `spec of '${name}' must equal the fixed value`;
    errors.push(fieldErrors.invalid('spec', internalForm('FlowSchemaSpec', spec ?? {}), why));
  }
  checkConditions(errors, status);
  return errors;
}

const defaults = (schema: FlowSchema): FlowSchema =>
  changeMember(schema, 'spec', (spec) => withDefaults(spec, { matchingPrecedence: DEFAULT_PRECEDENCE }));

/** True when the level the schema names is not there, as far as anybody has said. */
function missingLevel({ status }: FlowSchema): string {
  return status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?';
}

const precedence = ({ spec }: FlowSchema) => spec?.matchingPrecedence ?? 0;

/** @fidelity full */
export const flowSchemaStrategy: Strategy<FlowSchema> = {
  resource: flowSchemas,
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (schema) => withMember(schema, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status: statusStrategy<FlowSchema>(),
  rowOrder: (a, b) => precedence(a) - precedence(b) || compareText(a.metadata.name, b.metadata.name),
  columns: [
    nameColumn,
    column(
      'PriorityLevel',
      'string',
      fieldDescription('PriorityLevelConfigurationReference', 'name'),
      (o) => o.spec?.priorityLevelConfiguration?.name ?? '',
    ),
    column(
      'MatchingPrecedence',
      'string',
      fieldDescription('FlowSchemaSpec', 'matchingPrecedence'),
      (o) => o.spec?.matchingPrecedence ?? 0,
    ),
    column(
      'DistinguisherMethod',
      'string',
      fieldDescription('FlowSchemaSpec', 'distinguisherMethod'),
      (o) => o.spec?.distinguisherMethod?.type ?? NONE,
    ),
    ageColumn,
    column('MissingPL', 'string', 'references a broken or non-existent PriorityLevelConfiguration', missingLevel),
  ],
};
