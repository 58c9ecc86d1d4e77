/** What controllers say they decided, and why: `controller.decision`. Requests and Events show the deeds; these show the reckoning. */
import type { Millis, World } from '#engine/sim';

interface Key {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Why a Deployment changed the size of a ReplicaSet. */
export type ScaleReason =
  /** Its own `replicas` changed, and one ReplicaSet is active. */
  | 'replicas'
  /** Its own `replicas` changed in the middle of a rollout: shared out in proportion. */
  | 'proportion'
  /** A rollout goes on: the new ReplicaSet grows as far as maxSurge allows. */
  | 'rollout'
  /** The old ReplicaSets give up Pods that were never available. */
  | 'unhealthy'
  /** The old ReplicaSets shrink as far as availability allows. */
  | 'available'
  /** Strategy Recreate: the old ones go first. */
  | 'recreate';

/** One decision; `about` is the object that was reconciled. */
export type Decision =
  | {
      readonly controller: 'deployment';
      readonly about: Key;
      readonly did: 'scale';
      readonly replicaSet: string;
      readonly from: number;
      readonly to: number;
      readonly desired: number;
      readonly because: ScaleReason;
    }
  | {
      readonly controller: 'replicaset' | 'replicationcontroller';
      readonly about: Key;
      readonly did: 'create' | 'delete';
      readonly count: number;
      /** `spec.replicas` */
      readonly wanted: number;
      /** How many there were. */
      readonly active: number;
      readonly pods?: readonly string[];
    }
  | {
      readonly controller: 'daemonset';
      readonly about: Key;
      readonly did: 'create' | 'delete';
      /** For a create: the Nodes that lacked a Pod. */
      readonly nodes?: readonly string[];
      readonly pods?: readonly string[];
    }
  | {
      readonly controller: 'statefulset';
      readonly about: Key;
      readonly did: 'create' | 'delete';
      readonly pod: string;
      /** A place is empty; a Pod ended; there are more than wanted; a newer revision. */
      readonly because: 'missing' | 'finished' | 'scale' | 'update';
    }
  | {
      readonly controller: 'job';
      readonly about: Key;
      readonly did: 'create' | 'delete';
      readonly count: number;
      /** How many Pods should run now. */
      readonly wanted: number;
      readonly active: number;
      readonly succeeded: number;
      readonly failed: number;
    }
  | {
      readonly controller: 'cronjob';
      readonly about: Key;
      readonly did: 'create' | 'skip';
      readonly job?: string;
      /** The time of the schedule this is about. */
      readonly scheduledAt: Millis;
      /** Its time has come; too late for it; the run before still goes on. */
      readonly because: 'due' | 'late' | 'active';
    }
  | {
      readonly controller: 'nodelifecycle';
      readonly about: Key;
      readonly did: 'unknown';
      /** The last sign of life: a Lease renewed or a status written. */
      readonly heardAt: Millis;
      readonly graceMs: Millis;
    }
  | {
      readonly controller: 'tainteviction';
      readonly about: Key;
      readonly did: 'plan' | 'cancel' | 'evict';
      readonly node?: string;
      readonly taints?: readonly string[];
      readonly dueAt?: Millis;
    }
  | {
      readonly controller: 'garbagecollector';
      readonly about: Key & { readonly kind: string };
      readonly did: 'delete';
      /** Owners that are gone or going, as `Kind/name`. */
      readonly owners: readonly string[];
    }
  | {
      readonly controller: 'podgc';
      readonly about: Key;
      readonly did: 'delete';
      readonly because: 'terminated' | 'out-of-service' | 'node-gone' | 'never-scheduled';
      readonly node?: string;
    };

/** Says what was decided. */
export const decided = ({ trace }: Pick<World, 'trace'>, decision: Decision): void =>
  trace.emit('controller.decision', decision);
