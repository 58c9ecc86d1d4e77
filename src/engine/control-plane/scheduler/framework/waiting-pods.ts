/** Pods that a Permit plugin holds back before binding. @upstream pkg/scheduler/framework/runtime/waiting_pods_map.go */
import type { Clock, Millis, Timer } from '#engine/sim';
import { type Outcome, unschedulable } from './verdict.ts';

interface Waiting {
  readonly pending: Map<string, Timer>;
  readonly settle: (outcome: Outcome) => void;
}

export class WaitingPods {
  private readonly byUid = new Map<string, Waiting>();

  constructor(private readonly clock: Clock) {}

  /** Resolves when every plugin allowed the Pod, or one rejected it or let its time run out. */
  wait(uid: string, plugins: ReadonlyMap<string, Millis>): Promise<Outcome> {
    return new Promise((resolve) => {
      const pending = new Map<string, Timer>();
      const settle = (outcome: Outcome) => {
        for (const timer of pending.values()) timer.cancel();
        this.byUid.delete(uid);
        resolve(outcome);
      };
      for (const [plugin, timeoutMs] of plugins) {
        const expire = () =>
          settle(
            unschedulable(plugin, `rejected due to timeout after waiting ${timeoutMs / 1000}s at plugin ${plugin}`),
          );
        pending.set(plugin, this.clock.after(timeoutMs, `permit ${plugin}`, expire));
      }
      this.byUid.set(uid, { pending, settle });
    });
  }

  allow(uid: string, plugin: string): void {
    const waiting = this.byUid.get(uid);
    waiting?.pending.get(plugin)?.cancel();
    if (waiting?.pending.delete(plugin) && waiting.pending.size === 0) waiting.settle(undefined);
  }

  /** False when the Pod does not wait. */
  reject(uid: string, plugin: string, message: string): boolean {
    const waiting = this.byUid.get(uid);
    waiting?.settle(unschedulable(plugin, message));
    return waiting !== undefined;
  }
}
