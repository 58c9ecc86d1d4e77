/**
 * The editor's files are files of the workstation. What the shell changes shows here; what is typed here is written there when the
 * editor is left, when it is saved or applied, and before any command line runs.
 */
import { create } from 'zustand';
import type { DeskClient, OpenEdit } from '../../../cluster/index.ts';
import { beforeCommand, useSession } from '../../../session/index.ts';
import { addFile, changeFile, closeFile, type OpenFile, showFile, useFiles } from '../files.ts';
import { nameOf, pathOf } from './paths.ts';

interface AtDesk {
  /** By path: what the workstation has; undefined for a file that is not there. No entry: not told yet. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  /** Why the last file could not be written, by its path. */
  readonly failures: ReadonlyMap<string, string>;
}

export const useAtDesk = create<AtDesk>()(() => ({ texts: new Map(), failures: new Map() }));

const PASSING = /^\/tmp\/kubectl-edit-\d+\./;
const files = () => useFiles.getState().files;
const isOwn = ({ waiting }: OpenFile): boolean => waiting?.passing !== true;

/** Differs from what the workstation has; false while that is not known. */
export function isUnsaved(file: OpenFile, { texts }: AtDesk): boolean {
  const path = pathOf(file.name);
  return isOwn(file) && file.text.trim() !== '' && texts.has(path) && texts.get(path) !== file.text;
}

const remember = (path: string, text: string | undefined): void =>
  useAtDesk.setState(({ texts }) => ({ texts: new Map([...texts, [path, text]]) }));

class DeskSync {
  private following = '';

  constructor(private readonly desk: DeskClient) {
    desk.onFile((path, text) => this.told(path, text));
    desk.onEdits(() => this.takeEdits(desk.edits()));
    beforeCommand(() => this.saveAll());
    useFiles.subscribe(() => this.follow());
    this.follow();
    this.takeEdits(desk.edits());
  }

  private follow(): void {
    const paths = [
      ...new Set(
        files()
          .filter(isOwn)
          .map(({ name }) => pathOf(name)),
      ),
    ].sort();
    const key = paths.join('\n');
    if (key === this.following) return;
    this.following = key;
    this.desk.follow(paths);
  }

  private told(path: string, text: string | undefined): void {
    remember(path, text);
    const file = files().find((one) => isOwn(one) && pathOf(one.name) === path);
    if (!file || text === undefined) return;
    if (text === file.text) changeFile(file.id, { dirty: undefined, conflict: undefined });
    else if (file.dirty !== true) changeFile(file.id, { text });
    else changeFile(file.id, { conflict: text });
  }

  /** Everything that differs, unless the workstation's version has to be looked at first; undefined when there is nothing to do. */
  saveAll(only: (file: OpenFile) => boolean = () => true): Promise<void> | undefined {
    // The past cannot be written.
    if (useSession.getState().instant !== undefined) return undefined;
    const atDesk = useAtDesk.getState();
    const wanted = files().filter((file) => file.conflict === undefined && isUnsaved(file, atDesk) && only(file));
    if (wanted.length === 0) return undefined;
    return Promise.all(wanted.map((file) => this.write(file))).then(() => undefined);
  }

  private async write({ id, name, text }: OpenFile): Promise<void> {
    const path = pathOf(name);
    const fail = (reason: string | undefined) =>
      useAtDesk.setState(({ failures }) => {
        const rest = [...failures].filter(([other]) => other !== path);
        return { failures: new Map(reason === undefined ? rest : [...rest, [path, reason]]) };
      });
    try {
      remember(path, text);
      await this.desk.write(path, text);
      fail(undefined);
      if (files().find((file) => file.id === id)?.text === text) changeFile(id, { dirty: undefined });
    } catch (error) {
      remember(path, undefined);
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** Both have changed: the one that is kept. */
  resolve({ id, conflict }: OpenFile, keep: 'mine' | 'theirs'): void {
    if (conflict === undefined) return;
    if (keep === 'theirs') changeFile(id, { text: conflict, conflict: undefined, dirty: undefined });
    else {
      changeFile(id, { conflict: undefined });
      void this.saveAll((file) => file.id === id);
    }
  }

  /** The file of an edit is done with: kept as it is here, or given up. */
  async finish({ waiting, text }: OpenFile, keep: boolean): Promise<void> {
    if (!waiting) return;
    if (!waiting.passing) remember(waiting.path, text);
    await this.desk.finish(waiting.edit, keep ? text : undefined);
  }

  /** Opens a file of the workstation. */
  async open(path: string): Promise<void> {
    const name = nameOf(path);
    const there = files().find((file) => file.name === name);
    if (there) {
      showFile(there.id);
      return;
    }
    const text = await this.desk.read(path);
    if (text === undefined) throw new Error(path);
    addFile(name, text);
  }

  readonly list = () => this.desk.list('/root');

  private takeEdits(edits: readonly OpenEdit[]): void {
    for (const file of files()) {
      if (!file.waiting || edits.some(({ edit }) => edit === file.waiting?.edit)) continue;
      if (file.waiting.passing) closeFile(file.id);
      else changeFile(file.id, { waiting: undefined });
    }
    for (const edit of edits) if (!files().some(({ waiting }) => waiting?.edit === edit.edit)) this.openEdit(edit);
  }

  private openEdit({ edit, path, text, command }: OpenEdit): void {
    const waiting = { edit, path, command, passing: PASSING.test(path) };
    const there = files().find((file) => isOwn(file) && pathOf(file.name) === path);
    if (there && !waiting.passing) {
      changeFile(there.id, { waiting, text });
      showFile(there.id);
    } else addFile(waiting.passing ? command : nameOf(path), text, { waiting });
  }
}

export type { DeskSync };

const syncs = new WeakMap<DeskClient, DeskSync>();

/** Begins with the first editor on the page and goes on when it is hidden. */
export function syncOf(desk: DeskClient): DeskSync {
  let sync = syncs.get(desk);
  if (!sync) {
    sync = new DeskSync(desk);
    syncs.set(desk, sync);
  }
  return sync;
}
