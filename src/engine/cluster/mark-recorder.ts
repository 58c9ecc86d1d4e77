/** Collects the marks of a timeline from the beginning of history on; begins to when somebody asks first. */
import type { EtcdStore } from '#engine/control-plane/etcd';
import type { Clock, Journal } from '#engine/sim';
import type { History } from './history.ts';
import type { Input } from './input.ts';
import { MARKED_PREFIXES, type Mark, markOfWrite, marksOfInput, TypedLines } from './marks.ts';

/** More are forgotten, the oldest first. */
const MOST = 20_000;

export interface MarkBatch {
  /** Ordered within its source only: writes and inputs each by time. */
  readonly marks: readonly Mark[];
  /** What to ask with next time. */
  readonly next: number;
}

export class MarkRecorder {
  private marks: Mark[] = [];
  private forgotten = 0;
  private inputs = 0;
  private readonly typed = new TypedLines();

  constructor(
    clock: Clock,
    store: EtcdStore,
    history: History,
    private readonly journal: Journal<Input>,
  ) {
    for (const prefix of MARKED_PREFIXES) {
      let replaying = true;
      store.watch(
        { key: prefix, end: `${prefix.slice(0, -1)}0` },
        Math.max(1, store.compactedRevision),
        (events, revision) => {
          const at = replaying ? history.timeOf(revision) : clock.now();
          for (const event of events) this.add(markOfWrite(event, at));
        },
      );
      replaying = false;
    }
  }

  /** Marks from `since` on: 0 at first, then what the last batch said. */
  read(since: number): MarkBatch {
    for (const { at, input } of this.journal.entriesFrom(this.inputs)) {
      this.inputs++;
      for (const mark of marksOfInput(input, at, this.typed)) this.add(mark);
    }
    return { marks: this.marks.slice(Math.max(0, since - this.forgotten)), next: this.forgotten + this.marks.length };
  }

  private add(mark: Mark | undefined): void {
    if (!mark) return;
    this.marks.push(mark);
    if (this.marks.length <= MOST) return;
    this.marks = this.marks.slice(MOST / 4);
    this.forgotten += MOST / 4;
  }
}
