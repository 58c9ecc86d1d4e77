/**
 * What a Pod or template may say but had better not.
 * @upstream pkg/api/pod/warnings.go, pkg/api/node/util.go
 */
import type {
  Container,
  ContainerPort,
  NodeSelectorTerm,
  PersistentVolumeClaimSpec,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
  Volume,
} from '#engine/api';
import { canonicalQuantity, isValidLabelValue, type ObjectMeta } from '#engine/apimachinery';
import { ipWarnings } from './ip-warnings.ts';
import { APP_ARMOR_PREFIX, SECCOMP_CONTAINER_PREFIX, SECCOMP_POD } from './pod-validation-annotations.ts';
import { visitContainers } from './pod-validation-options.ts';
import { overlapWarnings } from './pod-warnings-volumes.ts';
import { isFractionalBytes } from './resource-names.ts';

const DEPRECATED_LABELS: { readonly [label: string]: string } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const DEPRECATED_ANNOTATIONS: { readonly [key: string]: string } = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

/** Volume types whose plugins are gone or going, in the order in which upstream looks. */
export const DEPRECATED_VOLUMES: readonly (readonly [key: keyof Volume, name: string, message: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** What is said of a label of Nodes that has a newer name. */
export const deprecatedLabel = (label: string): string | undefined => DEPRECATED_LABELS[label];

/** Warnings for one selector of Nodes. */
export function termWarnings(
  out: string[],
  { matchExpressions = [] }: NodeSelectorTerm,
  path: string,
  looksAtValues = false,
) {
  for (const [i, { key, values = [] }] of matchExpressions.entries()) {
    const at = `${path}.matchExpressions[${i}]`;
    const message = DEPRECATED_LABELS[key];
    if (message) out.push(`${at}.key: ${key} is ${message}`);
    if (!looksAtValues) continue;
    for (const [j, value] of values.entries())
      for (const fault of isValidLabelValue(value)) out.push(`${at}.values[${j}]: ${value} is invalid, ${fault}`);
  }
}

const NULL_SELECTOR = 'a null labelSelector results in matching no pod';

function placementWarnings(out: string[], spec: PodSpec, path: string) {
  for (const key in spec.nodeSelector) {
    if (DEPRECATED_LABELS[key]) out.push(`${path}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`);
  }
  const node = spec.affinity?.nodeAffinity;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  for (const [i, term] of (node?.[required]?.nodeSelectorTerms ?? []).entries()) {
    termWarnings(out, term, `${path}.affinity.nodeAffinity.${required}.nodeSelectorTerms[${i}]`);
  }
  for (const [i, { preference }] of (node?.[preferred] ?? []).entries()) {
    termWarnings(out, preference ?? {}, `${path}.affinity.nodeAffinity.${preferred}[${i}].preference`, true);
  }
  for (const [i, { topologyKey, labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    const message = DEPRECATED_LABELS[topologyKey];
    if (message) out.push(`${at}.topologyKey: ${topologyKey} is ${message}`);
    if (!labelSelector) out.push(`${at}.labelSelector: ${NULL_SELECTOR}`);
  }
}

function duplicates(out: string[], items: readonly string[], warn: (index: number) => string) {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    if (seen.has(item)) out.push(warn(i));
    seen.add(item);
  }
}

function listWarnings(out: string[], { hostAliases = [], imagePullSecrets = [] }: PodSpec, path: string) {
  if (hostAliases.length + imagePullSecrets.length === 0) return;
  const ips = hostAliases.map(({ ip }) => ip);
  duplicates(out, ips, (i) => `${path}.hostAliases[${i}].ip: duplicate ip ${JSON.stringify(ips[i])}`);
  const names = imagePullSecrets.map(({ name = '' }) => name);
  duplicates(out, names, (i) => `${path}.imagePullSecrets[${i}].name: duplicate name ${JSON.stringify(names[i])}`);
  for (const [i, name] of names.entries())
    if (name === '') out.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`);
}

function fractionWarnings(
  out: string[],
  list: { readonly [name: string]: string } | undefined,
  path: string,
  names: readonly string[],
) {
  for (const name of names) {
    const amount = list?.[name];
    if (!isFractionalBytes(amount)) continue;
    out.push(
      `${path}[${name}]: fractional byte value ${JSON.stringify(canonicalQuantity(amount))} is invalid, must be an integer`,
    );
  }
}

function resourceWarnings(out: string[], { limits, requests }: ResourceRequirements, where: string) {
  for (const name of ['memory', 'ephemeral-storage']) {
    if (limits?.[name] !== undefined) fractionWarnings(out, limits, `${where}.resources.limits`, [name]);
    if (requests?.[name] !== undefined) fractionWarnings(out, requests, `${where}.resources.requests`, [name]);
  }
}

function envWarnings(out: string[], { env = [] }: Pick<Container, 'env'>, path: string) {
  if (env.length < 2) return;
  const seen = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of env.entries()) {
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    const ref = `$(${name})`;
    if (!valueFrom && value !== ref && value.includes(ref)) continue;
    out.push(
      `${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
    );
  }
}

function containerWarnings(
  out: string[],
  spec: PodSpec,
  path: string,
  metadata: ObjectMeta,
  metaPath: string,
  isTemplate: boolean,
) {
  const annotations = metadata.annotations ?? {};
  const at = (key: string) => `${metaPath}.annotations[${key}]`;
  if (!spec.securityContext?.seccompProfile && annotations[SECCOMP_POD] !== undefined) {
    out.push(`${at(SECCOMP_POD)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
  }
  visitContainers(spec, path, (container, where) => {
    const { name, securityContext, resources } = container;
    const seccomp = `${SECCOMP_CONTAINER_PREFIX}${name}`;
    if (!securityContext?.seccompProfile && annotations[seccomp] !== undefined) {
      out.push(`${at(seccomp)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
    }
    const appArmor = `${APP_ARMOR_PREFIX}${name}`;
    const hasField = spec.securityContext?.appArmorProfile ?? securityContext?.appArmorProfile;
    if (isTemplate && !hasField && annotations[appArmor] !== undefined) {
      out.push(`${at(appArmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
    if (resources) resourceWarnings(out, resources, where);
    envWarnings(out, container, where);
  });
}

function overlap(port: ContainerPort, other: ContainerPort): string | undefined {
  const { hostIP = '', hostPort = 0 } = port;
  const { hostIP: otherIP = '', hostPort: otherPort = 0 } = other;
  if (hostIP === otherIP && hostPort === otherPort) return 'duplicate';
  if (hostPort === 0 || otherPort === 0) return 'overlapping';
  return hostPort === otherPort && (hostIP === '') !== (otherIP === '') ? 'dangerously ambiguous' : undefined;
}

function portWarnings(out: string[], spec: PodSpec, path: string) {
  const known = new Map<string, (readonly [ContainerPort, string])[]>();
  const names = new Map<string, string>();
  const repeated: string[] = [];
  visitContainers(spec, path, ({ ports = [] }, where) => {
    for (const [i, port] of ports.entries()) {
      const at = `${where}.ports[${i}]`;
      const { name = '', hostIP = '', hostPort = 0, containerPort, protocol = '' } = port;
      const first = names.get(name);
      if (first !== undefined) {
        const why = `duplicate port name ${JSON.stringify(name)} with ${first}`;
        repeated.push(`${at}: ${why}, services and probes that select ports by name will use ${first}`);
      } else if (name !== '') names.set(name, at);
      if (hostIP !== '' && hostPort === 0) {
        const printed = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
        out.push(`${at}: hostIP set without hostPort: ${printed}`);
      }
      const key = `${containerPort}/${protocol}`;
      const others = known.get(key) ?? [];
      for (const [other, otherAt] of others) {
        const word = overlap(port, other);
        if (word) out.push(`${at}: ${word} port definition with ${otherAt}`);
      }
      known.set(key, [...others, [port, at]]);
    }
  });
  out.push(...repeated);
}

function selectorWarnings(out: string[], { affinity }: PodSpec, path: string) {
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity?.[kind];
    const at = `${path}.affinity.${kind}`;
    for (const [i, { labelSelector }] of (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      if (!labelSelector)
        out.push(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${NULL_SELECTOR}`);
    }
    for (const [i, { podAffinityTerm }] of (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      if (podAffinityTerm.labelSelector) continue;
      out.push(
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${NULL_SELECTOR}`,
      );
    }
  }
}

function allWarnings(out: string[], spec: PodSpec, metadata: ObjectMeta, prefix: string) {
  const path = prefix === '' ? 'spec' : `${prefix}.spec`;
  const metaPath = prefix === '' ? 'metadata' : `${prefix}.metadata`;
  placementWarnings(out, spec, path);
  for (const key in DEPRECATED_ANNOTATIONS) {
    if (metadata.annotations?.[key] !== undefined)
      out.push(`${metaPath}.annotations[${key}]: ${DEPRECATED_ANNOTATIONS[key]}`);
  }
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [key, name, message] of DEPRECATED_VOLUMES) {
      if (volume[key] !== undefined) out.push(`${path}.volumes[${i}].${name}: ${message}`);
    }
    const claim = volume.ephemeral?.volumeClaimTemplate;
    if (claim) claimSpecWarnings(out, claim.spec, `${path}.volumes[${i}].ephemeral.volumeClaimTemplate.spec`);
  }
  overlapWarnings(out, spec.volumes ?? []);
  listWarnings(out, spec, path);
  fractionWarnings(out, spec.overhead, `${path}.overhead`, ['memory', 'ephemeral-storage']);
  containerWarnings(out, spec, path, metadata, metaPath, prefix !== '');
  portWarnings(out, spec, path);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    out.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  if (spec.affinity) selectorWarnings(out, spec, path);
  for (const [i, ip] of (spec.dnsConfig?.nameservers ?? []).entries())
    out.push(...ipWarnings(`${path}.dnsConfig.nameservers[${i}]`, ip));
  for (const [i, { ip = '' }] of (spec.hostAliases ?? []).entries())
    out.push(...ipWarnings(`${path}.hostAliases[${i}].ip`, ip));
}

/** Warnings for the spec of a PersistentVolumeClaim at `path`. */
export function claimSpecWarnings(out: string[], { resources = {} }: PersistentVolumeClaimSpec, path: string): void {
  fractionWarnings(out, resources.requests, `${path}.resources.requests`, ['storage']);
  fractionWarnings(out, resources.limits, `${path}.resources.limits`, ['storage']);
}

/** Warnings for a template at `path`, as in Deployments. */
export function podTemplateWarnings(path: string, { metadata = {}, spec }: PodTemplateSpec): readonly string[] {
  const out: string[] = [];
  if (spec) allWarnings(out, spec, metadata, path);
  return out;
}

export function podWarnings(spec: PodSpec, metadata: ObjectMeta): readonly string[] {
  const out: string[] = [];
  allWarnings(out, spec, metadata, '');
  return out;
}
