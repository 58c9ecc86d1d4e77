/** describe role, clusterrole, rolebinding, clusterrolebinding. @upstream staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_compact.go */
import type { PolicyRule, Role, RoleBinding } from '#engine/api';
import { compareText, type KubeObject } from '#engine/apimachinery';
import { annotations, labels } from './common.ts';
import type { DescriptionWriter } from './writer.ts';

function heading(w: DescriptionWriter, { metadata }: KubeObject): void {
  w.write(0, `Name:\t${metadata.name}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
}

interface Rule {
  readonly verbs: string[];
  readonly group: readonly string[];
  readonly resource: readonly string[];
  readonly names: readonly string[];
  readonly urls: readonly string[];
}

const print = (list: readonly string[]): string => `[${list.join(' ')}]`;

/** How Go prints a rule, by which the rows are ordered. */
const orderOf = ({ verbs, group, resource, names, urls }: Rule): string =>
  `Verbs:${print(verbs)},APIGroups:${print(group)},Resources:${print(resource)},ResourceNames:${print(names)},NonResourceURLs:${print(urls)}`;

/** One row per resource and name with all its verbs; one per path and verb. */
function compact(rules: readonly PolicyRule[]): readonly Rule[] {
  const rows: Rule[] = [];
  const known = new Map<string, Rule>();
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const name of resourceNames.length > 0 ? resourceNames : [undefined]) {
          const key = JSON.stringify([group, resource, name]);
          const names = name === undefined ? [] : [name];
          const rule = known.get(key) ?? { verbs: [], group: [group], resource: [resource], names, urls: [] };
          known.set(key, rule);
          for (const verb of verbs) if (!rule.verbs.includes(verb)) rule.verbs.push(verb);
        }
      }
    }
    for (const url of nonResourceURLs)
      for (const verb of verbs) rows.push({ verbs: [verb], group: [], resource: [], names: [], urls: [url] });
  }
  return [...rows, ...known.values()].sort((a, b) => compareText(orderOf(a), orderOf(b)));
}

/** `deployments.apps/scale` */
function combined({ resource: [resource = ''], group: [group = ''] }: Rule): string {
  const slash = resource.indexOf('/');
  const [name, subresource] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return `${name}${group ? `.${group}` : ''}${subresource}`;
}

export function describeRole(w: DescriptionWriter, role: Role): void {
  heading(w, role);
  w.write(0, 'PolicyRule:\n');
  w.write(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  w.write(1, '---------\t-----------------\t--------------\t-----\n');
  for (const rule of compact(role.rules ?? []))
    w.write(1, `${combined(rule)}\t${print(rule.urls)}\t${print(rule.names)}\t${print(rule.verbs)}\n`);
}

export function describeRoleBinding(w: DescriptionWriter, binding: RoleBinding): void {
  heading(w, binding);
  w.write(0, 'Role:\n');
  w.write(1, `Kind:\t${binding.roleRef.kind}\n`);
  w.write(1, `Name:\t${binding.roleRef.name}\n`);
  w.write(0, 'Subjects:\n');
  w.write(1, 'Kind\tName\tNamespace\n');
  w.write(1, '----\t----\t---------\n');
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) w.write(1, `${kind}\t${name}\t${namespace}\n`);
}
