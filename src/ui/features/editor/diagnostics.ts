/** Everything that is wrong with a file, from whoever says so, at its place in the text. Pure. */
import { jsonEqual } from '#engine/apimachinery';
import type { Outcome } from './cluster/apply.ts';
import { type TextEdit, toTextEdit } from './links/edits.ts';
import type { LinkProblem } from './links/link.ts';
import { parseFieldPath } from './manifest/field-path.ts';
import type { Manifest, ParsedFile, TextRange } from './manifest/manifests.ts';
import type { EditorSay } from './words/words.ts';

/** An edit of one text: it must not be made to another. */
export interface QuickFix {
  readonly title: string;
  readonly edit: TextEdit;
  readonly text: string;
}

export interface Diagnostic {
  readonly source: 'server' | 'link' | 'yaml';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range: TextRange;
  readonly fixes: readonly QuickFix[];
}

/** The file's text when the server spoke, and what it said. */
export interface Spoken {
  readonly text: string;
  readonly outcomes: readonly Outcome[];
}

/** What the server said, at the fields as they stand now. What has been changed since is taken as answered. */
export function serverDiagnostics({ text, outcomes }: Spoken, now: ParsedFile, nowText: string): readonly Diagnostic[] {
  return outcomes.flatMap(({ manifest: then, causes, warnings }): readonly Diagnostic[] => {
    const manifest = now.manifests[then.index];
    if (!manifest) return [];
    const standing = ({ field }: { readonly field: string }) => !changed(field, then, text, manifest, nowText);
    const at =
      (severity: Diagnostic['severity']) =>
      ({ field, message }: { readonly field: string; readonly message: string }): Diagnostic => ({
        source: 'server',
        severity,
        message: field === '' || message.includes(field) ? message : `${field}: ${message}`,
        range: manifest.rangeOf(field),
        fixes: [],
      });
    return [...causes.filter(standing).map(at('error')), ...warnings.filter(standing).map(at('warning'))];
  });
}

function changed(field: string, then: Manifest, thenText: string, now: Manifest, nowText: string): boolean {
  if (field === '') return !jsonEqual(then.object, now.object);
  const path = parseFieldPath(field);
  const [was, is] = [then.spanOf([...path]), now.spanOf([...path])];
  return (was && thenText.slice(...was)) !== (is && nowText.slice(...is));
}

export function linkDiagnostics(problems: readonly LinkProblem[], text: string, say: EditorSay): readonly Diagnostic[] {
  return problems.map(({ manifest, path, word, values, fixes }) => ({
    source: 'link',
    severity: 'warning',
    message: say(word, values),
    range: manifest.rangeOf(path),
    fixes: fixes.flatMap((fix) => {
      const edit = toTextEdit(text, manifest, fix.edit);
      return edit ? [{ title: say(fix.word, fix.values), edit, text }] : [];
    }),
  }));
}

/** For editors without a YAML language service. */
export const syntaxDiagnostics = ({ problems }: ParsedFile): readonly Diagnostic[] =>
  problems.map(({ message, range }) => ({ source: 'yaml', severity: 'error', message, range, fixes: [] }));
