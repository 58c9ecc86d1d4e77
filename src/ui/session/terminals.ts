/** Terminal tabs, and lines typed into them by buttons. */
import { showPane } from './panes.ts';
import { freshId, update, useSession } from './session.ts';

export function openTerminal(line?: string): void {
  const id = freshId();
  const tab = { id, ...(line !== undefined && { line }) };
  update({ terminals: [...useSession.getState().terminals, tab], terminal: id });
  showPane('terminal');
}

export function closeTerminal(id: number): void {
  const { terminals, terminal } = useSession.getState();
  const left = terminals.filter((tab) => tab.id !== id);
  const last = left.at(-1);
  if (!last) {
    const fresh = freshId();
    update({ terminals: [{ id: fresh }], terminal: fresh });
  } else update({ terminals: left, ...(terminal === id && { terminal: last.id }) });
}

/** Types a line, with Enter, into the terminal on show. */
export function typeInTerminal(line: string): void {
  showPane('terminal');
  update({ typed: { id: freshId(), line } });
}

/** Types a line into the terminal on show and leaves it there, to be read and entered. */
export function proposeInTerminal(line: string): void {
  showPane('terminal');
  update({ typed: { id: freshId(), line, unentered: true } });
}

/** The terminal goes on with what it was doing: the focus returns to it. */
export function backToTerminal(): void {
  showPane('terminal');
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('[data-pane="terminal"] .xterm-helper-textarea')?.focus(),
  );
}
