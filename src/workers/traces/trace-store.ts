/** The trace, as far as it explains something: a ring of events, found by whom they are about. Taking one in formats nothing and copies nothing. */
import type { Millis, TraceEvent } from '#engine/sim';
import { subjectsOf, weightOf } from './subjects.ts';

/** About 60 MB at the very most: an event is some 200 to 400 bytes. */
const MAX_WEIGHT = 150_000;

interface Held {
  readonly event: TraceEvent;
  readonly keys: readonly string[];
  readonly weight: number;
}

/** What one subject has; `start` moves on as the ring forgets. */
interface Shelf {
  events: TraceEvent[];
  start: number;
}

export class TraceStore {
  private readonly ring: (Held | undefined)[] = [];
  private oldest = 0;
  private weight = 0;
  private readonly shelves = new Map<string, Shelf>();
  private forgotten = false;
  private begin: Millis | undefined;

  constructor(private readonly maxWeight = MAX_WEIGHT) {}

  /** The instant from which on nothing that explains is missing. */
  get since(): Millis {
    return this.begin ?? 0;
  }

  /** Some events have been dropped for room. */
  get isTruncated(): boolean {
    return this.forgotten;
  }

  /** Events held. */
  get size(): number {
    return this.ring.length - this.oldest;
  }

  take(event: TraceEvent): void {
    this.begin ??= event.at;
    const keys = subjectsOf(event);
    if (keys.length === 0) return;
    const weight = weightOf(event);
    this.ring.push({ event, keys, weight });
    this.weight += weight;
    for (const key of keys) {
      const shelf = this.shelves.get(key);
      if (shelf) shelf.events.push(event);
      else this.shelves.set(key, { events: [event], start: 0 });
    }
    while (this.weight > this.maxWeight) this.dropOldest();
  }

  /** Oldest first. */
  of(key: string, until: Millis = Number.POSITIVE_INFINITY): readonly TraceEvent[] {
    const shelf = this.shelves.get(key);
    if (!shelf) return [];
    const events = shelf.start === 0 ? shelf.events : shelf.events.slice(shelf.start);
    const last = events.at(-1);
    return last && last.at > until ? events.filter(({ at }) => at <= until) : events;
  }

  /** By its number; undefined when it is not kept, or no more. */
  find(seq: number): TraceEvent | undefined {
    let low = this.oldest;
    let high = this.ring.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const event = this.ring[middle]?.event;
      if (!event || event.seq === seq) return event;
      if (event.seq < seq) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  private dropOldest(): void {
    const held = this.ring[this.oldest];
    this.ring[this.oldest] = undefined;
    this.oldest++;
    if (!held) return;
    this.weight -= held.weight;
    this.forgotten = true;
    this.begin = held.event.at;
    for (const key of held.keys) this.unshelve(key);
    if (this.oldest > 1024 && this.oldest * 2 > this.ring.length) {
      this.ring.splice(0, this.oldest);
      this.oldest = 0;
    }
  }

  /** The oldest event of the ring is also the oldest of each of its subjects. */
  private unshelve(key: string): void {
    const shelf = this.shelves.get(key);
    if (!shelf) return;
    shelf.start++;
    if (shelf.start >= shelf.events.length) this.shelves.delete(key);
    else if (shelf.start > 64 && shelf.start * 2 > shelf.events.length) {
      shelf.events = shelf.events.slice(shelf.start);
      shelf.start = 0;
    }
  }
}
