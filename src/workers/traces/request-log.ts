/** The latest requests, one by one: those of people, and those of the cluster's own parts beside them, so that neither pushes the other out. */
import type { RequestTrace } from '#engine/cluster';
import type { TraceEvent } from '#engine/sim';

const PEOPLE = 600;
const PARTS = 900;

/** Renewed and reviewed all the time, and never asked about. */
const DULL = new Set(['leases', 'tokenreviews', 'subjectaccessreviews']);

/** A bounded row of events, by age. */
class Row {
  private events: TraceEvent[] = [];
  private start = 0;

  constructor(private readonly room: number) {}

  push(event: TraceEvent): void {
    this.events.push(event);
    if (this.events.length - this.start <= this.room) return;
    this.start++;
    if (this.start < this.room) return;
    this.events = this.events.slice(this.start);
    this.start = 0;
  }

  /** Oldest first. */
  all(): readonly TraceEvent[] {
    return this.start === 0 ? this.events : this.events.slice(this.start);
  }
}

/** People are who is not named by the cluster itself; what is refused is kept with theirs, whoever asked. */
const isOfPeople = ({ user, walk, code }: RequestTrace): boolean =>
  !user.startsWith('system:') || walk.impersonator !== undefined || code === 401 || code === 403;

export class RequestLog {
  private readonly people = new Row(PEOPLE);
  private readonly parts = new Row(PARTS);

  take(event: TraceEvent): void {
    if (event.type !== 'apiserver.request') return;
    const request = event.detail as RequestTrace;
    if (isOfPeople(request)) this.people.push(event);
    else if (request.resource === undefined || !DULL.has(request.resource)) this.parts.push(event);
  }

  /** Oldest first. */
  all(of: 'people' | 'everybody'): readonly TraceEvent[] {
    if (of === 'people') return this.people.all();
    return [...this.people.all(), ...this.parts.all()].sort((a, b) => a.seq - b.seq);
  }

  /** By its number in the trace. */
  find(seq: number): TraceEvent | undefined {
    const among = (events: readonly TraceEvent[]) => events.find((event) => event.seq === seq);
    return among(this.people.all()) ?? among(this.parts.all());
  }
}
