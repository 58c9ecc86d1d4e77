/**
 * What apply --overwrite=false says when others changed what it would change.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/apply/patcher.go
 */
import type { StrategicConflictError } from '#engine/apimachinery';
import { addSource, CommandError } from '../errors.ts';
import type { Info } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { type JsonObject, marshal, sortKeys } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { describeInfo } from './apply-info.ts';

export interface Sides {
  /** The last-applied annotation, as it stands there. */
  readonly original: string;
  readonly modified: JsonObject;
  readonly current: JsonObject;
}

/** Both kinds of schema were tried, so upstream warns twice before it fails. */
export function conflictError(session: Session, info: Info, conflict: StrategicConflictError, sides: Sides): Error {
  const { original, modified, current } = sides;
  const sections = [conflict.patch, conflict.changes].map((one) => toYaml(one as JsonObject));
  const clash = `patch:\n${sections[0]}\nconflicts with changes made from original to current:\n${sections[1]}\n`;
  for (const version of ['openapi v3', 'openapi'])
    session.err(`warning: error calculating patch from ${version} spec: ${clash}\n`);
  const line = (value: JsonObject) => `${marshal(sortKeys(value))}\n`;
  const failure = new CommandError(
    `creating patch with:\noriginal:\n${original}\nmodified:\n${line(modified)}\ncurrent:\n${line(current)}\nfor: ${clash}`,
  );
  const inner = addSource('patching', info.source, failure);
  return addSource(`applying patch:\n\nto:\n${describeInfo(info)}\nfor:`, info.source, inner);
}
