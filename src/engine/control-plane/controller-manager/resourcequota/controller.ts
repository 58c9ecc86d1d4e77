/**
 * Counts what every ResourceQuota is about, again and again: the API server only adds.
 * @upstream pkg/controller/resourcequota/resource_quota_controller.go
 */
import {
  countName,
  type Pod,
  pods,
  quotaIsAbout,
  quotaUsage,
  type Resource,
  type ResourceQuota,
  resourceQuotas,
  resourcesServed,
} from '#engine/api';
import { addQuantity, compareQuantity, formatQuantity, type KubeObject, semanticEqual } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { isPodTerminal } from '../pod-status.ts';

const RESYNC_MS = 300_000;

/** What a quota's names are about: every kind whose objects could use one of them. */
export function kindsOf(quota: ResourceQuota): readonly Resource[] {
  const names = Object.keys(quota.spec?.hard ?? {});
  return resourcesServed.filter((resource) => {
    if (!resource.namespaced) return false;
    if (names.includes(countName(resource))) return true;
    if (resource.group !== '') return false;
    return names.some((name) => isOf(resource.plural, name));
  });
}

const COMPUTE = /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage|hugepages-.*)$/;

function isOf(plural: string, name: string): boolean {
  if (name === plural) return true;
  if (plural === 'pods') return COMPUTE.test(name) || /^requests\..*\//.test(name);
  if (plural === 'services') return name.startsWith('services.');
  return plural === 'persistentvolumeclaims' && (name === 'requests.storage' || name.includes('.storageclass.'));
}

/** The sum of what the objects use, of the names the quota limits. */
export function countUsage(
  quota: ResourceQuota,
  objects: readonly (readonly [Resource, readonly KubeObject[]])[],
): { readonly [name: string]: string } {
  const hard = quota.spec?.hard ?? {};
  const used: { [name: string]: string } = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
  for (const [resource, all] of objects) {
    for (const object of all) {
      if (!quotaIsAbout(quota, resource, object)) continue;
      for (const [name, amount] of Object.entries(quotaUsage(resource, object))) {
        const before = used[name];
        if (before !== undefined) used[name] = formatQuantity(addQuantity(before, amount));
      }
    }
  }
  return used;
}

const sameAmounts = (a: { readonly [name: string]: string }, b: { readonly [name: string]: string }): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, amount]) => b[name] !== undefined && compareQuantity(amount, b[name]) === 0);

/** @fidelity partial: counts the kinds that are served, not custom resources */
export function startResourceQuotaController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('resourcequota-controller');
  const { lister } = informers.informer(resourceQuotas);
  const watched = new Set<Resource>();
  let recount: (namespace: string) => void = () => undefined;

  /** Whatever frees something of a quota has it counted again. */
  const watchKind = (resource: Resource) => {
    if (watched.has(resource)) return;
    watched.add(resource);
    informers.informer(resource).addEventHandler({
      updated: (before, object) => {
        const isPods = resource.group === '' && resource.plural === pods.plural;
        if (isPods && isPodTerminal(object as Pod) && !isPodTerminal(before as Pod))
          recount(object.metadata.namespace ?? '');
      },
      deleted: (object) => recount(object.metadata.namespace ?? ''),
    });
  };
  const reconcile = async (key: string) => {
    const quota = lister.get(key);
    if (!quota) return undefined;
    const { namespace } = quota.metadata;
    const kinds = kindsOf(quota);
    for (const kind of kinds) watchKind(kind);
    const objects = await Promise.all(
      kinds.map(async (kind) => [kind, (await client.list(kind, { namespace })).items] as const),
    );
    const hard = quota.spec?.hard ?? {};
    const used = countUsage(quota, objects);
    const status = quota.status ?? {};
    if (semanticEqual(hard, status.hard ?? {}) && sameAmounts(used, status.used ?? {}))
      return { requeueAfterMs: RESYNC_MS };
    await client.updateStatus(resourceQuotas, {
      ...quota,
      status: { ...(Object.keys(hard).length > 0 && { hard, used }) },
    });
    return { requeueAfterMs: RESYNC_MS };
  };
  const watches = [
    watchWith(resourceQuotas, (queue) => {
      const enqueue = ({ metadata }: ResourceQuota) => queue.add(`${metadata.namespace}/${metadata.name}`);
      recount = (namespace) => {
        for (const quota of lister.list(namespace)) enqueue(quota);
      };
      return {
        added: enqueue,
        updated: (before, quota) => {
          if (!semanticEqual(before.spec, quota.spec)) enqueue(quota);
        },
      };
    }),
  ];
  startController(world, informers, { name: 'resourcequota', watches, reconcile }, signal);
}
