/** What came in from outside, and when: with boot image and seed, all that replay needs. */
import type { Millis } from './world.ts';

export interface JournalEntry<Input> {
  readonly at: Millis;
  readonly input: Input;
}

export class Journal<Input> {
  private readonly log: JournalEntry<Input>[] = [];

  append(at: Millis, input: Input): void {
    this.log.push({ at, input });
  }

  /** Entries up to and including `until`. */
  entries(until: Millis = Number.POSITIVE_INFINITY): readonly JournalEntry<Input>[] {
    return this.log.filter((entry) => entry.at <= until);
  }

  /** Entries from that index on, in order. */
  entriesFrom(index: number): readonly JournalEntry<Input>[] {
    return this.log.slice(index);
  }
}
