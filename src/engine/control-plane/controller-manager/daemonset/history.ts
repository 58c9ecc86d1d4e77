/** The revisions of a DaemonSet's template. @upstream pkg/controller/daemon/update.go */
import { type ControllerRevision, controllerRevisions, type DaemonSet, daemonSets, type Pod } from '#engine/api';
import { controllerRef, isAlreadyExists, isNotFound, semanticEqual } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { computeTemplateHash } from '../hash/template-hash.ts';
import { HASH_LABEL } from './plan.ts';

export interface History {
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

/** What a revision holds: a patch that puts the template back. */
const patchOf = ({ spec: { template } }: DaemonSet) => ({ spec: { template: { ...template, $patch: 'replace' } } });

const matches = (daemonSet: DaemonSet, revision: ControllerRevision): boolean =>
  semanticEqual(revision.data, patchOf(daemonSet));

/** Finds or makes the revision of the current template; a rollback gives an old one the highest number again. */
export async function constructHistory(
  client: Client,
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
): Promise<History> {
  const same = revisions.filter((revision) => matches(daemonSet, revision));
  const old = revisions.filter((revision) => !same.includes(revision));
  const number = old.reduce((max, { revision }) => Math.max(max, revision), 0) + 1;
  const [newest, ...duplicates] = [...same].sort((a, b) => b.revision - a.revision);
  if (!newest) return { current: await snapshot(client, daemonSet, number), old };
  for (const { metadata } of duplicates) await remove(client, metadata);
  if (newest.revision >= number) return { current: newest, old };
  return { current: await client.update(controllerRevisions, { ...newest, revision: number }), old };
}

async function snapshot(client: Client, daemonSet: DaemonSet, revision: number): Promise<ControllerRevision> {
  const { namespace, name, annotations } = daemonSet.metadata;
  const hash = computeTemplateHash(daemonSet.spec.template, daemonSet.status.collisionCount);
  const metadata = {
    name: `${name}-${hash}`,
    ...(namespace !== undefined && { namespace }),
    labels: { ...daemonSet.spec.template.metadata?.labels, [HASH_LABEL]: hash },
    ...(annotations && { annotations }),
    ownerReferences: [controllerRef(daemonSet)],
  };
  try {
    return await client.create(controllerRevisions, { metadata, data: patchOf(daemonSet), revision });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing = await client.get(controllerRevisions, { namespace, name: metadata.name });
    if (matches(daemonSet, existing)) return existing;
    await countCollision(client, daemonSet);
    throw error;
  }
}

async function countCollision(client: Client, { metadata, status }: DaemonSet): Promise<void> {
  const fresh = await client.get(daemonSets, { namespace: metadata.namespace, name: metadata.name });
  const { collisionCount } = fresh.status;
  if (collisionCount !== status.collisionCount) {
    throw new Error(
      `found a stale collision count (${status.collisionCount ?? 0}, expected ${collisionCount ?? 0}) of DaemonSet "${metadata.name}" while processing; will retry until it is updated`,
    );
  }
  await client.updateStatus(daemonSets, {
    ...fresh,
    status: { ...fresh.status, collisionCount: (collisionCount ?? 0) + 1 },
  });
}

/** Old revisions beyond the limit go, the oldest first; those that Pods still run stay. */
export async function cleanUpHistory(
  client: Client,
  { spec }: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): Promise<void> {
  let excess = old.length - (spec.revisionHistoryLimit ?? 10);
  if (excess <= 0) return;
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[HASH_LABEL]));
  for (const { metadata } of [...old].sort((a, b) => a.revision - b.revision)) {
    if (excess <= 0) return;
    if (live.has(metadata.labels?.[HASH_LABEL])) continue;
    await remove(client, metadata);
    excess--;
  }
}

async function remove(client: Client, { namespace, name }: ControllerRevision['metadata']): Promise<void> {
  try {
    await client.delete(controllerRevisions, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
