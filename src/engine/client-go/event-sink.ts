/** What both event recorders share: names, references, and a queue that writes one Event after the other. */
import type { ObjectReference } from '#engine/api';
import { isNotFound, type KubeObject, StatusError } from '#engine/apimachinery';
import type { Rng, World } from '#engine/sim';
import { isPanic, panic } from './panic.ts';

/** The reference to an object that an Event is about. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace && { namespace }),
    name,
    ...(uid && { uid }),
    apiVersion: object.apiVersion,
    ...(resourceVersion && { resourceVersion }),
    ...(fieldPath && { fieldPath }),
  };
}

/** An Event about something that is no stored object, such as the Node a kubelet runs on before it is registered. */
export const isReference = (object: KubeObject | ObjectReference): object is ObjectReference => !('metadata' in object);

/** `<object>.<nanoseconds in hex>`; the clock gives milliseconds, chance the rest, so that names do not meet. */
export function eventName(objectName: string, now: number, rng: Rng): string {
  return `${objectName}.${(BigInt(Math.floor(now)) * 1_000_000n + BigInt(rng.int(1_000_000))).toString(16)}`;
}

const MAX_TRIES = 12;
const RETRY_MS = 10_000;
const QUEUE_LIMIT = 1000;

/** Writes in order, one at a time. A refusal is final; when nobody answers it is tried again every 10 s, 12 times in all. */
export class EventSink {
  private readonly queue: (() => Promise<void>)[] = [];
  private busy = false;

  constructor(
    private readonly world: World,
    private readonly name: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Drops the write when a thousand wait already, as upstream's full channel does. */
  submit(write: () => Promise<void>): void {
    if (this.signal.aborted || this.queue.length >= QUEUE_LIMIT) return;
    this.queue.push(write);
    if (!this.busy) void this.drain();
  }

  private async drain(): Promise<void> {
    this.busy = true;
    // Starts after the code that recorded the event: a recorder never runs inside its caller.
    await undefined;
    for (let write = this.queue.shift(); write && !this.signal.aborted; write = this.queue.shift()) {
      await this.persist(write);
    }
    this.busy = false;
  }

  private async persist(write: () => Promise<void>): Promise<void> {
    for (let tries = 1; tries <= MAX_TRIES && !this.signal.aborted; tries++) {
      try {
        await write();
        return;
      } catch (error) {
        if (isPanic(error)) panic(this.world, error);
        if (error instanceof StatusError) return;
        await this.world.clock.sleep(RETRY_MS, `${this.name} events`, this.signal);
      }
    }
  }
}

/** Patches the Event that is there, or creates it again when its time to live has passed. */
export async function patchOrCreate(patch: () => Promise<unknown>, create: () => Promise<unknown>): Promise<void> {
  try {
    await patch();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await create();
  }
}
