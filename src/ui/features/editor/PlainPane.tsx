/** A plain text field for fingers and narrow windows. */
import { useEffect, useRef } from 'react';
import type { PaneProps } from './pane.ts';

export function PlainPane({ file, label, reveal, onChange }: PaneProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!reveal || !field.current) return;
    const lines = field.current.value.split('\n');
    const offset = (line: number, column: number) =>
      lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    const { startLine, startColumn, endLine, endColumn } = reveal.range;
    field.current.focus();
    field.current.setSelectionRange(offset(startLine, startColumn), offset(endLine, endColumn));
  }, [reveal]);
  return (
    <textarea
      ref={field}
      className="editor-plain"
      aria-label={label}
      value={file.text}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      wrap="off"
      onChange={(event) => onChange(file.id, event.target.value)}
    />
  );
}
