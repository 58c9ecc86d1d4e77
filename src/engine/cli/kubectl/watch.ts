/** Watching a resource over the wire: JSON frames, or lines of bytes from a real server. */
import { type Status, StatusError } from '#engine/apimachinery';
import type { RequestOptions } from './rest/rest.ts';
import type { Session } from './session.ts';
import { isObject, type Json, type JsonObject } from './text/json.ts';

export interface WatchFrame {
  readonly type: string;
  readonly object: JsonObject;
}

/** Calls `take` for each event until it answers true, the server ends the watch, or the process dies. Resolves to whether `take` was satisfied. */
export async function watchEvents(
  session: Session,
  path: string,
  options: RequestOptions,
  take: (event: WatchFrame) => boolean | Promise<boolean>,
): Promise<boolean> {
  const response = await session.rest().request('GET', path, { ...options, query: { ...options.query, watch: true } });
  const body = response.body;
  if (body?.kind !== 'stream') return false;
  const stop = () => body.frames.cancel();
  const { signal } = options;
  signal?.addEventListener('abort', stop, { once: true });
  session.process.killed.addEventListener('abort', stop, { once: true });
  try {
    const decoder = new TextDecoder();
    let partial = '';
    for (;;) {
      const frame = await body.frames.read();
      if (frame === undefined || signal?.aborted) return false;
      const events: Json[] = [];
      if (frame instanceof Uint8Array) {
        const lines = (partial + decoder.decode(frame, { stream: true })).split('\n');
        partial = lines.pop() as string;
        events.push(...lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Json));
      } else events.push(frame as unknown as Json);
      for (const event of events) {
        if (isObject(event) && isObject(event.object) && (await deliver(String(event.type), event.object, take)))
          return true;
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

async function deliver(
  type: string,
  object: JsonObject,
  take: (event: WatchFrame) => boolean | Promise<boolean>,
): Promise<boolean> {
  if (type === 'ERROR') throw new StatusError(object as unknown as Status);
  return take({ type, object });
}
