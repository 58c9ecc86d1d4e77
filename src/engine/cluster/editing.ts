/** Files that programs at the workstation hand to a person: `edit FILE`, and $EDITOR for kubectl edit. */
import { absolute, OsError, type Process, type Program, print } from '#engine/os';

/** A file that waits for its editor to be closed. */
export interface OpenEdit {
  /** Its name in inputs: counted up. */
  readonly edit: string;
  readonly path: string;
  readonly text: string;
  /** The command line that opened it: `kubectl edit deployment web`, or `edit web.yaml`. */
  readonly command: string;
}

/** Said by the terminal's window when it opens: there is an editor beside it. */
export const EDITOR_VARIABLE = 'PODARIUM_EDITOR';

const MAX_BYTES = 1_000_000;
const WAITING = 'Waiting for the editor … (Ctrl-C gives up)';

interface Waiting extends OpenEdit {
  readonly finish: (text: string | undefined) => void;
}

/** The files that are being edited. What the editor gives back comes in as an input. */
export class Editing {
  private readonly open = new Map<string, Waiting>();
  private readonly listeners = new Set<() => void>();
  private count = 0;

  /** Those that wait, the oldest first. */
  pending(): readonly OpenEdit[] {
    return [...this.open.values()].map(({ edit, path, text, command }) => ({ edit, path, text, command }));
  }

  /** Returns a function that stops listening. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The editor is closed: with the text to keep, or without one to leave the file as it was. An edit that nobody waits for is forgotten. */
  finish(edit: string, text: string | undefined): void {
    this.open.get(edit)?.finish(text);
  }

  /**
   * edit, vi, vim, nano, code: opens each file in the page's editor and waits until it is saved or closed there.
   * @fidelity partial: the editor is the page's, not a screen in the terminal; without a page it is refused
   */
  readonly program: Program = async (process) => {
    const name = (process.argv[0] ?? 'edit').replace(/^.*\//, '');
    const files = process.argv.slice(1).filter((word) => !/^[-+]./.test(word));
    const complain = async (message: string): Promise<number> => {
      await print(process.stderr, `${name}: ${message}\n`);
      return 1;
    };
    if (files.length === 0) return complain(`which file? Usage: ${name} FILE`);
    if (process.env.get(EDITOR_VARIABLE) !== '1')
      return complain(
        'there is no editor here: this shell has no page beside it. Change the file with sed -i, or write it with cat > FILE',
      );
    for (const file of files) {
      try {
        await this.edit(process, absolute(file, process.cwd), name);
      } catch (error) {
        if (!(error instanceof OsError)) throw error;
        return complain(`${file}: ${error.message}`);
      }
    }
    return 0;
  };

  private async edit(process: Process, path: string, name: string): Promise<void> {
    const { fs } = process;
    const exists = fs.exists(path);
    const bytes = exists ? fs.readFile(path) : new Uint8Array();
    if (bytes.length > MAX_BYTES) throw new OsError('EINVAL', 'the file is too large for the editor (1 MB)');
    // A directory that is missing shows itself now, not after the work has been done.
    if (!exists) fs.readdir(path.slice(0, path.lastIndexOf('/')) || '/');
    if (process.terminal) await print(process.stderr, WAITING);
    const text = await this.wait(process, path, new TextDecoder().decode(bytes), name);
    if (process.terminal) await print(process.stderr, '\r\x1b[K');
    if (text !== undefined) fs.writeFile(path, new TextEncoder().encode(text));
  }

  private async wait(process: Process, path: string, text: string, name: string): Promise<string | undefined> {
    const edit = `edit-${++this.count}`;
    const parent = process.processes().find(({ pid }) => pid === process.ppid)?.argv ?? [];
    const started = parent.length > 1 && !/^-?(ba|da)?sh$/.test((parent[0] as string).replace(/^.*\//, ''));
    const command = (started ? parent : [name, path]).join(' ');
    let finish: (text: string | undefined) => void = () => undefined;
    const saved = new Promise<string | undefined>((resolve) => {
      finish = resolve;
    });
    this.open.set(edit, { edit, path, text, command, finish });
    this.changed();
    try {
      return await process.until(saved);
    } finally {
      this.open.delete(edit);
      this.changed();
    }
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
