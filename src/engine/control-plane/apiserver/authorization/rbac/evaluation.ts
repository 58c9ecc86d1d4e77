/**
 * Does a rule allow that? Does a rule cover another?
 * @upstream pkg/apis/rbac/v1/evaluation_helpers.go, staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go
 */
import type { PolicyRule } from '#engine/api';
import type { AuthorizationAttributes } from '../authorizer.ts';

const NONE: readonly string[] = [];

/** `pods/log` is matched by `pods/log`, `*` and `*` + `/log`. */
function resourceMatches(resources: readonly string[], resource: string, subresource: string): boolean {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  for (const one of resources) {
    if (one === '*' || one === combined) return true;
    if (subresource !== '' && one === `*/${subresource}`) return true;
  }
  return false;
}

const pathMatches = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));

const has = (values: readonly string[], value: string) => values.includes('*') || values.includes(value);

/** Whether the rule allows the request. */
export function ruleAllows(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest) {
    return (rule.nonResourceURLs ?? NONE).some((pattern) => pathMatches(pattern, attributes.path));
  }
  return (
    has(rule.apiGroups ?? NONE, attributes.apiGroup) &&
    resourceMatches(rule.resources ?? NONE, attributes.resource, attributes.subresource) &&
    (!rule.resourceNames || rule.resourceNames.length === 0 || rule.resourceNames.includes(attributes.name))
  );
}

/** One verb on one resource of one group, or on one path. */
function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const simple: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? NONE) {
    for (const resource of rule.resources ?? NONE) {
      for (const verb of rule.verbs) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
        const names = rule.resourceNames ?? NONE;
        if (names.length === 0) simple.push(one);
        else for (const name of names) simple.push({ ...one, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? NONE)
    for (const verb of rule.verbs) simple.push({ nonResourceURLs: [url], verbs: [verb] });
  return simple;
}

/** Whether `owned` covers every part of the simple rule. */
function covers(owned: PolicyRule, simple: PolicyRule): boolean {
  if (!has(owned.verbs, simple.verbs[0] ?? '')) return false;
  const url = simple.nonResourceURLs?.[0];
  if (url !== undefined) return (owned.nonResourceURLs ?? NONE).some((pattern) => pathMatches(pattern, url));
  if (!has(owned.apiGroups ?? NONE, simple.apiGroups?.[0] ?? '')) return false;
  const [resource = '', subresource = ''] = (simple.resources?.[0] ?? '').split('/');
  if (!resourceMatches(owned.resources ?? NONE, resource, subresource)) return false;
  const name = simple.resourceNames?.[0];
  const names = owned.resourceNames ?? NONE;
  return names.length === 0 || (name !== undefined && names.includes(name));
}

/** The simple rules among `wanted` that no owned rule covers. */
export const missingRules = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] =>
  wanted.flatMap(breakDown).filter((simple) => !owned.some((rule) => covers(rule, simple)));

/** Simple rules about the same resource become one with all their verbs. */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const compacted = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      others.push(rule);
      continue;
    }
    const key = `${rule.apiGroups?.[0]}\n${rule.resources?.[0]}\n${rule.resourceNames?.[0] ?? ''}`;
    const known = compacted.get(key);
    compacted.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  return [...compacted.values(), ...others];
}

const quoted = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/** A rule as the messages about missing permissions print it. */
export function describeRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = { APIGroups: apiGroups, Resources: resources, NonResourceURLs: nonResourceURLs };
  const all = { ...parts, ResourceNames: resourceNames, Verbs: verbs };
  const texts = Object.entries(all).flatMap(([name, values]) =>
    values && values.length > 0 ? [`${name}:${quoted(values)}`] : [],
  );
  return `{${texts.join(', ')}}`;
}
