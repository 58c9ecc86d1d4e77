/**
 * What survives a power cut, as flat keys with plain data: disks, etcd's member directory, what an operator left switched on.
 * Whoever owns such state says what changed; what the value is gets asked only when the changes are taken, so a file written a hundred times
 * in between is written down once.
 */

/** Where a part of the world writes down what must survive. */
export interface Ledger {
  /** The key changed; `value` is asked later, between two instants, and answers with plain data that JSON can say. */
  put(key: string, value: () => unknown): void;
  /** The key is gone. */
  remove(key: string): void;
  /** Keys of a part, apart from all others. Names are not empty. */
  section(name: string): Ledger;
  /** Everything in this part, and in its sections, is gone. */
  clear(): void;
}

/** Keys of sections are names joined by this; in a key of its own it is escaped. */
const SEPARATOR = '\n';
const escapeKey = (key: string): string =>
  /[\n\\]/.test(key) ? key.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : key;
const unescapeKey = (key: string): string =>
  key.includes('\\') ? key.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)) : key;

/** What was written down since it was last asked: JSON texts by key, and keys that are gone. What is gone went before the rest came. */
export interface Changes {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly removed: readonly string[];
}

/** Collects changes until they are taken. */
export class ChangeLog implements Ledger {
  private changes = new Map<string, (() => unknown) | string | undefined>();

  get empty(): boolean {
    return this.changes.size === 0;
  }

  put(key: string, value: () => unknown): void {
    this.set(escapeKey(key), value);
  }

  remove(key: string): void {
    this.set(escapeKey(key), undefined);
  }

  section(name: string): Ledger {
    return new Section(this, `${name}${SEPARATOR}`);
  }

  clear(): void {
    this.clearUnder('');
  }

  /** For sections. */
  clearUnder(prefix: string): void {
    for (const key of this.changes.keys()) if (key.startsWith(prefix)) this.changes.delete(key);
    this.changes.set(`${prefix}${SEPARATOR}`, undefined);
  }

  /** For sections: the key as it is written. */
  set(key: string, value: (() => unknown) | undefined): void {
    this.changes.set(key, value);
  }

  /** Counts what is written elsewhere as changed, so that the next `take` has it too. */
  refill(texts: ReadonlyMap<string, string>): void {
    for (const [key, text] of texts) this.changes.set(key, text);
  }

  /** All changes since the last call, as they are now. */
  take(): Changes {
    const keys: string[] = [];
    const values: string[] = [];
    const removed: string[] = [];
    for (const [key, value] of this.changes) {
      if (value === undefined) removed.push(key);
      else {
        keys.push(key);
        values.push(typeof value === 'string' ? value : JSON.stringify(value()));
      }
    }
    this.changes = new Map();
    return { keys, values, removed };
  }
}

class Section implements Ledger {
  constructor(
    private readonly whole: ChangeLog,
    private readonly prefix: string,
  ) {}

  put(key: string, value: () => unknown): void {
    this.whole.set(this.prefix + escapeKey(key), value);
  }

  remove(key: string): void {
    this.whole.set(this.prefix + escapeKey(key), undefined);
  }

  section(name: string): Ledger {
    return new Section(this.whole, `${this.prefix}${name}${SEPARATOR}`);
  }

  clear(): void {
    this.whole.clearUnder(this.prefix);
  }
}

/** What was written down, to start from again. Values are parsed when asked for. */
export class Saved {
  private sections: Map<string, Map<string, string>> | undefined;

  constructor(private readonly texts: ReadonlyMap<string, string>) {}

  /** Undefined when nothing is written under the key. */
  get(key: string): unknown {
    const text = this.text(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The keys of this part that are in no section of it, in no order that means anything. */
  *keys(): Iterable<string> {
    for (const key of this.texts.keys()) if (!key.includes(SEPARATOR)) yield unescapeKey(key);
  }

  /** The JSON text of a key, for who parses later. */
  text(key: string): string | undefined {
    return this.texts.get(escapeKey(key));
  }

  section(name: string): Saved {
    return new Saved(this.split().get(name) ?? new Map());
  }

  /** Names of the sections. */
  names(): Iterable<string> {
    return this.split().keys();
  }

  private split(): Map<string, Map<string, string>> {
    if (this.sections) return this.sections;
    const sections = new Map<string, Map<string, string>>();
    for (const [key, text] of this.texts) {
      const at = key.indexOf(SEPARATOR);
      if (at < 0) continue;
      const name = key.slice(0, at);
      let section = sections.get(name);
      if (!section) {
        section = new Map();
        sections.set(name, section);
      }
      section.set(key.slice(at + 1), text);
    }
    this.sections = sections;
    return sections;
  }
}

/** The keys that a removal means: the one, or all of a section that was cleared. `all`: every key there is. */
export function keysRemoved(removed: string, all: () => Iterable<string>): readonly string[] {
  if (removed !== SEPARATOR && !removed.endsWith(`${SEPARATOR}${SEPARATOR}`)) return [removed];
  const prefix = removed.slice(0, -1);
  return [...all()].filter((key) => key.startsWith(prefix));
}

/** Brings what was written down up to date, in memory. */
export function applyChanges(texts: Map<string, string>, { keys, values, removed }: Changes): void {
  for (const gone of removed) for (const key of keysRemoved(gone, () => texts.keys())) texts.delete(key);
  for (const [i, key] of keys.entries()) texts.set(key, values[i] as string);
}
