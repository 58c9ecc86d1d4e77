/** Keystrokes on their way to the shell: Control of the key bar, and lines that wait until the editor's files are saved. */

type Send = (data: string) => void;

export class Keystrokes {
  private held: string[] | undefined;
  private control = false;
  private readonly listeners = new Set<() => void>();

  /** @param settled what an Enter has to wait for; undefined for nothing */
  constructor(
    private readonly post: Send,
    private readonly settled: () => Promise<void> | undefined,
  ) {}

  readonly controlled = (): boolean => this.control;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The next key is one with Control. */
  toggleControl(on = !this.control): void {
    this.control = on;
    for (const listener of [...this.listeners]) listener();
  }

  send(typed: string): void {
    let data = typed;
    if (this.control && typed.length === 1) {
      data = withControl(typed);
      this.toggleControl(false);
    }
    if (this.held) {
      this.held.push(data);
      return;
    }
    const wait = /[\r\n]/.test(data) ? this.settled() : undefined;
    if (!wait) {
      this.post(data);
      return;
    }
    // In order: what is typed meanwhile comes behind it.
    this.held = [data];
    void wait.then(() => {
      const held = this.held ?? [];
      this.held = undefined;
      for (const each of held) this.post(each);
    });
  }
}

/** `c` to Ctrl-C; keys that have no such form stay as they are. */
export function withControl(key: string): string {
  const code = key.toUpperCase().charCodeAt(0);
  if (key === ' ') return '\0';
  return code >= 64 && code < 96 ? String.fromCharCode(code - 64) : key;
}
