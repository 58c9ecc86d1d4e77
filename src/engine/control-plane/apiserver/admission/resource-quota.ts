/**
 * Charges what is created to the quotas of its namespace, and refuses what would be too much.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
import { type Container, type Pod, quotaIsAbout, quotaUsage, type ResourceQuota, resourceQuotas } from '#engine/api';
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  type KubeObject,
  statusErrors,
  subQuantity,
} from '#engine/apimachinery';
import type { World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

type Amounts = { readonly [name: string]: string };

/** Amounts a container must name when a quota limits them. */
const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** Kinds whose updates may cost more. */
const UPDATED = new Set(['services', 'persistentvolumeclaims']);

/** @fidelity partial: no limitedResources of an admission configuration; in-place resize of Pods is not charged */
export function resourceQuotaAdmission(world: World, stores: Stores): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    async validate(attributes) {
      const { namespace, subresource, operation, resource, object, oldObject, dryRun } = attributes;
      if (namespace === '' || subresource !== '' || object === undefined) return;
      const updates = operation === 'UPDATE' && resource.group === '' && UPDATED.has(resource.plural);
      if (operation !== 'CREATE' && !updates) return;
      const quotas = stores.of(resourceQuotas);
      for (const { value } of quotas.storage.list(namespace)) {
        const delta = costs(attributes, value, object, operation === 'UPDATE' ? oldObject : undefined);
        if (!delta) continue;
        await quotas.update(
          {
            namespace,
            name: value.metadata.name,
            subresource: { prepareForUpdate: (next) => next, validateUpdate: () => [] },
            next: (current) => charged(attributes, current ?? value, delta),
          },
          { world, user: attributes.user, namespace, dryRun, warn: () => undefined },
        );
      }
    },
  };
}

function refuse({ resource, name }: AdmissionAttributes, why: string): never {
  throw statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
}

/** What the request costs of the quota; undefined when it costs nothing. Throws when a Pod does not say what it needs. */
function costs(
  attributes: AdmissionAttributes,
  quota: ResourceQuota,
  object: KubeObject,
  oldObject: KubeObject | undefined,
): Amounts | undefined {
  const { resource } = attributes;
  const hard = quota.spec?.hard ?? {};
  const isPod = resource.group === '' && resource.plural === 'pods';
  if (!quotaIsAbout(quota, resource, object)) return undefined;
  if (isPod) checkNamed(attributes, quota, object as Pod);
  const before = oldObject ? quotaUsage(resource, oldObject) : {};
  const delta: { [name: string]: string } = {};
  for (const [name, amount] of Object.entries(quotaUsage(resource, object))) {
    if (hard[name] === undefined) continue;
    const more = before[name] === undefined ? amount : formatQuantity(subQuantity(amount, before[name]));
    if (compareQuantity(more, '0') > 0) delta[name] = canonicalQuantity(more);
  }
  return Object.keys(delta).length > 0 ? delta : undefined;
}

const amountIn = ({ resources = {} }: Container, name: string): string | undefined => {
  const [side, bare] = name.includes('.') ? (name.split('.') as [string, string]) : ['requests', name];
  return (side === 'limits' ? resources.limits : resources.requests)?.[bare];
};

function checkNamed(attributes: AdmissionAttributes, quota: ResourceQuota, { spec }: Pod): void {
  const missing = Object.keys(quota.spec?.hard ?? {})
    .filter((name) => COMPUTE.has(name))
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const containers = [...spec.containers, ...(spec.initContainers ?? [])];
      const silent = containers.filter((container) => amountIn(container, name) === undefined);
      return silent.length > 0 ? [`${name} for: ${silent.map((container) => container.name).join(',')}`] : [];
    });
  if (missing.length === 0) return;
  refuse(attributes, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`);
}

const list = (amounts: Amounts, names: readonly string[]): string =>
  names.map((name) => `${name}=${canonicalQuantity(amounts[name] ?? '0')}`).join(',');

/** The quota with the cost added to what is used. Throws when that is more than it allows. */
function charged(attributes: AdmissionAttributes, quota: ResourceQuota, delta: Amounts): ResourceQuota {
  const { hard = {}, used = {} } = quota.status ?? {};
  const names = Object.keys(delta).sort((a, b) => (a < b ? -1 : 1));
  const unknown = names.filter((name) => hard[name] === undefined || used[name] === undefined);
  const { name } = quota.metadata;
  if (unknown.length > 0) refuse(attributes, `status unknown for quota: ${name}, resources: ${unknown.join(',')}`);
  const next: { [name: string]: string } = { ...used };
  for (const one of names) {
    next[one] = formatQuantity(addQuantity(used[one] as string, delta[one] as string));
  }
  const exceeded = names.filter((one) => compareQuantity(next[one] as string, hard[one] as string) > 0);
  if (exceeded.length > 0) {
    const amounts = `requested: ${list(delta, exceeded)}, used: ${list(used, exceeded)}, limited: ${list(hard, exceeded)}`;
    refuse(attributes, `exceeded quota: ${name}, ${amounts}`);
  }
  return { ...quota, status: { ...quota.status, hard, used: next } };
}
