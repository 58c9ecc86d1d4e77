/** Two texts side by side in Monaco, or inline where there is no room. */
import { useEffect, useRef } from 'react';
import { monaco } from './setup.ts';
import { type Scheme, showScheme } from './themes.ts';

interface DiffPaneProps {
  readonly before: string;
  readonly after: string;
  readonly scheme: Scheme;
  readonly labels: readonly [string, string];
}

export default function DiffPane({ before, after, scheme, labels }: DiffPaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const [labelBefore, labelAfter] = labels;
  useEffect(() => showScheme(scheme), [scheme]);
  useEffect(() => {
    if (!host.current) return;
    const editor = monaco.editor.createDiffEditor(host.current, {
      automaticLayout: true,
      readOnly: true,
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: 700,
      scrollBeyondLastLine: false,
      minimap: { enabled: false },
      renderOverviewRuler: false,
      hideUnchangedRegions: { enabled: true, contextLineCount: 4 },
      fontSize: 13,
      lineHeight: 20,
      lineNumbersMinChars: 3,
      fixedOverflowWidgets: true,
      originalAriaLabel: labelBefore,
      modifiedAriaLabel: labelAfter,
    });
    const models = {
      original: monaco.editor.createModel(before, 'yaml', monaco.Uri.parse('diff:///before')),
      modified: monaco.editor.createModel(after, 'yaml', monaco.Uri.parse('diff:///after')),
    };
    editor.setModel(models);
    return () => {
      editor.dispose();
      models.original.dispose();
      models.modified.dispose();
    };
  }, [before, after, labelBefore, labelAfter]);
  return <div className="editor-monaco" ref={host} />;
}
