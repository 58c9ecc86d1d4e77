/** A Deployment and its ReplicaSets as one sync has changed them so far. */
import type { Deployment, ReplicaSet } from '#engine/api';
import type { Client, EventRecorder } from '#engine/client-go';
import type { Millis, World } from '#engine/sim';

export interface RolloutState {
  readonly world: World;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly now: Millis;
  readonly deployment: Deployment;
  /** Oldest first. */
  readonly replicaSets: readonly ReplicaSet[];
  readonly newReplicaSet: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  /** The ReplicaSet of that name in the cache, whoever owns it. */
  cached(name: string): ReplicaSet | undefined;
  /** Takes in a ReplicaSet that was made or found. */
  add(replicaSet: ReplicaSet): void;
  /** Takes over a newer state of one of the ReplicaSets. */
  replace(replicaSet: ReplicaSet): void;
  updateStatus(next: Deployment): Promise<void>;
}
