/** One file: its tools, its text, and what there is to say about it. */
import { type KeyboardEvent, lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useReadOnly } from '../../cluster/index.ts';
import { Skeleton } from '../../design/index.ts';
import { backToTerminal, notify } from '../../session/index.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { DiffView } from './DiffView.tsx';
import { Banners } from './desk/Banners.tsx';
import type { DeskSync } from './desk/sync.ts';
import { type Diagnostic, type QuickFix, syntaxDiagnostics } from './diagnostics.ts';
import { type OpenFile, writeFile } from './files.ts';
import type { TextRange } from './manifest/manifests.ts';
import { PlainPane } from './PlainPane.tsx';
import { Results } from './Results.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useDiagnostics } from './use-diagnostics.ts';
import { type Run, type RunKind, type Runs, useRun } from './use-run.ts';
import { useSchema } from './use-schema.ts';
import { usePlain, useScheme } from './use-scheme.ts';
import { useEditorWords } from './words/use-words.ts';
import type { EditorSay } from './words/words.ts';

const MonacoPane = lazy(() => import('./monaco/MonacoPane.tsx'));

interface FileEditorProps {
  readonly file: OpenFile;
  readonly files: readonly OpenFile[];
  readonly sync: DeskSync;
  readonly onExamples: () => void;
  readonly onFiles: () => void;
}

export function FileEditor({ file, files, sync, onExamples, onFiles }: FileEditorProps) {
  const say = useEditorWords();
  const plain = usePlain();
  const runs = useRun(say);
  const run = runs.runs[file.id];
  const { own, diagnostics, setOfService } = useAllDiagnostics(file, files, run, plain, say);
  const [reveal, setReveal] = useState<{ readonly range: TextRange }>();
  const acts = useActs(file, runs, sync, say);
  const pane = { file, label: say('text', { name: file.name }), diagnostics: own, reveal, onChange: writeFile };
  const comparing = acts.diffing && canCompare(run);
  return (
    <div className="editor-file" onKeyDownCapture={acts.onKeyDownCapture}>
      <Banners file={file} sync={sync} say={say} onFinish={acts.finish} />
      {file.waiting?.passing !== true && (
        <Toolbar
          say={say}
          file={file}
          ready={runs.ready}
          running={runs.running}
          onRun={acts.begin}
          onSave={acts.save}
          onExamples={onExamples}
          onFiles={onFiles}
        />
      )}
      <div className="editor-body">
        {comparing && run && (
          <DiffView
            outcomes={run.outcomes}
            plain={plain}
            say={say}
            onApply={() => acts.begin('apply')}
            onBack={acts.stopDiffing}
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
        plain={plain}
        run={run}
        diagnostics={diagnostics}
        say={say}
        onReveal={(range) => setReveal({ range })}
        onFix={(fix) => applyFix(file, fix)}
        onTakeOver={() => acts.begin('takeOver')}
        onClose={() => runs.forget(file.id)}
      />
      {acts.deleting && <DeleteDialog file={file} say={say} onClose={acts.stopDeleting} onDelete={acts.remove} />}
    </div>
  );
}

const canCompare = (run: Run | undefined): boolean =>
  run?.kind === 'diff' && !run.outcomes.some(({ verdict }) => verdict === 'refused') && run.failure === undefined;

function applyFix(file: OpenFile, { edit: { from, to, text: insert }, text }: QuickFix): void {
  if (text === file.text) writeFile(file.id, text.slice(0, from) + insert + text.slice(to));
}

/** Our own, and those of whoever reads the YAML, by line. */
function useAllDiagnostics(
  file: OpenFile,
  files: readonly OpenFile[],
  run: Run | undefined,
  plain: boolean,
  say: EditorSay,
) {
  const { own, parsed } = useDiagnostics(file, files, run, say);
  const [ofService, setOfService] = useState<readonly Diagnostic[]>([]);
  const diagnostics = useMemo(() => {
    const ofYaml = plain ? (parsed ? syntaxDiagnostics(parsed) : []) : ofService;
    return [...own, ...ofYaml].toSorted((a, b) => a.range.startLine - b.range.startLine);
  }, [own, parsed, plain, ofService]);
  return { own, diagnostics, setOfService };
}

/** What the buttons and keys do. */
function useActs(file: OpenFile, runs: Runs, sync: DeskSync, say: EditorSay) {
  const [diffing, setDiffing] = useState<string>();
  const [deleting, setDeleting] = useState(false);
  const readOnly = useReadOnly();
  const save = useCallback(() => {
    void sync.saveAll(({ id }) => id === file.id);
  }, [sync, file.id]);
  const begin = useCallback(
    (kind: RunKind) => {
      if (readOnly) return;
      setDiffing(kind === 'diff' ? file.id : undefined);
      if (kind === 'delete') setDeleting(true);
      else runs.start(kind, file);
      // The command that is shown works in the terminal, too.
      save();
    },
    [runs.start, file, save, readOnly],
  );
  const finish = useCallback(
    (keep: boolean) => {
      sync.finish(file, keep).then(backToTerminal, (error: unknown) => {
        notify({ tone: 'bad', title: say('editor'), text: String(error) });
      });
    },
    [sync, file, say],
  );
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const enter = event.key === 'Enter';
    if (!enter && event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    event.stopPropagation();
    if (file.waiting) finish(true);
    else if (enter) begin(event.shiftKey ? 'diff' : 'apply');
    else save();
  };
  return {
    begin,
    save,
    finish,
    onKeyDownCapture,
    diffing: diffing === file.id,
    stopDiffing: () => setDiffing(undefined),
    deleting,
    stopDeleting: () => setDeleting(false),
    remove: () => {
      setDeleting(false);
      runs.start('delete', file);
    },
  };
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
