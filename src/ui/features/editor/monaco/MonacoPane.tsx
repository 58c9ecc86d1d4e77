/** The file on show in Monaco. Each open file keeps its own undo history and place. */
import { useEffect, useRef } from 'react';
import type { JsonSchema } from '../cluster/openapi-schema.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { useFiles } from '../files.ts';
import { MAX_TEXT } from '../manifest/manifests.ts';
import type { PaneProps } from '../pane.ts';
import { serviceDiagnostics, showDiagnostics, toRange } from './markers.ts';
import { monaco, setSchema, uriOf, yamlService } from './setup.ts';
import { type Scheme, showScheme } from './themes.ts';

interface MonacoPaneProps extends PaneProps {
  readonly scheme: Scheme;
  readonly schema: JsonSchema | undefined;
  readonly openIds: readonly string[];
  readonly onServiceDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
}

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  minimap: { enabled: false },
  fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", monospace',
  fontSize: 13,
  lineHeight: 20,
  tabSize: 2,
  insertSpaces: true,
  detectIndentation: false,
  scrollBeyondLastLine: false,
  fixedOverflowWidgets: true,
  renderLineHighlight: 'line',
  overviewRulerBorder: false,
  lineNumbersMinChars: 3,
  padding: { top: 8, bottom: 8 },
  quickSuggestions: { other: true, comments: false, strings: true },
  wordBasedSuggestions: 'off',
  stickyScroll: { enabled: true, maxLineCount: 3 },
  editContext: false,
  model: null,
};

const viewStates = new Map<string, monaco.editor.ICodeEditorViewState>();

function modelOf(id: string, text: string): monaco.editor.ITextModel {
  const model = monaco.editor.getModel(uriOf(id)) ?? monaco.editor.createModel(text, 'plaintext', uriOf(id));
  if (model.getValue() !== text) model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
  return chooseLanguage(model);
}

const ALIASES = /(?:^|[\s,:[{])\*[\w-]/gm;
/** With so many a text unfolds to 59,049 times its size at most, 3 to the power of 10. */
const MAX_ALIASES = 30;

/** The language service unfolds every alias, and reads what is too large, until the browser gives the page up: it does not get to see that. */
function chooseLanguage(model: monaco.editor.ITextModel): monaco.editor.ITextModel {
  const text = model.getValue();
  const wanted = text.length > MAX_TEXT || (text.match(ALIASES)?.length ?? 0) > MAX_ALIASES ? 'plaintext' : 'yaml';
  if (model.getLanguageId() !== wanted) monaco.editor.setModelLanguage(model, wanted);
  return model;
}

type Editor = monaco.editor.IStandaloneCodeEditor;
interface Place<T> {
  readonly current: T;
}

export default function MonacoPane(props: MonacoPaneProps) {
  const { file, label, scheme, schema, diagnostics, reveal, openIds } = props;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const editor = useEditor(host, latest);

  useEffect(() => showScheme(scheme), [scheme]);
  useEffect(() => {
    if (schema) setSchema(schema).catch(() => undefined);
  }, [schema]);
  useFileOnShow(editor, latest, file.id);
  useEffect(() => editor.current?.updateOptions({ ariaLabel: label }), [editor, label]);
  useEffect(() => {
    const model = editor.current?.getModel();
    if (model) showDiagnostics(model, diagnostics);
  }, [editor, diagnostics]);
  // A program waits for what is typed here.
  useEffect(() => {
    if (file.waiting) editor.current?.focus();
  }, [editor, file.waiting]);
  useEffect(() => {
    if (!reveal || !editor.current) return;
    const range = toRange(reveal.range);
    editor.current.setSelection(range);
    editor.current.revealRangeInCenterIfOutsideViewport(range);
    editor.current.focus();
  }, [editor, reveal]);
  useEffect(() => forgetClosed(openIds), [openIds]);

  return <div className="editor-monaco" ref={host} />;
}

/** One Monaco for the life of the pane, whose text goes where the latest props say. */
function useEditor(host: Place<HTMLDivElement | null>, latest: Place<MonacoPaneProps>): Place<Editor | undefined> {
  const editor = useRef<Editor>(undefined);
  useEffect(() => {
    if (!host.current) return;
    yamlService();
    const created = monaco.editor.create(host.current, OPTIONS);
    editor.current = created;
    const typing = created.onDidChangeModelContent(() => {
      const { file: shown, onChange } = latest.current;
      const model = created.getModel();
      if (model) chooseLanguage(model);
      if (model?.uri.toString() === uriOf(shown.id).toString()) onChange(shown.id, model.getValue());
    });
    const marking = monaco.editor.onDidChangeMarkers((uris) => {
      const model = created.getModel();
      if (model && uris.some((uri) => uri.toString() === model.uri.toString())) {
        latest.current.onServiceDiagnostics(serviceDiagnostics(model));
      }
    });
    return () => {
      typing.dispose();
      marking.dispose();
      created.dispose();
      editor.current = undefined;
    };
  }, [host, latest]);
  return editor;
}

/** The file's own text, undo history and place. */
function useFileOnShow(editor: Place<Editor | undefined>, latest: Place<MonacoPaneProps>, id: string): void {
  useEffect(() => {
    const shown = editor.current;
    if (!shown) return;
    const model = modelOf(id, latest.current.file.text);
    shown.setModel(model);
    const state = viewStates.get(id);
    if (state) shown.restoreViewState(state);
    latest.current.onServiceDiagnostics(serviceDiagnostics(model));
    return () => {
      const view = shown.saveViewState();
      if (view) viewStates.set(id, view);
    };
  }, [editor, latest, id]);

  // Quick fixes and the shell change the text too. What is stored is never older than what is typed; a render may be.
  useEffect(
    () =>
      useFiles.subscribe(({ files }) => {
        const stored = files.find((file) => file.id === id);
        if (stored) modelOf(id, stored.text);
      }),
    [id],
  );
}

function forgetClosed(openIds: readonly string[]): void {
  const open = new Set(openIds.map((id) => uriOf(id).toString()));
  for (const model of monaco.editor.getModels()) {
    if (model.uri.scheme === 'file' && !open.has(model.uri.toString())) model.dispose();
  }
}
