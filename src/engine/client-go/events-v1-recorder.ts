/** Events of events.k8s.io, as the scheduler records them. @upstream staging/src/k8s.io/client-go/tools/events/event_broadcaster.go */
import type { EventsV1Event, ObjectReference, Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { formatMicroTime, type World } from '#engine/sim';
import type { Client } from './client.ts';
import type { EventType } from './event-recorder.ts';
import { EventSink, eventName, isReference, patchOrCreate, referenceTo } from './event-sink.ts';

const FINISH_MS = 360_000;
const REFRESH_MS = 1_800_000;

/** events.k8s.io/v1: the same stored objects as core Events under their newer names. */
export const eventsV1: Resource<EventsV1Event> = Object.freeze({
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  singular: 'event',
  kind: 'Event',
  namespaced: true,
});

export interface EventsV1Recorder {
  /** `action` is what was tried (`Scheduling`), `note` the message. */
  event(
    regarding: KubeObject | ObjectReference,
    related: KubeObject | ObjectReference | undefined,
    type: EventType,
    reason: string,
    action: string,
    note: string,
  ): void;
}

interface Entry {
  event: EventsV1Event;
  startedAt: number;
  lastAt: number;
  refreshedAt: number;
}

/**
 * A recorder whose repeated events become a series: the second occurrence patches `series`, later ones are only counted here and written
 * when the series ends (six minutes of silence) or every half hour.
 * @param controller such as `default-scheduler`
 * @param instance such as `default-scheduler-control-plane`
 * @fidelity full
 */
export function createEventsV1Recorder(
  world: World,
  client: Client,
  { controller, instance }: { readonly controller: string; readonly instance: string },
  signal: AbortSignal,
): EventsV1Recorder {
  const { clock } = world;
  const rng = world.rng.fork(`events/${controller}/${instance}`);
  const sink = new EventSink(world, controller, signal);
  const entries = new Map<string, Entry>();
  let sweeping = false;

  const write = (event: EventsV1Event) => {
    const { namespace, name } = event.metadata;
    const create = () => client.create(eventsV1, event);
    if (!event.series) sink.submit(async () => void (await create()));
    else {
      const patch = { series: event.series };
      sink.submit(() => patchOrCreate(() => client.patch(eventsV1, { namespace, name }, 'strategic', patch), create));
    }
  };

  const sweep = () => {
    sweeping = false;
    if (signal.aborted) return;
    const now = clock.now();
    for (const [key, entry] of entries) {
      if (entry.event.series && now - entry.lastAt < FINISH_MS) {
        if (now - entry.refreshedAt < REFRESH_MS) continue;
        entry.refreshedAt = now;
        write(entry.event);
      } else if (entry.event.series || now - entry.startedAt >= FINISH_MS) {
        if (entry.event.series) write(entry.event);
        entries.delete(key);
      }
    }
    planSweep();
  };
  const planSweep = () => {
    if (sweeping || entries.size === 0) return;
    sweeping = true;
    clock.after(FINISH_MS, `${controller} event series`, sweep);
  };

  const record = (event: EventsV1Event) => {
    const now = clock.now();
    const key = seriesKey(event);
    const entry = entries.get(key);
    if (!entry) {
      entries.set(key, { event, startedAt: now, lastAt: now, refreshedAt: now });
      planSweep();
      write(event);
      return;
    }
    const first = entry.event.series === undefined;
    const count = (entry.event.series?.count ?? 1) + 1;
    entry.event = { ...entry.event, series: { count, lastObservedTime: formatMicroTime(now) } };
    entry.lastAt = now;
    if (first) write(entry.event);
  };

  return {
    event(regarding, related, type, reason, action, note) {
      const about = isReference(regarding) ? regarding : referenceTo(regarding);
      const other = related && (isReference(related) ? related : referenceTo(related));
      const now = clock.now();
      record({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: eventName(about.name ?? '', now, rng), namespace: about.namespace || 'default' },
        eventTime: formatMicroTime(now),
        reportingController: controller,
        reportingInstance: instance,
        action,
        reason,
        regarding: about,
        ...(other && { related: other }),
        note,
        type,
      });
    },
  };
}

function seriesKey(event: EventsV1Event): string {
  const about = (reference: ObjectReference | undefined) =>
    reference
      ? [
          reference.kind,
          reference.namespace,
          reference.name,
          reference.uid,
          reference.apiVersion,
          reference.resourceVersion,
          reference.fieldPath,
        ].join('\u0000')
      : '';
  return [
    event.type,
    event.action,
    event.reason,
    event.reportingController,
    event.reportingInstance,
    about(event.regarding),
    about(event.related),
  ].join('\u0001');
}
