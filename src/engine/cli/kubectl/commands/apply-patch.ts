/**
 * The three-way patch of a client-side apply.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/apply/patcher.go
 */

import { schemaForKind } from '#engine/api';
import {
  applyMergePatch,
  applyStrategicMergePatch,
  createThreeWayJsonMergePatch,
  createThreeWayStrategicMergePatch,
  StatusError,
  StrategicConflictError,
} from '#engine/apimachinery';
import { LAST_APPLIED } from '../act.ts';
import { addSource, asError } from '../errors.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { isObject, type JsonObject, marshal, sortKeys, text } from '../text/json.ts';
import { conflictError, type Sides } from './apply-conflict.ts';
import { describeInfo } from './apply-info.ts';

const MAX_CONFLICTS = 5;

export interface Patch {
  readonly value: JsonObject;
  readonly contentType: string;
  /** What the object becomes, as far as a client can tell. */
  readonly patched: (current: JsonObject) => JsonObject;
}

export function schemaOf(info: Info) {
  return schemaForKind({ group: info.resource.group, version: info.resource.version, kind: info.resource.kind });
}

export function computePatch(session: Session, info: Info, modified: JsonObject, current: JsonObject): Patch {
  const annotation = text(current, 'metadata', 'annotations', LAST_APPLIED);
  const original = (annotation ? JSON.parse(annotation) : {}) as JsonObject;
  const schema = schemaOf(info);
  if (!schema) {
    const value = createThreeWayJsonMergePatch(original, modified, current) as JsonObject;
    return {
      value,
      contentType: 'application/merge-patch+json',
      patched: (live) => applyMergePatch(live, value) as JsonObject,
    };
  }
  const overwrite = !session.flags.has('overwrite') || session.flags.bool('overwrite');
  const value = threeWay(session, info, { original: annotation, modified, current }, () =>
    createThreeWayStrategicMergePatch(original, modified, current, schema, { overwrite }),
  );
  return {
    value,
    contentType: 'application/strategic-merge-patch+json',
    patched: (live) => applyStrategicMergePatch(live, value, schema) as JsonObject,
  };
}

function threeWay(session: Session, info: Info, sides: Sides, compute: () => unknown): JsonObject {
  try {
    return compute() as JsonObject;
  } catch (error) {
    throw error instanceof StrategicConflictError ? conflictError(session, info, error, sides) : error;
  }
}

/** Sends the patch; when somebody else was faster, computes it again. */
export async function sendPatch(
  session: Session,
  info: Info,
  modified: JsonObject,
  current: JsonObject,
  query: { readonly [name: string]: string | undefined },
): Promise<JsonObject> {
  let live = current;
  for (let attempt = 0; ; attempt++) {
    const patch = computePatch(session, info, modified, live);
    if (Object.keys(patch.value).length === 0) return live;
    try {
      return (await session
        .rest()
        .json('PATCH', infoUrl(info), { body: patch.value, contentType: patch.contentType, query })) as JsonObject;
    } catch (error) {
      const failure = asError(error);
      if (!(failure instanceof StatusError) || failure.reason !== 'Conflict' || attempt >= MAX_CONFLICTS) {
        const inner = addSource('patching', info.source, failure);
        const body = isObject(patch.value) ? marshal(sortKeys(patch.value)) : '';
        throw addSource(`applying patch:\n${body}\nto:\n${describeInfo(info)}\nfor:`, info.source, inner);
      }
      live = (await session.rest().json('GET', infoUrl(info))) as JsonObject;
    }
  }
}
