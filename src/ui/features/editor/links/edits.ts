/** Changes that a quick fix makes to a file's text. */

import type { FieldPath } from '../manifest/field-path.ts';
import type { Manifest } from '../manifest/manifests.ts';

export type Edit =
  | { readonly kind: 'replace'; readonly path: FieldPath; readonly text: string }
  /** A key beside the ones a mapping has. */
  | { readonly kind: 'insert'; readonly path: FieldPath; readonly key: string; readonly text: string }
  /** A document at the end of the file. */
  | { readonly kind: 'append'; readonly text: string };

export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edit in characters of the text; undefined when what it changes is not there any more. */
export function toTextEdit(source: string, manifest: Manifest, edit: Edit): TextEdit | undefined {
  if (edit.kind === 'append') {
    const end = source.trimEnd().length;
    return { from: end, to: source.length, text: `\n---\n${edit.text}` };
  }
  const span = manifest.spanOf(edit.path);
  if (!span) return undefined;
  const [from, to] = span;
  if (edit.kind === 'replace') return { from, to, text: edit.text };
  const lineStart = source.lastIndexOf('\n', from - 1) + 1;
  const indent = ' '.repeat(from - lineStart);
  // A flow mapping `{a: b}` starts with its brace.
  if (source[from] === '{') return { from: from + 1, to: from + 1, text: `${edit.key}: ${edit.text}, ` };
  return { from, to: from, text: `${edit.key}: ${edit.text}\n${indent}` };
}

/** A scalar as YAML 1.1 reads it back: text that looks like something else is quoted. */
export function scalarText(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /^[A-Za-z_][\w./-]*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
