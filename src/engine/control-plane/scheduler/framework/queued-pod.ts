/** A Pod on its way through the scheduling queue. @upstream pkg/scheduler/framework/types.go QueuedPodInfo */
import type { Millis } from '#engine/sim';
import type { PodInfo } from './pod-info.ts';

/** Owned and written by the scheduling queue alone. */
export interface QueuedPod {
  info: PodInfo;
  /** When it entered the queue or came back to it. */
  timestamp: Millis;
  /** Breaks ties between Pods that came in one instant. */
  sequence: number;
  attempts: number;
  /** Cycles that ended unschedulable, in a row without an error: sets the backoff. */
  unschedulableCount: number;
  consecutiveErrors: number;
  backoffExpiration: Millis;
  readonly initialAttempt: Millis | undefined;
  /** Whose verdicts keep it unschedulable; events for them may bring it back. */
  unschedulablePlugins: ReadonlySet<string>;
  /** Plugins that asked to wait for something they will be told of. */
  pendingPlugins: ReadonlySet<string>;
  /** The PreEnqueue plugin that keeps it out. */
  gatedBy: string | undefined;
}
