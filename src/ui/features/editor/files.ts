/** The files open in the editor, kept across reloads. What is typed is stored at once: nothing typed is ever lost. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** A program at the workstation waits until this file is saved or given up. */
interface Waiting {
  readonly edit: string;
  readonly path: string;
  /** `kubectl edit deployment web` */
  readonly command: string;
  /** The file is the program's own and goes with it: what kubectl edit writes to /tmp. */
  readonly passing: boolean;
}

export interface OpenFile {
  readonly id: string;
  /** Its path from the home directory of the workstation: the shell knows it by the same name. */
  readonly name: string;
  readonly text: string;
  /** Changed here since it was last the same as at the workstation. */
  readonly dirty?: boolean;
  readonly waiting?: Waiting;
  /** What the workstation has by now, when both have changed. */
  readonly conflict?: string;
}

interface Files {
  readonly files: readonly OpenFile[];
  readonly active: string;
  /** Counts up: names of ids and of new files. */
  readonly made: number;
  /** Closed lately, the last one first: a tab closed by mistake comes back. */
  readonly closed: readonly OpenFile[];
  /** False when the browser refused to keep the files. */
  readonly stored: boolean;
}

const FIRST: OpenFile = {
  id: 'f0',
  name: 'web.yaml',
  text: `# Ctrl+Enter (or Cmd+Enter) applies this file to the cluster.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          ports:
            - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 80
`,
};

function store(key: string, value: string): boolean {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false; // No room, or no storage allowed: the pane says so.
  }
}

function report(stored: boolean): void {
  if (useFiles.getState().stored !== stored) useFiles.setState({ stored });
}

/** What waits for a file does not outlive the page: a reload switches the workstation off and on. */
function kept({ waiting, conflict: _resolvedAnew, ...file }: OpenFile): readonly OpenFile[] {
  return waiting?.passing ? [] : [file];
}

export const useFiles = create<Files>()(
  persist((): Files => ({ files: [FIRST], active: FIRST.id, made: 1, closed: [], stored: true }), {
    name: 'podarium.editor',
    version: 1,
    storage: createJSONStorage(() => ({
      getItem: (key) => localStorage.getItem(key),
      removeItem: (key) => localStorage.removeItem(key),
      setItem: (key, value: string) => report(store(key, value)),
    })),
    partialize: ({ files, active, made, closed }) => ({ files: files.flatMap(kept), active, made, closed }),
  }),
);

const { getState: get, setState: set } = useFiles;
const KEPT = 10;

export const activeFile = ({ files, active }: Pick<Files, 'files' | 'active'>): OpenFile | undefined =>
  files.find(({ id }) => id === active) ?? files[0];

/** A name that no open file has: `web.yaml`, `web-2.yaml`. */
function freeName(wanted: string): string {
  const taken = new Set(get().files.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  const [, stem = wanted, end = ''] = /^(.*?)(\.\w+)?$/.exec(wanted) ?? [];
  for (let number = 2; ; number++) {
    const name = `${stem}-${number}${end}`;
    if (!taken.has(name)) return name;
  }
}

export function addFile(name: string, text: string, more: Pick<OpenFile, 'waiting' | 'dirty'> = {}): string {
  const { files, made } = get();
  const file = { id: `f${made}`, name: freeName(name), text, ...more };
  set({ files: [...files, file], active: file.id, made: made + 1 });
  return file.id;
}

/** Opens what somebody hands over: the tab that has it already, or a new one. */
export function openNamed(name: string, text: string): void {
  const same = get().files.find((file) => file.name === name && file.text === text);
  if (same) showFile(same.id);
  else addFile(name, text, { dirty: true });
}

export function showFile(active: string): void {
  set({ active });
}

/** Changes what is known of a file; fields that are undefined are taken away. */
export function changeFile(
  id: string,
  change: { [Field in keyof Omit<OpenFile, 'id'>]?: OpenFile[Field] | undefined },
): void {
  const changed = (file: OpenFile): OpenFile =>
    Object.fromEntries(
      Object.entries({ ...file, ...change }).filter(([, value]) => value !== undefined),
    ) as unknown as OpenFile;
  set({ files: get().files.map((file) => (file.id === id ? changed(file) : file)) });
}

/** What somebody types. */
export function writeFile(id: string, text: string): void {
  if (get().files.find((file) => file.id === id)?.text !== text) changeFile(id, { text, dirty: true });
}

export function renameFile(id: string, name: string): void {
  const wanted = name.trim();
  const { files } = get();
  if (wanted === '' || files.find((file) => file.id === id)?.name === wanted) return;
  changeFile(id, { name: freeName(wanted), dirty: true, conflict: undefined });
}

export function closeFile(id: string): void {
  const { files, active, closed } = get();
  const at = files.findIndex((file) => file.id === id);
  const file = files[at];
  if (!file) return;
  const left = files.filter((one) => one !== file);
  set({
    files: left,
    active: active === id ? (left[Math.min(at, left.length - 1)]?.id ?? '') : active,
    closed: file.text.trim() === '' || file.waiting?.passing ? closed : [file, ...closed].slice(0, KEPT),
  });
}

export function reopenFile(): void {
  const [file, ...closed] = get().closed;
  if (!file) return;
  set({ closed });
  addFile(file.name, file.text);
}
