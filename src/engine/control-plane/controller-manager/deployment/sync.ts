/** One look at one Deployment: what upstream's syncDeployment does, step by step. @upstream pkg/controller/deployment/sync.go, rolling.go, recreate.go */
import {
  type Deployment,
  type DeploymentStatus,
  deployments,
  type Pod,
  type ReplicaSet,
  replicaSets,
} from '#engine/api';
import { isNotFound, semanticEqual } from '#engine/apimachinery';
import type { Client, EventRecorder, Result } from '#engine/client-go';
import type { Millis, World } from '#engine/sim';
import { decided, type ScaleReason } from '../traces.ts';
import { findCondition, hasProgressDeadline, newCondition, TIMED_OUT, withCondition } from './conditions.ts';
import { ensureNewReplicaSet } from './new-replica-set.ts';
import { calculateStatus, isComplete, nextProgressCheckMs, rolloutStatus } from './progress.ts';
import {
  activeOf,
  annotationNumber,
  DESIRED_REPLICAS,
  findNewReplicaSet,
  replicasOf,
  revisionOf,
  withReplicaAnnotations,
} from './replica-sets.ts';
import {
  cleanupUnhealthy,
  desiredReplicas,
  isRollingUpdate,
  isSaturated,
  maxScaledDown,
  maxSurge,
  newerFirst,
  newReplicaCount,
  olderFirst,
  proportionalSizes,
  type Sizes,
  scaleDownOld,
} from './rolling-arithmetic.ts';
import type { RolloutState } from './rollout-state.ts';

/** The first delay of upstream's rate limiter. */
const RETRY_MS = 5;

/** Holds the Deployment and its ReplicaSets as this sync has changed them so far. */
export class DeploymentSync implements RolloutState {
  /** Oldest first. */
  replicaSets: readonly ReplicaSet[];
  /** As they were before this sync resized them: what its status is about. */
  private reported: readonly ReplicaSet[];
  /** This sync has written the Deployment's status already. */
  private written = false;

  constructor(
    readonly world: World,
    readonly client: Client,
    readonly recorder: EventRecorder,
    public deployment: Deployment,
    owned: readonly ReplicaSet[],
    private readonly podsOf: (replicaSet: ReplicaSet) => readonly Pod[],
    /** The ReplicaSet of that name in the cache, whoever owns it. */
    readonly cached: (name: string) => ReplicaSet | undefined,
  ) {
    this.replicaSets = [...owned].sort(olderFirst);
    this.reported = this.replicaSets;
  }

  get now(): Millis {
    return this.world.clock.now();
  }

  get newReplicaSet(): ReplicaSet | undefined {
    return findNewReplicaSet(this.deployment, this.replicaSets);
  }

  get old(): readonly ReplicaSet[] {
    const current = this.newReplicaSet;
    return this.replicaSets.filter((replicaSet) => replicaSet !== current);
  }

  async run(): Promise<Result | undefined> {
    if (this.deployment.metadata.deletionTimestamp !== undefined) {
      await ensureNewReplicaSet(this, false);
      return this.writeStatus(this.status(calculateStatus));
    }
    await this.checkPaused();
    if (this.deployment.spec.paused) return this.rescale();
    if (await this.isScaling()) return this.rescale();
    return isRollingUpdate(this.deployment) ? this.rollOut() : this.recreate();
  }

  add(replicaSet: ReplicaSet): void {
    this.replicaSets = [...this.replicaSets, replicaSet];
    this.reported = [...this.reported, replicaSet];
  }

  replace(replicaSet: ReplicaSet): void {
    this.replicaSets = replaceIn(this.replicaSets, replicaSet);
    this.reported = replaceIn(this.reported, replicaSet);
  }

  async updateStatus(next: Deployment): Promise<void> {
    this.written = true;
    this.deployment = await this.client.updateStatus(deployments, next);
  }

  private async checkPaused(): Promise<void> {
    if (!hasProgressDeadline(this.deployment)) return;
    const { spec, status } = this.deployment;
    const condition = findCondition(status, 'Progressing');
    if (condition?.reason === TIMED_OUT) return;
    const known = condition?.reason === 'DeploymentPaused';
    if (known === Boolean(spec.paused)) return;
    const next = spec.paused
      ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.now)
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.now);
    await this.updateStatus({ ...this.deployment, status: withCondition(status, next) });
  }

  private async isScaling(): Promise<boolean> {
    await ensureNewReplicaSet(this, false);
    const desired = desiredReplicas(this.deployment);
    return activeOf(this.replicaSets).some((replicaSet) => {
      const annotated = annotationNumber(replicaSet, DESIRED_REPLICAS);
      return annotated !== undefined && annotated !== desired;
    });
  }

  private async rescale(): Promise<Result | undefined> {
    await ensureNewReplicaSet(this, false);
    await this.scaleAll();
    if (this.deployment.spec.paused) await this.cleanUp();
    return this.writeStatus(this.status(calculateStatus));
  }

  private async scaleAll(): Promise<void> {
    const single = this.activeOrLatest();
    if (single) {
      if (replicasOf(single) !== desiredReplicas(this.deployment))
        await this.scale(single, desiredReplicas(this.deployment), 'replicas');
      return;
    }
    if (isSaturated(this.deployment, this.newReplicaSet)) {
      await this.resize(
        activeOf(this.old).map((replicaSet) => ({ replicaSet, size: 0 })),
        'available',
      );
    } else if (isRollingUpdate(this.deployment)) {
      await this.resize(proportionalSizes(this.deployment, activeOf([...this.old, ...this.current()])), 'proportion');
    }
  }

  private current(): readonly ReplicaSet[] {
    const { newReplicaSet } = this;
    return newReplicaSet ? [newReplicaSet] : [];
  }

  /** The only active ReplicaSet; when none is active, the new or else the newest one; nothing when several are. */
  private activeOrLatest(): ReplicaSet | undefined {
    const active = activeOf(this.replicaSets);
    if (active.length > 1) return undefined;
    return active[0] ?? this.newReplicaSet ?? [...this.old].sort(newerFirst)[0];
  }

  private async rollOut(): Promise<Result | undefined> {
    await ensureNewReplicaSet(this, true);
    if (!(await this.reconcileNew()) && !(await this.reconcileOld())) {
      if (isComplete(this.deployment, this.deployment.status)) await this.cleanUp();
    }
    return this.writeRolloutStatus();
  }

  private async reconcileNew(): Promise<boolean> {
    const { deployment, newReplicaSet } = this;
    if (!newReplicaSet) return false;
    const current = replicasOf(newReplicaSet);
    const desired = desiredReplicas(deployment);
    if (current === desired) return false;
    const size = current > desired ? desired : newReplicaCount(deployment, this.replicaSets, current);
    return size !== current && this.scale(newReplicaSet, size, 'rollout');
  }

  private async reconcileOld(): Promise<boolean> {
    const { deployment, newReplicaSet } = this;
    const old = activeOf(this.old);
    if (!newReplicaSet || old.length === 0) return false;
    const limit = maxScaledDown(deployment, [...this.old, newReplicaSet], newReplicaSet);
    if (limit <= 0) return false;
    const { sizes, count } = cleanupUnhealthy(old, limit);
    await this.resize(sizes, 'unhealthy');
    const after = activeOf(this.old);
    const down = scaleDownOld(deployment, [...after, newReplicaSet], after);
    await this.resize(down, 'available');
    return count > 0 || down.length > 0;
  }

  private async recreate(): Promise<Result | undefined> {
    await ensureNewReplicaSet(this, false);
    const active = activeOf(this.old);
    if (active.length > 0) {
      await this.resize(
        active.map((replicaSet) => ({ replicaSet, size: 0 })),
        'recreate',
      );
      return this.writeRolloutStatus();
    }
    if (this.oldPodsRunning()) return this.writeRolloutStatus();
    await ensureNewReplicaSet(this, true);
    const { newReplicaSet } = this;
    if (newReplicaSet) await this.scale(newReplicaSet, desiredReplicas(this.deployment), 'rollout');
    if (isComplete(this.deployment, this.deployment.status)) await this.cleanUp();
    return this.writeRolloutStatus();
  }

  /** Pods that terminate still count: the new version starts when the old one is gone. */
  private oldPodsRunning(): boolean {
    return this.old.some(
      (replicaSet) =>
        replicaSet.status.replicas > 0 ||
        this.podsOf(replicaSet).some(({ status: { phase } }) => phase !== 'Failed' && phase !== 'Succeeded'),
    );
  }

  private async resize(sizes: Sizes, because: ScaleReason): Promise<void> {
    for (const { replicaSet, size } of sizes) await this.scale(replicaSet, size, because);
  }

  /** True when the size changed. Keeps the annotations that remember the Deployment's size. */
  private async scale(replicaSet: ReplicaSet, size: number, because: ScaleReason): Promise<boolean> {
    const desired = desiredReplicas(this.deployment);
    const before = replicasOf(replicaSet);
    const annotated = withReplicaAnnotations(replicaSet, desired, desired + maxSurge(this.deployment));
    if (before === size && annotated === replicaSet) return false;
    const next = { ...annotated, spec: { ...annotated.spec, replicas: size } };
    this.replicaSets = replaceIn(this.replicaSets, await this.client.update(replicaSets, next));
    if (before === size) return false;
    const { namespace, name } = this.deployment.metadata;
    decided(this.world, {
      controller: 'deployment',
      about: { namespace, name },
      did: 'scale',
      replicaSet: replicaSet.metadata.name,
      from: before,
      to: size,
      desired,
      because,
    });
    const way = before < size ? 'up' : 'down';
    const text = `Scaled ${way} replica set ${replicaSet.metadata.name} from ${before} to ${size}`;
    this.recorder.event(this.deployment, 'Normal', 'ScalingReplicaSet', text);
    return true;
  }

  /** Deletes old ReplicaSets beyond revisionHistoryLimit, the oldest revisions first. */
  private async cleanUp(): Promise<void> {
    const { revisionHistoryLimit: limit } = this.deployment.spec;
    if (limit === undefined || limit === 2 ** 31 - 1) return;
    const alive = this.old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const excess = alive.length - limit;
    if (excess <= 0) return;
    const ordered = [...alive].sort((a, b) => Number(revisionOf(a) - revisionOf(b)) || olderFirst(a, b));
    for (const { metadata, spec, status } of ordered.slice(0, excess)) {
      const idle = status.replicas === 0 && spec.replicas === 0;
      if (!idle || (metadata.generation ?? 0) > (status.observedGeneration ?? 0)) continue;
      try {
        await this.client.delete(replicaSets, { namespace: metadata.namespace, name: metadata.name });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  private status(calculate: typeof calculateStatus): DeploymentStatus {
    return calculate(this.deployment, this.reported, findNewReplicaSet(this.deployment, this.reported), this.now);
  }

  private writeRolloutStatus(): Promise<Result | undefined> {
    return this.writeStatus(this.status(rolloutStatus), true);
  }

  private async writeStatus(status: DeploymentStatus, rollout = false): Promise<Result | undefined> {
    // Upstream goes on with the object as it was before its own write, and the server then refuses the second one: the next sync tells.
    if (this.written) return { requeueAfterMs: RETRY_MS };
    if (!semanticEqual(this.deployment.status, status)) {
      await this.updateStatus({ ...this.deployment, status });
      return undefined;
    }
    const next = rollout ? nextProgressCheckMs(this.deployment, status, this.now) : undefined;
    return next === undefined ? undefined : { requeueAfterMs: next };
  }
}

const replaceIn = (all: readonly ReplicaSet[], replicaSet: ReplicaSet): readonly ReplicaSet[] =>
  all.map((other) => (other.metadata.uid === replicaSet.metadata.uid ? replicaSet : other));
