/** What came in from outside, and when: with boot image and seed, all that replay needs. */
import type { Ledger, Saved } from './ledger.ts';
import type { Millis } from './world.ts';

export interface JournalEntry<Input> {
  readonly at: Millis;
  readonly input: Input;
}

export class Journal<Input> {
  private readonly log: JournalEntry<Input>[];

  /** @param ledger where each entry is written down @param saved what is written there from before */
  constructor(
    private readonly ledger?: Ledger,
    saved?: Saved,
  ) {
    const numbers = Array.from(saved?.keys() ?? [], Number).sort((a, b) => a - b);
    this.log = numbers.map((number) => saved?.get(String(number)) as JournalEntry<Input>);
  }

  append(at: Millis, input: Input): void {
    const entry = { at, input };
    this.ledger?.put(String(this.log.length), () => entry);
    this.log.push(entry);
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
