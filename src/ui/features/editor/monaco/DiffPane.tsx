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

const OPTIONS: monaco.editor.IStandaloneDiffEditorConstructionOptions = {
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
};

interface Shared {
  readonly node: HTMLElement;
  readonly editor: monaco.editor.IStandaloneDiffEditor;
}
let shared: Shared | undefined;

/** One for the page, never disposed: the editor made last lends its services to the widgets of all the others. */
function sharedEditor(): Shared {
  if (!shared) {
    const node = document.createElement('div');
    node.className = 'editor-monaco';
    shared = { node, editor: monaco.editor.createDiffEditor(node, OPTIONS) };
  }
  return shared;
}

export default function DiffPane({ before, after, scheme, labels }: DiffPaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const [labelBefore, labelAfter] = labels;
  useEffect(() => showScheme(scheme), [scheme]);
  useEffect(() => {
    if (!host.current) return;
    const { node, editor } = sharedEditor();
    host.current.append(node);
    editor.getOriginalEditor().updateOptions({ ariaLabel: labelBefore });
    editor.getModifiedEditor().updateOptions({ ariaLabel: labelAfter });
    const original = monaco.editor.createModel(before, 'yaml', monaco.Uri.parse('diff:///before'));
    const modified = monaco.editor.createModel(after, 'yaml', monaco.Uri.parse('diff:///after'));
    editor.setModel({ original, modified });
    return () => {
      editor.setModel(null);
      original.dispose();
      modified.dispose();
      node.remove();
    };
  }, [before, after, labelBefore, labelAfter]);
  return <div className="editor-diff-host" ref={host} />;
}
