/** Finds, updates or makes the ReplicaSet of the current template. @upstream pkg/controller/deployment/sync.go getNewReplicaSet */
import { type Deployment, type ReplicaSet, replicaSets } from '#engine/api';
import { controllerOf, controllerRef, type Draft, isAlreadyExists } from '#engine/apimachinery';
import { isPanic } from '#engine/client-go';
import { computeTemplateHash } from '../hash/template-hash.ts';
import { isNamespaceTerminating, messageOf } from '../pod-control.ts';
import { decided } from '../traces.ts';
import { findCondition, hasProgressDeadline, newCondition, withCondition } from './conditions.ts';
import {
  DESIRED_REPLICAS,
  equalIgnoreHash,
  HASH_LABEL,
  MAX_REPLICAS,
  newReplicaSetAnnotations,
  REVISION,
  revisionOf,
} from './replica-sets.ts';
import { desiredReplicas, maxSurge, newReplicaCount } from './rolling-arithmetic.ts';
import type { RolloutState } from './rollout-state.ts';

/** Afterwards `sync.newReplicaSet` is up to date; without `create` it may still not exist. */
export async function ensureNewReplicaSet(sync: RolloutState, create: boolean): Promise<void> {
  const last = sync.old.map(revisionOf).reduce((max, each) => (each > max ? each : max), 0n);
  const revision = last + 1n;
  const existing = sync.newReplicaSet;
  if (existing) await updateExisting(sync, existing, revision);
  else if (create) await createNew(sync, revision);
}

async function updateExisting(sync: RolloutState, existing: ReplicaSet, revision: bigint): Promise<void> {
  const { deployment } = sync;
  const current = existing.metadata.annotations ?? {};
  const annotations = newReplicaSetAnnotations(deployment, current, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (annotations !== current || (existing.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    const { minReadySeconds: _, ...spec } = existing.spec;
    const updated = await sync.client.update(replicaSets, {
      ...existing,
      metadata: { ...existing.metadata, annotations },
      spec: minReadySeconds > 0 ? { ...spec, minReadySeconds } : spec,
    });
    sync.replace(updated);
    return;
  }
  let next = withRevision(deployment, current[REVISION] ?? '');
  if (hasProgressDeadline(deployment) && !findCondition(deployment.status, 'Progressing')) {
    const message = `Found new replica set "${existing.metadata.name}"`;
    const condition = newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, sync.now);
    next = { ...next, status: withCondition(next.status, condition) };
  }
  if (next !== deployment) await sync.updateStatus(next);
}

/** The Deployment with its revision annotation; the same object when it has it. */
function withRevision(deployment: Deployment, revision: string): Deployment {
  const { annotations } = deployment.metadata;
  if (annotations?.[REVISION] === revision) return deployment;
  return { ...deployment, metadata: { ...deployment.metadata, annotations: { ...annotations, [REVISION]: revision } } };
}

async function createNew(sync: RolloutState, revision: bigint): Promise<void> {
  const { deployment } = sync;
  const replicas = newReplicaCount(deployment, sync.replicaSets, 0);
  const draft = draftReplicaSet(deployment, replicas, revision);
  let created: ReplicaSet | undefined;
  try {
    created = await sync.client.create(replicaSets, draft);
  } catch (error) {
    await adoptExistingOrFail(sync, draft.metadata.name ?? '', error);
  }
  if (created) {
    sync.add(created);
    const { namespace, name } = deployment.metadata;
    decided(sync.world, {
      controller: 'deployment',
      about: { namespace, name },
      did: 'scale',
      replicaSet: created.metadata.name,
      from: 0,
      to: replicas,
      desired: desiredReplicas(deployment),
      because: 'rollout',
    });
    if (replicas > 0) {
      const text = `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`;
      sync.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', text);
    }
  }
  let next = withRevision(sync.deployment, String(revision));
  if (created && hasProgressDeadline(deployment)) {
    const message = `Created new replica set "${created.metadata.name}"`;
    const condition = newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, sync.now);
    next = { ...next, status: withCondition(next.status, condition) };
  }
  if (next !== sync.deployment) await sync.updateStatus(next);
}

/** The name is taken: by our own ReplicaSet that the cache had not shown, or by another template with the same hash. */
async function adoptExistingOrFail(sync: RolloutState, name: string, error: unknown): Promise<void> {
  if (isPanic(error) || isNamespaceTerminating(error)) throw error;
  const { deployment } = sync;
  if (isAlreadyExists(error)) {
    const existing = sync.cached(name);
    if (!existing) throw error;
    const ours = controllerOf(existing)?.uid === deployment.metadata.uid;
    if (ours && existing.spec.template && equalIgnoreHash(existing.spec.template, deployment.spec.template)) {
      sync.add(existing);
      return;
    }
    const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
    await sync.updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
    throw error;
  }
  const message = `Failed to create new replica set "${name}": ${messageOf(error)}`;
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, sync.now);
    await sync.updateStatus({ ...deployment, status: withCondition(deployment.status, condition) });
  }
  sync.recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
  throw error;
}

function draftReplicaSet(deployment: Deployment, replicas: number, revision: bigint): Draft<ReplicaSet> {
  const { template, selector, minReadySeconds = 0 } = deployment.spec;
  const hash = computeTemplateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const { namespace, name } = deployment.metadata;
  const desired = desiredReplicas(deployment);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: {
        ...newReplicaSetAnnotations(deployment, {}, revision),
        [DESIRED_REPLICAS]: String(desired),
        [MAX_REPLICAS]: String(desired + maxSurge(deployment)),
      },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds > 0 && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
