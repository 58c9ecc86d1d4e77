/** The revisions of a StatefulSet's template. @upstream pkg/controller/history/controller_history.go, pkg/controller/statefulset/stateful_set_control.go */
import {
  type ControllerRevision,
  controllerRevisions,
  type Pod,
  type PodTemplateSpec,
  type StatefulSet,
} from '#engine/api';
import { controllerRef, isAlreadyExists, isConflict, isNotFound, semanticEqual } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { computeRevisionHash } from '../hash/template-hash.ts';
import { revisionOf } from './identity.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';
const NAME_PREFIX_LENGTH = 223;

/** A revision and the template it puts back. */
export interface Versioned {
  readonly name: string;
  readonly template: PodTemplateSpec;
}

export interface Revisions {
  /** What the Pods below a partition, or before a rollout, are made from. */
  readonly current: Versioned;
  /** What the StatefulSet asks for now. */
  readonly update: Versioned;
  readonly collisionCount: number;
}

const byRevision = (a: ControllerRevision, b: ControllerRevision): number => {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const [x = '', y = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};

export const sortRevisions = (revisions: readonly ControllerRevision[]): readonly ControllerRevision[] =>
  [...revisions].sort(byRevision);

/** What a revision holds: a patch that puts the template back. */
const patchOf = (template: PodTemplateSpec) => ({ spec: { template: { ...template, $patch: 'replace' } } });

const templates = new WeakMap<ControllerRevision, PodTemplateSpec>();

function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const known = templates.get(revision);
  if (known) return known;
  const data = revision.data as { readonly spec?: { readonly template?: PodTemplateSpec & { $patch?: string } } };
  const { $patch: _, ...template } = data?.spec?.template ?? {};
  templates.set(revision, template);
  return template;
}

/** Finds or makes the revision of the template, and finds the one that status calls current. `sorted` is oldest first. */
export async function resolveRevisions(
  client: Client,
  set: StatefulSet,
  sorted: readonly ControllerRevision[],
): Promise<Revisions> {
  const { template } = set.spec;
  const data = patchOf(template);
  const newest = sorted.at(-1);
  const number = (newest?.revision ?? 0) + 1;
  const collisions = set.status.collisionCount ?? 0;
  const equal = sorted.filter((revision) => semanticEqual(revision.data, data)).at(-1);
  let update: ControllerRevision;
  let collisionCount = collisions;
  if (equal && equal === newest) update = equal;
  else if (equal) update = await renumber(client, equal, number);
  else ({ revision: update, collisionCount } = await create(client, set, data, number, collisions));
  const current = sorted.find(({ metadata }) => metadata.name === set.status.currentRevision);
  const asked = { name: update.metadata.name, template };
  return {
    update: asked,
    current:
      current === undefined || current.metadata.name === asked.name
        ? asked
        : { name: current.metadata.name, template: templateOf(current) },
    collisionCount,
  };
}

/** A rollback gives an old revision the highest number again. */
async function renumber(client: Client, revision: ControllerRevision, number: number): Promise<ControllerRevision> {
  try {
    return await client.update(controllerRevisions, { ...revision, revision: number });
  } catch (error) {
    if (!isConflict(error)) throw error;
    const { namespace, name } = revision.metadata;
    const fresh = await client.get(controllerRevisions, { namespace, name });
    return client.update(controllerRevisions, { ...fresh, revision: number });
  }
}

async function create(
  client: Client,
  set: StatefulSet,
  data: ReturnType<typeof patchOf>,
  revision: number,
  collisions: number,
): Promise<{ readonly revision: ControllerRevision; readonly collisionCount: number }> {
  const { namespace, name: setName, annotations } = set.metadata;
  const labels = { ...set.spec.template.metadata?.labels, [HASH_LABEL]: computeRevisionHash(data, collisions) };
  for (let collisionCount = collisions; ; collisionCount++) {
    const name = `${setName.slice(0, NAME_PREFIX_LENGTH)}-${computeRevisionHash(data, collisionCount)}`;
    const metadata = {
      name,
      ...(namespace !== undefined && { namespace }),
      labels,
      ...(annotations && { annotations }),
      ownerReferences: [controllerRef(set)],
    };
    try {
      return { revision: await client.create(controllerRevisions, { metadata, data, revision }), collisionCount };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await client.get(controllerRevisions, { namespace, name });
      if (semanticEqual(existing.data, data)) return { revision: existing, collisionCount };
    }
  }
}

/** Revisions that nothing uses, beyond the limit, go: the oldest first. */
export async function truncateHistory(
  client: Client,
  set: StatefulSet,
  pods: readonly Pod[],
  sorted: readonly ControllerRevision[],
  { current, update }: Revisions,
): Promise<void> {
  const limit = set.spec.revisionHistoryLimit ?? 10;
  if (limit < 0 || sorted.length <= limit) return;
  const live = new Set([current.name, update.name, ...pods.map(revisionOf)]);
  const unused = sorted.filter(({ metadata }) => !live.has(metadata.name));
  for (const { metadata } of unused.slice(0, Math.max(0, unused.length - limit))) {
    try {
      await client.delete(controllerRevisions, { namespace: metadata.namespace, name: metadata.name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
