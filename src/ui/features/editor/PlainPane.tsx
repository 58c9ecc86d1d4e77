/** A plain text field for fingers and narrow windows, with the numbers of its lines and marks at those with problems. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { Diagnostic } from './diagnostics.ts';
import type { PaneProps } from './pane.ts';

const INDENT = '  ';

export function PlainPane({ file, label, reveal, diagnostics, onChange }: PaneProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!reveal || !field.current) return;
    const lines = field.current.value.split('\n');
    const offset = (line: number, column: number) =>
      lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    const { startLine, startColumn, endLine, endColumn } = reveal.range;
    field.current.focus();
    field.current.setSelectionRange(offset(startLine, startColumn), offset(endLine, endColumn));
    const lineHeight = field.current.scrollHeight / Math.max(1, lines.length);
    field.current.scrollTop = Math.max(0, (startLine - 4) * lineHeight);
  }, [reveal]);
  useEffect(() => {
    if (file.waiting) field.current?.focus();
  }, [file.waiting]);
  const follow = () => {
    if (gutter.current && field.current) gutter.current.scrollTop = field.current.scrollTop;
  };
  useLayoutEffect(follow);
  return (
    <div className="editor-plain-pane">
      <div className="editor-gutter" aria-hidden="true" ref={gutter}>
        <LineNumbers text={file.text} diagnostics={diagnostics} />
      </div>
      <textarea
        ref={field}
        className="editor-plain"
        aria-label={label}
        value={file.text}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
        onScroll={follow}
        onKeyDown={(event) => keepIndent(event, (text) => onChange(file.id, text))}
        onChange={(event) => onChange(file.id, event.target.value)}
      />
    </div>
  );
}

function LineNumbers({ text, diagnostics }: { readonly text: string; readonly diagnostics: readonly Diagnostic[] }) {
  const count = useMemo(() => text.split('\n').length, [text]);
  const tones = new Map(diagnostics.map(({ severity, range }) => [range.startLine, severity]));
  return Array.from({ length: count }, (_, index) => index + 1).map((line) => (
    <div key={line} data-severity={tones.get(line)}>
      {line}
    </div>
  ));
}

/** Enter keeps the indentation of the line, and goes one deeper behind a colon: on a small keyboard blanks are dear. */
function keepIndent(event: KeyboardEvent<HTMLTextAreaElement>, change: (text: string) => void): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
  const field = event.currentTarget;
  const { value, selectionStart, selectionEnd } = field;
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const indent = /^ *(?:- )?/.exec(line)?.[0].replace('-', ' ') ?? '';
  const insert = `\n${indent}${/:\s*$/.test(line) ? INDENT : ''}`;
  event.preventDefault();
  field.setRangeText(insert, selectionStart, selectionEnd, 'end');
  change(field.value);
}
