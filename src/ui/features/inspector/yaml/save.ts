/** Writing back what was edited: the whole object first; when somebody else was faster, only what was changed. */
import { type Resource, resourcePath } from '#engine/api';
import { type KubeObject, type Status, StatusError } from '#engine/apimachinery';
import type { Client } from '../../../cluster/index.ts';
import { type Complaint, editable, fromText, lineOf, mergePatch } from './text.ts';

export type Saved =
  | { readonly outcome: 'saved' | 'unchanged' | 'conflict' }
  | { readonly outcome: 'refused'; readonly complaints: readonly Complaint[] };

interface Edit {
  readonly resource: Resource;
  /** As it was when the editing began. */
  readonly original: KubeObject;
  readonly text: string;
  /** The version has moved on, and the editor knows. */
  readonly onTop: boolean;
}

const QUERY = '?fieldManager=kubectl-edit&fieldValidation=Strict';

export async function save(client: Client, { resource, original, text, onTop }: Edit): Promise<Saved> {
  const parsed = fromText(text);
  if ('complaints' in parsed) return { outcome: 'refused', complaints: parsed.complaints };
  const before = editable(resource, original);
  if (JSON.stringify(parsed.object) === JSON.stringify(before)) return { outcome: 'unchanged' };
  const { namespace, name } = original.metadata;
  const path = resourcePath(resource, { namespace, name }) + QUERY;
  try {
    if (onTop) await client.request('PATCH', path, { body: changesOf(before, parsed.object), headers: MERGE });
    else await client.request('PUT', path, { body: parsed.object });
    return { outcome: 'saved' };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.code === 409 && error.status.reason === 'Conflict') return { outcome: 'conflict' };
    return { outcome: 'refused', complaints: complaintsOf(error.status, text) };
  }
}

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** Without the version it was made from: it is to hold for the version there is now. */
function changesOf(before: KubeObject, after: KubeObject): unknown {
  const { metadata, ...rest } = mergePatch(before, after) as {
    readonly metadata?: { readonly [field: string]: unknown };
  };
  const { resourceVersion: _, ...kept } = metadata ?? {};
  return { ...rest, ...(Object.keys(kept).length > 0 && { metadata: kept }) };
}

/** The server's complaints, each at its line where it names a field. */
function complaintsOf({ message = '', details }: Status, text: string): readonly Complaint[] {
  const causes = (details?.causes ?? []).filter(({ field }) => field);
  if (causes.length > 0)
    return causes.map(({ field = '', message: why = message }) => ({
      line: lineOf(text, field),
      message: `${field}: ${why}`,
    }));
  const named = [...message.matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)];
  if (named.length > 0) return named.map(([words, field = '']) => ({ line: lineOf(text, field), message: words }));
  return [{ message }];
}
