/** The page's own diagnostics in Monaco: markers, and the quick fixes they offer. */
import type { Diagnostic } from '../diagnostics.ts';
import type { TextRange } from '../manifest/manifests.ts';
import { monaco } from './setup.ts';

const OWNER = 'podarium';
const known = new Map<string, readonly Diagnostic[]>();

export const toRange = (range: TextRange): monaco.IRange => ({
  startLineNumber: range.startLine,
  startColumn: range.startColumn,
  endLineNumber: range.endLine,
  endColumn: range.endColumn,
});

const severities = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning };

export function showDiagnostics(model: monaco.editor.ITextModel, diagnostics: readonly Diagnostic[]): void {
  known.set(model.uri.toString(), diagnostics);
  monaco.editor.setModelMarkers(
    model,
    OWNER,
    diagnostics.map(({ severity, message, range, source }) => ({
      ...toRange(range),
      severity: severities[severity],
      message,
      source: source === 'server' ? 'kube-apiserver' : 'podarium',
    })),
  );
}

/** Syntax and schema problems that the YAML service found. */
export function serviceDiagnostics(model: monaco.editor.ITextModel): readonly Diagnostic[] {
  return monaco.editor
    .getModelMarkers({ resource: model.uri })
    .filter(({ owner }) => owner !== OWNER)
    .map((marker) => ({
      source: 'yaml',
      severity: marker.severity === monaco.MarkerSeverity.Error ? 'error' : 'warning',
      message: marker.message,
      range: {
        startLine: marker.startLineNumber,
        startColumn: marker.startColumn,
        endLine: marker.endLineNumber,
        endColumn: marker.endColumn,
      },
      fixes: [],
    }));
}

monaco.languages.registerCodeActionProvider('yaml', {
  provideCodeActions(model, range, { markers }) {
    const text = model.getValue();
    const actions = (known.get(model.uri.toString()) ?? [])
      .filter(({ range: own }) => monaco.Range.areIntersectingOrTouching(toRange(own), range))
      .flatMap(({ fixes, message }) =>
        fixes
          .filter((fix) => fix.text === text)
          .map(
            ({ title, edit }): monaco.languages.CodeAction => ({
              title,
              kind: 'quickfix',
              diagnostics: markers.filter((marker) => marker.message === message),
              edit: {
                edits: [
                  {
                    resource: model.uri,
                    versionId: model.getVersionId(),
                    textEdit: {
                      range: monaco.Range.fromPositions(model.getPositionAt(edit.from), model.getPositionAt(edit.to)),
                      text: edit.text,
                    },
                  },
                ],
              },
            }),
          ),
      );
    return { actions, dispose: () => undefined };
  },
});
