/**
 * The seats and queues of one priority level: shuffle sharding into queues, and fair queuing among them.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/queueset/queueset.go, pkg/util/shufflesharding/dealer.go
 */
import type { PriorityLevelConfigurationSpec } from '#engine/api';
import { type Millis, sha256 } from '#engine/sim';
import type { RequestInfo } from '../request-info.ts';

/** What a request is thought to need before it has shown what it needs. */
const GUESS_MS = 3;
/** What the API's defaults are. */
const DEFAULT_QUEUES = 64;
const DEFAULT_HAND = 8;
const DEFAULT_LENGTH = 50;
const HANDS_KEPT = 1000;

/** A request that waits or has a seat. */
export interface Ticket {
  readonly flowSchema: string;
  readonly distinguisher: string;
  readonly username: string;
  readonly info: RequestInfo;
  readonly arrived: Millis;
  /** Of a request that waits: it may begin. */
  begin(): void;
}

export interface Queue {
  readonly index: number;
  readonly waiting: Ticket[];
  executing: number;
  /** Virtual time of its next dispatch: the seat time it has had, and what it missed by being idle. */
  next: number;
}

type Limited = NonNullable<PriorityLevelConfigurationSpec['limited']>;

/** Seats of a level, all of them counts. */
export interface Seats {
  readonly nominal: number;
  /** Below this nothing is lent. */
  readonly least: number;
  /** Nominal and what may be borrowed. */
  readonly most: number;
}

export class Level {
  executing = 0;
  waiting = 0;
  readonly queues = new Map<number, Queue>();
  /** Virtual time of the last dispatch. */
  private reached = 0;
  /** What flows were dealt: to hash each request would be the dearest part of it. */
  private readonly hands = new Map<string, readonly number[]>();
  private limited: Limited;
  private limits: Seats;

  constructor(limited: Limited, seats: Seats) {
    this.limited = limited;
    this.limits = seats;
  }

  get seats(): Seats {
    return this.limits;
  }

  /** How many queues there are; none where requests do not wait. */
  get queueCount(): number {
    const { queuing } = this.limited.limitResponse ?? {};
    return queuing ? (queuing.queues ?? DEFAULT_QUEUES) : 0;
  }

  /** Another configuration; who has a seat or a place keeps it. */
  configure(limited: Limited, seats: Seats): void {
    if (limited !== this.limited) this.hands.clear();
    this.limited = limited;
    this.limits = seats;
  }

  /** Where a flow's request waits if it must: the emptiest queue of the flow's hand. Undefined for a level that rejects. */
  queueFor(flowSchema: string, distinguisher: string): Queue | undefined {
    if (this.queueCount === 0) return undefined;
    const flow = `${flowSchema}\0${distinguisher}`;
    let hand = this.hands.get(flow);
    if (!hand) {
      const handSize = this.limited.limitResponse?.queuing?.handSize ?? DEFAULT_HAND;
      hand = dealt(hashOf(flow), this.queueCount, handSize);
      if (this.hands.size >= HANDS_KEPT) this.hands.clear();
      this.hands.set(flow, hand);
    }
    let best: Queue | undefined;
    for (const index of hand) {
      const queue = this.queues.get(index) ?? { index, waiting: [], executing: 0, next: 0 };
      if (!best || load(queue) < load(best)) best = queue;
    }
    if (best) this.queues.set(best.index, best);
    return best;
  }

  isFull(queue: Queue): boolean {
    return queue.waiting.length >= (this.limited.limitResponse?.queuing?.queueLengthLimit ?? DEFAULT_LENGTH);
  }

  wait(queue: Queue, ticket: Ticket): void {
    if (queue.waiting.length === 0 && queue.executing === 0) queue.next = Math.max(queue.next, this.reached);
    queue.waiting.push(ticket);
    this.waiting++;
  }

  /** Takes a request that gave up out of its queue. */
  leave(queue: Queue, ticket: Ticket): void {
    queue.waiting.splice(queue.waiting.indexOf(ticket), 1);
    this.waiting--;
  }

  /** Gives a seat. */
  seat(queue: Queue | undefined): void {
    this.executing++;
    if (!queue) return;
    queue.executing++;
    this.reached = Math.max(this.reached, queue.next);
    queue.next += GUESS_MS;
  }

  /** A seat is free again; the queue pays for the time it was really taken. */
  free(queue: Queue | undefined, tookMs: Millis): void {
    this.executing--;
    if (!queue) return;
    queue.executing--;
    queue.next += tookMs - GUESS_MS;
  }

  /** Seats the request whose turn it is: the first of the queue that has had least. */
  dispatch(): void {
    let turn: Queue | undefined;
    for (const queue of this.queues.values()) {
      if (queue.waiting.length > 0 && (!turn || queue.next < turn.next)) turn = queue;
    }
    const ticket = turn?.waiting.shift();
    if (!ticket) return;
    this.waiting--;
    this.seat(turn);
    ticket.begin();
  }
}

const load = ({ waiting, executing }: Queue): number => waiting.length + executing;

/** The first eight bytes of the flow's SHA-256, least significant first. */
function hashOf(flow: string): bigint {
  const digest = sha256(flow);
  return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0, true);
}

/** A hand of different queues, dealt by the hash alone. */
export function dealt(hash: bigint, deckSize: number, handSize: number): readonly number[] {
  const hand: number[] = [];
  const drawn: number[] = [];
  let left = hash;
  for (let i = 0; i < handSize; i++) {
    const cards = BigInt(deckSize - i);
    drawn.push(Number(left % cards));
    left /= cards;
  }
  drawn.forEach((draw, i) => {
    let card = draw;
    for (let before = i - 1; before >= 0; before--) if (card >= (drawn[before] as number)) card++;
    hand.push(card);
  });
  return hand;
}
