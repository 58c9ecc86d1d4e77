/** When what endpoints show last changed: the annotation by which network programming latency is measured. @upstream staging/src/k8s.io/endpointslice/trigger_time_tracker.go */
import type { Pod, Service } from '#engine/api';
import { formatTime, type Millis, parseTime } from '#engine/sim';
import { podCondition } from '../pod-status.ts';

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

interface Seen {
  readonly service: Millis;
  readonly pods: ReadonlyMap<string, Millis>;
}

/** @fidelity full */
export class TriggerTimeTracker {
  private readonly seen = new Map<string, Seen>();

  forget(key: string): void {
    this.seen.delete(key);
  }

  /** The earliest change since the last call for this Service, as text; undefined when nothing changed. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    const before = this.seen.get(key);
    const times = new Map<string, Millis>();
    let earliest: Millis | undefined;
    const consider = (time: Millis, last: Millis | undefined) => {
      if (time > (last ?? 0) && (earliest === undefined || time < earliest)) earliest = time;
    };
    for (const pod of pods) {
      const time = timeOf(podCondition(pod, 'Ready')?.lastTransitionTime);
      if (time === 0) continue;
      times.set(pod.metadata.name, time);
      consider(time, before?.pods.get(pod.metadata.name));
    }
    const created = timeOf(service.metadata.creationTimestamp);
    consider(created, before?.service);
    this.seen.set(key, { service: created, pods: times });
    const result = before ? earliest : created;
    return result === undefined ? undefined : formatTime(result);
  }
}

const timeOf = (text: string | undefined): Millis => (text === undefined ? 0 : (parseTime(text) ?? 0));
