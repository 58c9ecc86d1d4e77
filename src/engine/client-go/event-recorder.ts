/** Events of the core group, as controllers and kubelets record them. @upstream staging/src/k8s.io/client-go/tools/record/event.go */
import { type CoreV1Event, events, type ObjectReference } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { formatTime, type World } from '#engine/sim';
import type { Client } from './client.ts';
import { EventCorrelator } from './event-correlator.ts';
import { EventSink, eventName, isReference, patchOrCreate, referenceTo } from './event-sink.ts';

export type EventType = 'Normal' | 'Warning';

/** Records and forgets: never waits, never fails. */
export interface EventRecorder {
  event(
    about: KubeObject | ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    options?: EventDetails,
  ): void;
}

export interface EventDetails {
  readonly annotations?: { readonly [key: string]: string };
  /** The part of the object, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

export interface EventSource {
  /** `deployment-controller`, `kubelet` … */
  readonly component: string;
  /** The Node, for kubelets. */
  readonly host?: string;
}

/**
 * A recorder with upstream's correlation: equal events are counted on one object, ten similar ones within ten minutes become one,
 * more than 25 in a burst about one object are dropped. Stops when `signal` aborts.
 * @fidelity full
 */
export function createEventRecorder(
  world: World,
  client: Client,
  source: EventSource,
  signal: AbortSignal,
): EventRecorder {
  const rng = world.rng.fork(`events/${source.component}/${source.host ?? ''}`);
  const sink = new EventSink(world, source.component, signal);
  const nameFor = (about: ObjectReference) => eventName(about.name ?? '', world.clock.now(), rng);
  const correlator = new EventCorrelator(world.clock, (event) => nameFor(event.involvedObject));

  const record = (event: CoreV1Event) => {
    const result = correlator.correlate(event);
    if (!result) return;
    const { patch, event: observed } = result;
    const { namespace, name } = observed.metadata;
    const create = () => client.create(events, observed);
    if (!patch) sink.submit(async () => void (await create()));
    else {
      sink.submit(() => patchOrCreate(() => client.patch(events, { namespace, name }, 'strategic', patch), create));
    }
  };

  return {
    event(about, type, reason, message, options = {}) {
      const reference = isReference(about) ? about : referenceTo(about, options.fieldPath);
      const time = formatTime(world.clock.now());
      record({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: nameFor(reference),
          namespace: reference.namespace || 'default',
          ...(options.annotations && { annotations: options.annotations }),
        },
        involvedObject: reference,
        reason,
        message,
        source: { component: source.component, ...(source.host && { host: source.host }) },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        type,
        reportingComponent: source.component,
        reportingInstance: source.host ?? '',
      });
    },
  };
}
