/** The workstation's files as its owner sees them from the page. Reading them changes nothing. */
import { type FileSystem, OsError } from '#engine/os';
import type { Editing, OpenEdit } from './editing.ts';

/** A file or directory below the home directory. */
export interface DeskEntry {
  /** Absolute. */
  readonly path: string;
  readonly directory: boolean;
  readonly size: number;
}

export interface Desk {
  /** Files that wait for their editor to be closed, the oldest first. */
  edits(): readonly OpenEdit[];
  /** Called when `edits` changes. Returns a function that stops listening. */
  onEdits(listener: () => void): () => void;
  /** A file's text; undefined when there is none, or none that an editor should show. */
  read(path: string): string | undefined;
  /** Changes when the file does; undefined when it is not there. */
  mark(path: string): string | undefined;
  /** Everything below a directory that is not hidden. */
  list(directory: string): readonly DeskEntry[];
}

export const deskOf = (fs: FileSystem, editing: Editing): Desk => ({
  edits: () => editing.pending(),
  onEdits: (listener) => editing.onChange(listener),
  read: (path) => readFile(fs, path),
  mark: (path) => mark(fs, path),
  list: (directory) => list(fs, directory),
});

const MAX_BYTES = 1_000_000;
const MAX_ENTRIES = 500;
const MAX_DEPTH = 6;

/** A file's text; undefined when there is none, or none that an editor should show: a directory, too large, not text. */
function readFile(fs: FileSystem, path: string): string | undefined {
  try {
    if (!fs.exists(path)) return undefined;
    const { type, size } = fs.stat(path);
    if (type !== 'file' || size > MAX_BYTES) return undefined;
    const bytes = fs.readFile(path);
    return bytes.includes(0) ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof OsError) return undefined;
    throw error;
  }
}

/** Changes when the file does; undefined when it is not there. */
function mark(fs: FileSystem, path: string): string | undefined {
  try {
    const { modified, size } = fs.stat(path);
    return `${modified} ${size}`;
  } catch (error) {
    if (error instanceof OsError) return undefined;
    throw error;
  }
}

/** Writes a file, with the directories it needs. Throws OsError. */
export function writeDeskFile(fs: FileSystem, path: string, text: string): void {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!fs.exists(parent)) fs.mkdir(parent, { recursive: true });
  fs.writeFile(path, new TextEncoder().encode(text));
}

/** Everything below a directory that is not hidden, directories before what is in them. */
function list(fs: FileSystem, directory: string): readonly DeskEntry[] {
  const found: DeskEntry[] = [];
  const visit = (path: string, depth: number): void => {
    for (const name of fs.readdir(path)) {
      if (name.startsWith('.') || found.length >= MAX_ENTRIES) continue;
      const full = `${path === '/' ? '' : path}/${name}`;
      const { type, size } = fs.lstat(full);
      if (type !== 'file' && type !== 'directory') continue;
      found.push({ path: full, directory: type === 'directory', size });
      if (type === 'directory' && depth < MAX_DEPTH) visit(full, depth + 1);
    }
  };
  if (fs.exists(directory)) visit(directory, 1);
  return found;
}
