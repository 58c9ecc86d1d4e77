/** Waiting until an object is as it should be: what it is now, then its changes. */
import { isNotFound } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import type { Info } from '../resource/info.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, type JsonObject, text } from '../text/json.ts';
import { watchEvents } from '../watch.ts';

export const TIMED_OUT = 'timed out waiting for the condition';

/**
 * Calls `satisfied` with every state of the object until it answers true; it may throw to give up.
 * Resolves to the state that satisfied. Throws CommandError when time is up (0 waits for ever) or the object goes.
 */
export async function waitUntil(
  session: Session,
  info: Info,
  timeoutMs: number,
  satisfied: (object: JsonObject) => boolean,
  timedOut: string = TIMED_OUT,
): Promise<JsonObject | undefined> {
  const { clock } = session.process;
  const deadline = timeoutMs > 0 ? clock.now() + timeoutMs : undefined;
  const path = resourceUrl(info.resource, info.namespace);
  const fieldSelector = `metadata.name=${info.name}`;
  const abort = new AbortController();
  const timer =
    deadline === undefined ? undefined : clock.after(deadline - clock.now(), 'kubectl --timeout', () => abort.abort());
  let result: JsonObject | undefined;
  try {
    while (!abort.signal.aborted && !session.process.killed.aborted) {
      const list = await session.rest().json('GET', path, { query: { fieldSelector } });
      const items = at(list, 'items');
      const object =
        isArray(items) && items[0] !== undefined ? itemOf(list as JsonObject, items[0] as JsonObject) : undefined;
      if (object && satisfied(object)) return object;
      await session.flush();
      const resourceVersion = text(list, 'metadata', 'resourceVersion');
      await watchEvents(
        session,
        path,
        { query: { fieldSelector, resourceVersion }, signal: abort.signal },
        async (event) => {
          if (event.type === 'BOOKMARK') return false;
          if (event.type === 'DELETED') throw new CommandError('object has been deleted');
          const done = satisfied(event.object);
          await session.flush();
          if (done) result = event.object;
          return done;
        },
      );
      if (result) return result;
    }
  } finally {
    timer?.cancel();
  }
  throw new CommandError(timedOut);
}

const itemOf = (list: JsonObject, item: JsonObject): JsonObject =>
  item.kind === undefined
    ? { apiVersion: text(list, 'apiVersion'), kind: text(list, 'kind').replace(/List$/, ''), ...item }
    : item;

/** The object, or undefined when it does not exist. */
export async function readIfExists(session: Session, path: string): Promise<JsonObject | undefined> {
  try {
    return (await session.rest().json('GET', path)) as JsonObject;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
