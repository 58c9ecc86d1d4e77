/**
 * Requests of clients outside. What such a client does with its streams is input too: frames it sends, and that it reads no further.
 * Answers are read at once, whether the client keeps up or not, so that nothing in the cluster depends on the client's pace.
 */
import { type Body, type Handler, type HttpRequest, type HttpResponse, httpRequest, Pipe } from '#engine/http';
import { toBase64 } from '#engine/sim';
import { playFrame, recordedBytes, recordFrame } from './frames.ts';
import type { Input, RecordedFrame } from './input.ts';

type HttpInput = Extract<Input, { type: 'http' }>;
type StreamBody = Extract<Body, { kind: 'stream' }>;

/** Frames that may wait for a client outside before it is given up. */
const MAX_WAITING_FRAMES = 65_536;

interface Exchange {
  readonly gone: AbortController;
  /** The request's body, when it comes in frames. */
  readonly body: Pipe<unknown> | undefined;
  answer: { cancel(): void } | undefined;
}

export class OutsideRequests {
  private readonly open = new Map<number, Exchange>();
  private lastId = 0;

  constructor(
    private readonly dial: Handler,
    private readonly submit: (input: Input) => Promise<unknown>,
    private readonly guard: (work: Promise<unknown>) => void,
  ) {}

  /** What the journal says of a request. */
  record(request: HttpRequest): HttpInput {
    const { method, path, query, headers, body, peer } = request;
    return {
      type: 'http',
      id: ++this.lastId,
      method,
      url: query.size > 0 ? `${path}?${query}` : path,
      headers,
      ...(body?.kind === 'stream' ? { streams: body.framing } : body && recordedBody(body)),
      ...(peer?.certificate && { certificate: peer.certificate }),
    };
  }

  /** Sends a recorded request. Without a live one behind it (a replay) nobody reads the answer. */
  async send(input: HttpInput, live?: HttpRequest): Promise<HttpResponse> {
    const { id = 0, method, url, headers, body, binary, streams, certificate } = input;
    this.lastId = Math.max(this.lastId, id);
    const pipe = streams && new Pipe<unknown>();
    const exchange: Exchange = { gone: new AbortController(), body: pipe, answer: undefined };
    this.open.set(id, exchange);
    if (live) this.follow(id, live, exchange);
    const content: Body | undefined =
      pipe && streams
        ? ({ kind: 'stream', framing: streams, frames: pipe } as StreamBody)
        : body === undefined
          ? undefined
          : binary
            ? { kind: 'bytes', bytes: recordedBytes(body) }
            : { kind: 'text', text: body };
    try {
      const request = httpRequest(method, url, {
        headers,
        signal: exchange.gone.signal,
        ...(content && { body: content }),
        ...(certificate && { peer: { address: '', certificate } }),
      });
      const response = await this.dial(request);
      if (response.body?.kind !== 'stream') return response;
      return { ...response, body: this.drained(id, exchange, response.body, live !== undefined) };
    } finally {
      if (!exchange.answer) this.open.delete(id);
    }
  }

  /** Frames from the client; resolves when there is room for more. */
  async frames(id: number, frames: readonly RecordedFrame[]): Promise<void> {
    const body = this.open.get(id)?.body;
    if (!body || body.broken) return;
    let room = Promise.resolve();
    for (const frame of frames) {
      room = body.write(playFrame(frame));
      // Whoever reads may go away meanwhile: then there is nothing to wait for.
      room.catch(() => undefined);
    }
    await room.catch(() => undefined);
  }

  end(id: number): void {
    this.open.get(id)?.body?.close();
  }

  cancel(id: number): void {
    const exchange = this.open.get(id);
    this.open.delete(id);
    exchange?.gone.abort();
    exchange?.answer?.cancel();
    exchange?.body?.close();
  }

  /** What the live client does from here on becomes input. */
  private follow(id: number, { body, signal }: HttpRequest, exchange: Exchange): void {
    const cancel = () => this.giveUp(id);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    if (body?.kind === 'stream') this.guard(this.forward(id, body, exchange));
  }

  private async forward(id: number, { frames }: StreamBody, exchange: Exchange): Promise<void> {
    exchange.body?.onBroken(() => frames.cancel());
    try {
      for (let first = await frames.read(); first !== undefined; first = await frames.read()) {
        const batch = [recordFrame(first)];
        for (let next = frames.tryRead(); next !== undefined; next = frames.tryRead()) batch.push(recordFrame(next));
        if (!this.open.has(id)) return;
        await this.submit({ type: 'http.frames', id, frames: batch });
      }
    } catch {
      // The client broke off in the middle of its body.
      this.giveUp(id);
      return;
    }
    if (this.open.has(id)) await this.submit({ type: 'http.end', id });
  }

  private drained(id: number, exchange: Exchange, body: StreamBody, live: boolean): StreamBody {
    const out = new Pipe<unknown>();
    const source = body.frames as { forEach(take: (frame: unknown) => void): Promise<void>; cancel(): void };
    exchange.answer = source;
    if (live) out.onBroken(() => this.giveUp(id));
    const take = (frame: unknown) => {
      if (!live) return;
      if (out.length < MAX_WAITING_FRAMES) out.push(frame);
      else this.giveUp(id);
    };
    const over = (error?: Error) => {
      this.open.delete(id);
      out.close(error);
    };
    this.guard(source.forEach(take).then(() => over(), over));
    return { ...body, frames: out } as StreamBody;
  }

  private giveUp(id: number): void {
    if (this.open.has(id)) this.guard(this.submit({ type: 'http.cancel', id }));
  }
}

/** Text where the bytes are text, so that a journal can be read. */
function recordedBody(body: Exclude<Body, StreamBody>): { readonly body: string; readonly binary?: true } {
  if (body.kind === 'text') return { body: body.text };
  if (body.kind === 'json') return { body: JSON.stringify(body.value) };
  const text = new TextDecoder().decode(body.bytes);
  const isText = !text.includes(NOT_TEXT) && !text.includes('\0');
  return isText ? { body: text } : { body: toBase64(body.bytes), binary: true };
}

/** What a decoder puts where bytes are no UTF-8. */
const NOT_TEXT = '\u{fffd}';
