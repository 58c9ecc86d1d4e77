/**
 * Holds Pods to the standard their namespace asks for: refuses (enforce), warns (warn), notes (audit).
 * @upstream staging/src/k8s.io/pod-security-admission/admission/admission.go
 */
import { type Namespace, namespaces, type Pod, pods } from '#engine/api';
import { type FieldError, fieldErrors, type KubeObject, semanticEqual, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import type { PodLike } from './check.ts';
import { describe, LEVELS, type Level, type LevelVersion, minorOf, violations } from './policy.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'] as const;
type Mode = (typeof MODES)[number];

type Templated = KubeObject & {
  readonly spec?: {
    readonly template?: PodLike;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodLike } };
  };
  readonly template?: PodLike;
};
const ofSpec = ({ spec }: Templated): PodLike | undefined => spec?.template;

/** Where a workload keeps its Pod template, by group and plural. */
const TEMPLATES: { readonly [groupResource: string]: (object: Templated) => PodLike | undefined } = {
  '/podtemplates': ({ template }) => template,
  '/replicationcontrollers': ofSpec,
  'apps/daemonsets': ofSpec,
  'apps/deployments': ofSpec,
  'apps/replicasets': ofSpec,
  'apps/statefulsets': ofSpec,
  'batch/cronjobs': ({ spec }) => spec?.jobTemplate?.spec?.template,
  'batch/jobs': ofSpec,
};

/** The policy of a mode, and what is wrong with the labels that say it. */
function policyOf(labels: Namespace['metadata']['labels'], mode: Mode, errors: FieldError[] = []): LevelVersion {
  const level = labels?.[PREFIX + mode];
  const version = labels?.[`${PREFIX}${mode}-version`];
  const path = (key: string) => `metadata.labels[${PREFIX}${key}]`;
  if (level !== undefined && !LEVELS.includes(level as Level)) {
    errors.push(fieldErrors.invalid(path(mode), level, `must be one of ${LEVELS.join(', ')}`));
  }
  if (version !== undefined && minorOf(version) === undefined) {
    errors.push(fieldErrors.invalid(path(`${mode}-version`), version, 'must be "latest" or "v1.x"'));
  }
  return {
    // What cannot be read counts as the strictest when it enforces, and as nothing otherwise.
    level: LEVELS.includes(level as Level)
      ? (level as Level)
      : level !== undefined && mode === 'enforce'
        ? 'restricted'
        : 'privileged',
    version: version !== undefined && minorOf(version) !== undefined ? version : 'latest',
  };
}

const nameOf = ({ level, version }: LevelVersion) => JSON.stringify(`${level}:${version}`);

/** @fidelity partial: no exemptions, which only a configuration file could make; audit annotations are not kept */
export function podSecurity(stores: Stores): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    validate(attributes) {
      const { resource, subresource, operation, object, namespace } = attributes;
      if (object === undefined || operation === 'DELETE' || operation === 'CONNECT') return;
      if (resource.group === '' && resource.plural === namespaces.plural) {
        if (subresource === '') admitNamespace(stores, attributes, object as Namespace);
        return;
      }
      const template = TEMPLATES[`${resource.group}/${resource.plural}`];
      const isPod = resource.group === '' && resource.plural === pods.plural;
      if (!isPod && !template) return;
      if (isPod ? subresource !== '' && subresource !== 'ephemeralcontainers' : subresource !== '') return;
      const labels = stores.of(namespaces).find(undefined, namespace)?.metadata.labels;
      if (isPod) admitPod(attributes, object as Pod, labels);
      else warnAbout(attributes, template?.(object as Templated), labels);
    },
  };
}

/** An update that changes nothing a check looks at. */
const isInsignificant = ({ operation, oldObject }: AdmissionAttributes, pod: Pod): boolean =>
  operation === 'UPDATE' &&
  oldObject !== undefined &&
  semanticEqual(pod.spec, (oldObject as Pod).spec) &&
  semanticEqual(pod.metadata.annotations, oldObject.metadata.annotations);

function admitPod(attributes: AdmissionAttributes, pod: Pod, labels: Namespace['metadata']['labels']): void {
  if (isInsignificant(attributes, pod)) return;
  const enforce = policyOf(labels, 'enforce');
  const faults = violations(enforce, pod);
  if (faults.length > 0) {
    const why = `violates PodSecurity ${nameOf(enforce)}: ${describe(faults)}`;
    throw statusErrors.forbidden({ group: '', resource: pods.plural }, attributes.name, why);
  }
  warnAbout(attributes, pod, labels);
}

function warnAbout(
  { warn }: AdmissionAttributes,
  pod: PodLike | undefined,
  labels: Namespace['metadata']['labels'],
): void {
  if (!pod?.spec) return;
  const policy = policyOf(labels, 'warn');
  const faults = violations(policy, pod);
  if (faults.length > 0) warn(`would violate PodSecurity ${nameOf(policy)}: ${describe(faults)}`);
}

/** Labels must make sense; a stricter level says which Pods it would not let in any more. */
function admitNamespace(
  stores: Stores,
  { operation, oldObject, warn, name }: AdmissionAttributes,
  namespace: Namespace,
): void {
  const errors: FieldError[] = [];
  const before: FieldError[] = [];
  const next = MODES.map((mode) => policyOf(namespace.metadata.labels, mode, errors));
  const old = MODES.map((mode) => policyOf(oldObject?.metadata.labels, mode, before));
  if (errors.length > before.length || (errors.length > 0 && operation === 'CREATE')) {
    throw statusErrors.invalid({ group: '', kind: 'Namespace' }, name, errors);
  }
  const [enforce] = next;
  const [was] = old;
  if (operation !== 'UPDATE' || !enforce || !was || semanticEqual(enforce, was)) return;
  if (LEVELS.indexOf(enforce.level) < LEVELS.indexOf(was.level) || enforce.level === 'privileged') return;
  if (enforce.version === was.version && LEVELS.indexOf(enforce.level) <= LEVELS.indexOf(was.level)) return;
  for (const text of existingPodWarnings(stores, name, enforce)) warn(text);
}

const MAX_PODS = 3000;

function existingPodWarnings(stores: Stores, namespace: string, policy: LevelVersion): readonly string[] {
  const byFaults = new Map<string, string[]>();
  for (const { value: pod } of stores.of(pods).storage.list(namespace).slice(0, MAX_PODS)) {
    const reasons = violations(policy, pod)
      .map(({ reason }) => reason)
      .join(', ');
    if (reasons === '') continue;
    const names = byFaults.get(reasons) ?? [];
    names.push(pod.metadata.name);
    byFaults.set(reasons, names);
  }
  if (byFaults.size === 0) return [];
  const level = JSON.stringify(`${policy.level}:${policy.version}`);
  const lines = [...byFaults]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reasons, [first = '', ...others]]) => {
      const more =
        others.length === 1 ? ' (and 1 other pod)' : others.length > 1 ? ` (and ${others.length} other pods)` : '';
      return `${first}${more}: ${reasons}`;
    });
  const head = `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${level}`;
  return [head, ...lines];
}
