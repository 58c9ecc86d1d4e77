/**
 * Deleting one object, and waiting until it is gone.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/wait/delete.go
 */
import { isNotFound } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import { type Info, infoName, infoUrl } from '../resource/info.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, type Json, type JsonObject, text } from '../text/json.ts';
import { watchEvents } from '../watch.ts';

export interface DeleteBody {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: readonly string[];
}

export async function deleteObject(session: Session, info: Info, options: DeleteBody): Promise<JsonObject> {
  const body = { propagationPolicy: 'Background', ...options } as { readonly [key: string]: Json };
  return (await session.rest().json('DELETE', infoUrl(info), { body })) as JsonObject;
}

/** The uid of what was deleted, from the answer: an object that is going, or a Status. */
export const deletedUid = (answer: JsonObject): string =>
  text(answer, 'metadata', 'uid') || text(answer, 'details', 'uid');

export async function deleteAndWait(session: Session, info: Info, options: DeleteBody): Promise<void> {
  const answer = await deleteObject(session, info, options);
  await waitForDeletion(session, info, deletedUid(answer), undefined);
}

/** @param timeoutMs undefined waits for ever */
export async function waitForDeletion(
  session: Session,
  info: Info,
  uid: string,
  timeoutMs: number | undefined,
): Promise<void> {
  const { clock } = session.process;
  const deadline = timeoutMs === undefined ? undefined : clock.now() + timeoutMs;
  for (;;) {
    const found = await find(session, info);
    if (!found.object || (uid !== '' && text(found.object, 'metadata', 'uid') !== uid)) return;
    const abort = new AbortController();
    const timer =
      deadline === undefined
        ? undefined
        : clock.after(Math.max(0, deadline - clock.now()), 'kubectl delete --timeout', () => abort.abort());
    try {
      await session.flush();
      const gone = await watchEvents(
        session,
        resourceUrl(info.resource, info.namespace),
        {
          query: { fieldSelector: `metadata.name=${info.name}`, resourceVersion: found.resourceVersion },
          signal: abort.signal,
        },
        (event) => event.type === 'DELETED',
      );
      if (gone) return;
    } finally {
      timer?.cancel();
    }
    if (abort.signal.aborted || (deadline !== undefined && clock.now() >= deadline)) {
      throw new CommandError(`timed out waiting for the condition on ${infoName(info)}`);
    }
    if (session.process.killed.aborted) return;
  }
}

async function find(
  session: Session,
  info: Info,
): Promise<{ readonly object: JsonObject | undefined; readonly resourceVersion: string }> {
  try {
    const list = await session.rest().json('GET', resourceUrl(info.resource, info.namespace), {
      query: { fieldSelector: `metadata.name=${info.name}` },
    });
    const items = at(list, 'items');
    return {
      object: isArray(items) ? (items[0] as JsonObject | undefined) : undefined,
      resourceVersion: text(list, 'metadata', 'resourceVersion'),
    };
  } catch (error) {
    if (isNotFound(error)) return { object: undefined, resourceVersion: '' };
    throw error;
  }
}
