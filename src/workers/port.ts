/**
 * A Handler over a MessagePort: the same wire in its second coat. JSON crosses as text, which is several times cheaper than structured clones of
 * many small objects; frames of one task cross as one message; a stream waits when its reader is `WINDOW` frames behind.
 */
import { type Body, type Handler, type HttpRequest, type HttpResponse, NetError, Pipe } from '#engine/http';

/** Frames that may be under way before the sender waits for the reader. */
const WINDOW = 1024;
/** A message of frames is parsed in one go at its far end: about 2 ms of a page's time. */
const BATCH_CHARACTERS = 200_000;

type WireBody =
  | { readonly kind: 'json' | 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly framing: 'json' | 'bytes' | 'channel' };

type Framing = 'json' | 'bytes' | 'channel';

/** What crosses the port. */
export type Message =
  | {
      readonly type: 'request';
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly headers: HttpRequest['headers'];
      readonly body?: WireBody;
    }
  | {
      readonly type: 'response';
      readonly id: number;
      readonly status: number;
      readonly headers: HttpResponse['headers'];
      readonly warnings?: readonly string[];
      readonly body?: WireBody;
    }
  /** Nobody answered: the network's or the engine's failure. */
  | { readonly type: 'failure'; readonly id: number; readonly code?: NetError['code']; readonly message: string }
  /** Frames of the request's body (`up`) or of the response's; for JSON one text that is an array. */
  | { readonly type: 'frames'; readonly id: number; readonly up: boolean; readonly frames: readonly unknown[] | string }
  | { readonly type: 'end'; readonly id: number; readonly up: boolean; readonly error?: string }
  /** The reader has taken that many frames. */
  | { readonly type: 'taken'; readonly id: number; readonly up: boolean; readonly count: number }
  /** The reader wants no more of the response, or the client gives up. */
  | { readonly type: 'cancel'; readonly id: number };

/** What a port has to be able to do; a Worker, a MessagePort and Node's are. */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
}

/** One direction of one stream at its sending end: batches what one task produces, and waits for the reader. */
export class Outgoing {
  private batch: unknown[] = [];
  private characters = 0;
  private unread = 0;
  private wake: (() => void) | undefined;
  private flushing = false;
  private cancelled = false;

  constructor(
    private readonly post: (message: Message) => void,
    private readonly id: number,
    private readonly up: boolean,
    private readonly framing: Framing,
  ) {}

  async run(frames: Extract<Body, { kind: 'stream' }>['frames']): Promise<void> {
    const { id, up } = this;
    try {
      for (;;) {
        const frame = await frames.read();
        if (frame === undefined || this.cancelled) break;
        this.push(frame);
        while (this.unread >= WINDOW && !this.cancelled) await new Promise<void>((resolve) => (this.wake = resolve));
      }
      this.flush();
      this.post({ type: 'end', id, up });
    } catch (error) {
      this.flush();
      this.post({ type: 'end', id, up, error: error instanceof Error ? error.message : String(error) });
    }
    frames.cancel();
  }

  taken(count: number): void {
    this.unread -= count;
    this.wake?.();
  }

  cancel(): void {
    this.cancelled = true;
    this.wake?.();
  }

  private push(frame: unknown): void {
    const text = this.framing === 'json' ? JSON.stringify(frame) : undefined;
    this.batch.push(text ?? frame);
    this.unread++;
    this.characters += text?.length ?? 0;
    if (this.characters > BATCH_CHARACTERS) this.post(this.take());
    if (this.flushing) return;
    this.flushing = true;
    // Everything that is already there goes with this one.
    Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => this.flush())
      .catch(() => this.cancel());
  }

  private flush(): void {
    this.flushing = false;
    if (this.batch.length > 0) this.post(this.take());
  }

  private take(): Message {
    const frames = this.framing === 'json' ? `[${this.batch.join()}]` : this.batch;
    this.batch = [];
    this.characters = 0;
    return { type: 'frames', id: this.id, up: this.up, frames };
  }
}

/** The reading end: a Pipe that reports what its reader takes. */
export class Incoming {
  readonly pipe: Pipe<unknown>;
  private untold = 0;

  constructor(
    private readonly post: (message: Message) => void,
    private readonly id: number,
    private readonly up: boolean,
    onCancel: () => void,
  ) {
    const taken = () => this.taken();
    this.pipe = new (class extends Pipe<unknown> {
      override tryRead(): unknown {
        const frame = super.tryRead();
        if (frame !== undefined) taken();
        return frame;
      }
    })(Number.POSITIVE_INFINITY);
    this.pipe.onBroken(onCancel);
  }

  receive(frames: readonly unknown[] | string): void {
    for (const frame of typeof frames === 'string' ? (JSON.parse(frames) as unknown[]) : frames) this.pipe.push(frame);
  }

  private taken(): void {
    this.untold++;
    if (this.untold < WINDOW / 4) return;
    this.post({ type: 'taken', id: this.id, up: this.up, count: this.untold });
    this.untold = 0;
  }
}

/** A body as it crosses; a stream's frames follow it. */
export function toWire(body: Body | undefined): WireBody | undefined {
  if (!body) return undefined;
  if (body.kind === 'json') return { kind: 'json', text: JSON.stringify(body.value) };
  return body.kind === 'stream' ? { kind: 'stream', framing: body.framing } : body;
}

/** The body again. @param stream makes the reading end of a stream */
export function fromWire(body: WireBody | undefined, stream: (framing: Framing) => Pipe<unknown>): Body | undefined {
  if (!body) return undefined;
  if (body.kind === 'bytes') return body;
  if (body.kind !== 'stream')
    return body.kind === 'text' ? { kind: 'text', text: body.text } : { kind: 'json', value: JSON.parse(body.text) };
  return { kind: 'stream', framing: body.framing, frames: stream(body.framing) } as Body;
}

const urlOf = (request: HttpRequest): string => {
  const authority = request.authority ? `${request.scheme ?? 'http'}://${request.authority}` : '';
  return `${authority}${request.path}${request.query.size > 0 ? `?${request.query}` : ''}`;
};

/** One request under way, at either end. */
export interface Exchange {
  outgoing?: Outgoing;
  incoming?: Incoming;
  readonly gone?: AbortController;
}

interface Pending extends Exchange {
  resolve(response: HttpResponse): void;
  reject(error: Error): void;
}

/** A Handler whose answers come through the port. */
export function portHandler(port: PortLike): Handler {
  const pending = new Map<number, Pending>();
  const post = (message: Message) => port.postMessage(message);
  let next = 1;

  const onResponse = (
    { id, status, headers, warnings, body }: Extract<Message, { type: 'response' }>,
    one: Pending,
  ) => {
    const stream = () => {
      one.incoming = new Incoming(post, id, false, () => post({ type: 'cancel', id }));
      return one.incoming.pipe;
    };
    const whole = fromWire(body, stream);
    if (body?.kind !== 'stream') pending.delete(id);
    one.resolve({ status, headers, ...(warnings && { warnings }), ...(whole && { body: whole }) });
  };

  port.addEventListener('message', ({ data }) => {
    const message = data as Message;
    const one = pending.get(message.id);
    if (!one) return;
    if (message.type === 'response') onResponse(message, one);
    else if (message.type === 'frames') one.incoming?.receive(message.frames);
    else if (message.type === 'taken') one.outgoing?.taken(message.count);
    else if (message.type === 'failure') {
      pending.delete(message.id);
      one.reject(message.code ? new NetError(message.code, message.message) : new Error(message.message));
    } else if (message.type === 'end') {
      pending.delete(message.id);
      one.incoming?.pipe.close(message.error === undefined ? undefined : new Error(message.error));
    }
  });
  port.start?.();

  return (request) =>
    new Promise((resolve, reject) => {
      const id = next++;
      const wire = toWire(request.body);
      const one: Pending = { resolve, reject };
      pending.set(id, one);
      request.signal?.addEventListener('abort', () => post({ type: 'cancel', id }), { once: true });
      post({
        type: 'request',
        id,
        method: request.method,
        url: urlOf(request),
        headers: request.headers,
        ...(wire && { body: wire }),
      });
      if (request.body?.kind !== 'stream') return;
      one.outgoing = new Outgoing(post, id, true, request.body.framing);
      one.outgoing.run(request.body.frames).catch(reject);
    });
}
