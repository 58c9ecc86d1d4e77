/**
 * describe of kinds without a describer of their own: every field, its name in words.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go genericDescriber
 */

import type { CoreV1Event } from '#engine/api';
import { compareText } from '#engine/apimachinery';
import { isArray, isObject, type JsonObject, sprint, text } from '../text/json.ts';
import { annotations, events, labels } from './common.ts';
import type { DescriptionWriter } from './writer.ts';

const SKIP = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
]);
const ACRONYMS = new Set(['API', 'URL', 'UID', 'OSB', 'GUID']);

export function describeGeneric(
  w: DescriptionWriter,
  object: JsonObject,
  list: readonly CoreV1Event[] | undefined,
): void {
  const metadata = object.metadata as { labels?: { [key: string]: string }; annotations?: { [key: string]: string } };
  w.write(0, `Name:\t${text(object, 'metadata', 'name')}\n`);
  w.write(0, `Namespace:\t${text(object, 'metadata', 'namespace')}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  content(w, 0, object, '');
  events(w, list);
}

function content(w: DescriptionWriter, level: number, object: JsonObject, path: string): void {
  for (const field of Object.keys(object).sort(compareText)) {
    const value = object[field];
    const here = `${path}.${field}`;
    if (SKIP.has(here) || value === undefined) continue;
    if (isObject(value)) {
      w.write(level, `${fieldTitle(field)}:\n`);
      content(w, level + 1, value, here);
    } else if (isArray(value)) {
      w.write(level, `${fieldTitle(field)}:\n`);
      for (const item of value) {
        if (isObject(item)) content(w, level + 1, item, here);
        else w.write(level + 1, `${sprint(item)}\n`);
      }
    } else w.write(level, `${fieldTitle(field)}:\t${sprint(value)}\n`);
  }
}

/** `podCIDR` -> `Pod CIDR`, `apiVersion` -> `API Version`; names with other characters stay as they are. */
function fieldTitle(field: string): string {
  if (/[^A-Za-z-]/.test(field)) return field;
  const parts = field.match(/URLs|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-/g) ?? [field];
  return parts
    .map((part) =>
      ACRONYMS.has(part.toUpperCase()) ? part.toUpperCase() : (part[0] as string).toUpperCase() + part.slice(1),
    )
    .join(' ');
}
