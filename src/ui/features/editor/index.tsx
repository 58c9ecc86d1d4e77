/** The editor: manifests in tabs, checked while they are typed, and applied to the cluster. */
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  lazy,
  Suspense,
  useCallback,
  useMemo,
  useState,
} from 'react';
import { Skeleton } from '../../design/index.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { DiffView } from './DiffView.tsx';
import { type Diagnostic, type QuickFix, syntaxDiagnostics } from './diagnostics.ts';
import { FileTabs } from './FileTabs.tsx';
import { activeFile, type OpenFile, useFiles, writeFile } from './files.ts';
import type { TextRange } from './manifest/manifests.ts';
import { openDropped } from './open-dropped.ts';
import { PlainPane } from './PlainPane.tsx';
import { Results } from './Results.tsx';
import { NoFile, Toolbar } from './Toolbar.tsx';
import { useDiagnostics } from './use-diagnostics.ts';
import { type RunKind, useRun } from './use-run.ts';
import { useSchema } from './use-schema.ts';
import { usePlain, useScheme } from './use-scheme.ts';
import { useEditorWords } from './words/use-words.ts';
import './editor.css';

const MonacoPane = lazy(() => import('./monaco/MonacoPane.tsx'));
const Examples = lazy(() => import('./Examples.tsx'));

export default function Editor() {
  const say = useEditorWords();
  const files = useFiles((state) => state.files);
  const active = useFiles((state) => state.active);
  const stored = useFiles((state) => state.stored);
  const file = activeFile({ files, active });
  const [examples, setExamples] = useState(false);
  const outside = fromOutside(say);
  return (
    <section className="editor" aria-label={say('editor')} {...outside}>
      <FileTabs say={say} />
      {stored || (
        <p className="editor-alarm" role="alert">
          {say('notStored')}
        </p>
      )}
      {file ? (
        <FileEditor file={file} files={files} onExamples={() => setExamples(true)} />
      ) : (
        <NoFile say={say} onExamples={() => setExamples(true)} />
      )}
      {examples && (
        <Suspense>
          <Examples say={say} onClose={() => setExamples(false)} />
        </Suspense>
      )}
    </section>
  );
}

/** Files dropped or pasted anywhere on the pane open; text is left to the editor. */
function fromOutside(say: ReturnType<typeof useEditorWords>) {
  const open = (list: FileList) => {
    openDropped(list, say).catch(() => undefined);
  };
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
    },
    onDropCapture: (event: DragEvent) => {
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      open(event.dataTransfer.files);
    },
    onPasteCapture: (event: ClipboardEvent) => {
      if (event.clipboardData.files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      open(event.clipboardData.files);
    },
  };
}

interface FileEditorProps {
  readonly file: OpenFile;
  readonly files: readonly OpenFile[];
  readonly onExamples: () => void;
}

function FileEditor({ file, files, onExamples }: FileEditorProps) {
  const say = useEditorWords();
  const plain = usePlain();
  const runs = useRun(say);
  const run = runs.runs[file.id];
  const { own, parsed } = useDiagnostics(file, files, run, say);
  const [ofService, setOfService] = useState<readonly Diagnostic[]>([]);
  const [reveal, setReveal] = useState<{ readonly range: TextRange }>();
  const [diffing, setDiffing] = useState<string>();
  const [deleting, setDeleting] = useState(false);

  const begin = useCallback(
    (kind: RunKind) => {
      setDiffing(kind === 'diff' ? file.id : undefined);
      if (kind === 'delete') setDeleting(true);
      else runs.start(kind, file);
    },
    [runs.start, file],
  );
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    begin(event.shiftKey ? 'diff' : 'apply');
  };
  const onFix = ({ edit: { from, to, text: insert }, text }: QuickFix) => {
    if (text === file.text) writeFile(file.id, text.slice(0, from) + insert + text.slice(to));
  };
  const syntax = useMemo(() => (parsed ? syntaxDiagnostics(parsed) : []), [parsed]);
  const diagnostics = [...own, ...(plain ? syntax : ofService)].toSorted(
    (a, b) => a.range.startLine - b.range.startLine,
  );
  const pane = { file, label: say('text', { name: file.name }), diagnostics: own, reveal, onChange: writeFile };
  const comparing =
    diffing === file.id &&
    run?.kind === 'diff' &&
    !run.outcomes.some(({ verdict }) => verdict === 'refused') &&
    run.failure === undefined;

  return (
    <div className="editor-file" onKeyDownCapture={onKeyDownCapture}>
      <Toolbar say={say} ready={runs.ready} running={runs.running} onRun={begin} onExamples={onExamples} />
      <div className="editor-body">
        {comparing && (
          <DiffView
            outcomes={run.outcomes}
            plain={plain}
            say={say}
            onApply={() => begin('apply')}
            onBack={() => setDiffing(undefined)}
          />
        )}
        <div className="editor-surface" hidden={comparing}>
          {plain ? (
            <PlainPane {...pane} />
          ) : (
            <Suspense fallback={<Skeleton label={say('loading')} />}>
              <LazyMonaco pane={pane} files={files} onServiceDiagnostics={setOfService} />
            </Suspense>
          )}
        </div>
      </div>
      <Results
        run={run}
        diagnostics={diagnostics}
        say={say}
        onReveal={(range) => setReveal({ range })}
        onFix={onFix}
        onTakeOver={() => begin('takeOver')}
        onClose={() => runs.forget(file.id)}
      />
      {deleting && (
        <DeleteDialog
          file={file}
          say={say}
          onClose={() => setDeleting(false)}
          onDelete={() => {
            setDeleting(false);
            runs.start('delete', file);
          }}
        />
      )}
    </div>
  );
}

interface LazyMonacoProps {
  readonly pane: Parameters<typeof PlainPane>[0];
  readonly files: readonly OpenFile[];
  readonly onServiceDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
}

function LazyMonaco({ pane, files, onServiceDiagnostics }: LazyMonacoProps) {
  const schema = useSchema();
  const scheme = useScheme();
  const openIds = useMemo(() => files.map(({ id }) => id), [files]);
  return (
    <MonacoPane
      {...pane}
      scheme={scheme}
      schema={schema}
      openIds={openIds}
      onServiceDiagnostics={onServiceDiagnostics}
    />
  );
}
