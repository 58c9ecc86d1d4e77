/**
 * Keeps Events few: equal ones are counted on one object, many similar ones become one, floods are dropped.
 * @upstream staging/src/k8s.io/client-go/tools/record/events_cache.go
 */
import type { CoreV1Event } from '#engine/api';
import { type Clock, formatTime, type Millis } from '#engine/sim';
import { LruMap } from './lru-map.ts';
import { TokenBucket } from './work-queue.ts';

const MAX_ENTRIES = 4096;
const SIMILAR_LIMIT = 10;
const SIMILAR_INTERVAL_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_PER_SECOND = 1 / 300;

interface Similar {
  readonly messages: Set<string>;
  lastAt: Millis;
}

interface Observed {
  readonly count: number;
  readonly firstTimestamp: string | undefined;
  readonly name: string;
}

/** What to do with an event: create it, or patch the one that is there. */
export interface Correlated {
  readonly event: CoreV1Event;
  /** Present when an equal event was recorded before: the change to it. */
  readonly patch?: { readonly count: number; readonly lastTimestamp: string; readonly message: string };
}

/** @fidelity full */
export class EventCorrelator {
  private readonly similar = new LruMap<Similar>(MAX_ENTRIES);
  private readonly observed = new LruMap<Observed>(MAX_ENTRIES);
  private readonly spam = new LruMap<TokenBucket>(MAX_ENTRIES);

  constructor(
    private readonly clock: Clock,
    private readonly nextName: (event: CoreV1Event) => string,
  ) {}

  /** Undefined when the event is dropped as spam. */
  correlate(event: CoreV1Event): Correlated | undefined {
    const { event: aggregate, key } = this.aggregate(event);
    const result = this.observe(aggregate, key);
    return this.accept(result.event) ? result : undefined;
  }

  private aggregate(event: CoreV1Event): { readonly event: CoreV1Event; readonly key: string } {
    const now = this.clock.now();
    const similarKey = similarityKey(event);
    const message = event.message ?? '';
    let record = this.similar.get(similarKey);
    if (!record || now - record.lastAt > SIMILAR_INTERVAL_MS) {
      record = { messages: new Set(), lastAt: now };
      this.similar.set(similarKey, record);
    }
    record.messages.add(message);
    record.lastAt = now;
    if (record.messages.size < SIMILAR_LIMIT) return { event, key: `${similarKey}\u0000${message}` };
    // The set need not grow beyond the limit; which message leaves it does not matter.
    for (const first of record.messages) {
      record.messages.delete(first);
      break;
    }
    const time = formatTime(now);
    const combined: CoreV1Event = {
      ...event,
      metadata: { ...event.metadata, name: this.nextName(event) },
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      message: `(combined from similar events): ${message}`,
    };
    return { event: combined, key: similarKey };
  }

  private observe(event: CoreV1Event, key: string): Correlated {
    const last = this.observed.get(key);
    if (!last) {
      this.observed.set(key, {
        count: event.count ?? 1,
        firstTimestamp: event.firstTimestamp,
        name: event.metadata.name,
      });
      return { event };
    }
    const count = last.count + 1;
    this.observed.set(key, { ...last, count });
    const counted: CoreV1Event = {
      ...event,
      metadata: { ...event.metadata, name: last.name },
      ...(last.firstTimestamp !== undefined && { firstTimestamp: last.firstTimestamp }),
      count,
    };
    const patch = { count, lastTimestamp: event.lastTimestamp ?? '', message: event.message ?? '' };
    return { event: counted, patch };
  }

  private accept(event: CoreV1Event): boolean {
    const key = objectPart(event);
    let bucket = this.spam.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.clock, SPAM_PER_SECOND, SPAM_BURST);
      this.spam.set(key, bucket);
    }
    return bucket.tryAccept();
  }
}

function objectPart({ source, involvedObject: about }: CoreV1Event): string {
  return [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion].join(
    '\u0000',
  );
}

const similarityKey = (event: CoreV1Event): string =>
  `${objectPart(event)}\u0000${event.involvedObject.fieldPath ?? ''}\u0000${event.type}\u0000${event.reason}`;
