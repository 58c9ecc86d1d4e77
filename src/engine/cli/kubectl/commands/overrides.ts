/** --overrides of run and expose: a patch on what was generated. */

import { schemaForKind } from '#engine/api';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '#engine/apimachinery';
import type { FlagSpec } from '../cobra/flags.ts';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { isArray, type Json, type JsonObject } from '../text/json.ts';

export type OverrideType = 'json' | 'merge' | 'strategic';

export const OVERRIDE_FLAGS: readonly FlagSpec[] = [
  { name: 'overrides', kind: 'string', usage: 'JSON to change the generated object with.' },
  { name: 'override-type', kind: 'string', default: 'merge', usage: 'How: json, merge or strategic.' },
];

export function applyOverrides(
  session: Session,
  object: JsonObject,
  kind: { group: string; version: string; kind: string },
  type: OverrideType,
): JsonObject {
  const source = session.flags.string('overrides');
  if (source === '') return object;
  let patch: Json;
  try {
    patch = JSON.parse(source) as Json;
  } catch {
    throw new CommandError('Invalid JSON Patch');
  }
  if (type === 'json') return applyJsonPatch(object, (isArray(patch) ? patch : []) as never) as JsonObject;
  const schema = schemaForKind(kind);
  if (type === 'strategic' && schema)
    return applyStrategicMergePatch(object, patch as JsonObject, schema) as JsonObject;
  if (type === 'merge') return applyMergePatch(object, patch) as JsonObject;
  throw new CommandError(`invalid override type: ${type}`);
}
