/** Keys of the line editor: what readline's emacs mode has. */

export type Action =
  | 'previous'
  | 'next'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'delete'
  | 'backspace'
  | 'word-left'
  | 'word-right'
  | 'kill-end'
  | 'kill-start'
  | 'kill-blank-word'
  | 'kill-word'
  | 'delete-word'
  | 'yank'
  | 'transpose'
  | 'upper'
  | 'lower'
  | 'capital'
  | 'undo'
  | 'clear'
  | 'search'
  | 'complete'
  | 'enter'
  | 'cancel'
  | 'abort'
  | 'eof'
  | 'last-argument'
  | 'paste'
  | 'ignore';

/** Escape sequences and control keys, by what they do. */
const KEYS: { readonly [sequence: string]: Action } = {
  '\x1b[A': 'previous',
  '\x1bOA': 'previous',
  '\x10': 'previous',
  '\x1b[B': 'next',
  '\x1bOB': 'next',
  '\x0e': 'next',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x06': 'right',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x02': 'left',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x01': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x05': 'end',
  '\x1b[3~': 'delete',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b[1;5C': 'word-right',
  '\x1b[1;3C': 'word-right',
  '\x1bf': 'word-right',
  '\x1b[1;5D': 'word-left',
  '\x1b[1;3D': 'word-left',
  '\x1bb': 'word-left',
  '\x0b': 'kill-end',
  '\x15': 'kill-start',
  '\x17': 'kill-blank-word',
  '\x1b\x7f': 'kill-word',
  '\x1b\b': 'kill-word',
  '\x1bd': 'delete-word',
  '\x1b[3;5~': 'delete-word',
  '\x19': 'yank',
  '\x14': 'transpose',
  '\x1bu': 'upper',
  '\x1bl': 'lower',
  '\x1bc': 'capital',
  '\x1f': 'undo',
  '\x0c': 'clear',
  '\x12': 'search',
  '\t': 'complete',
  '\r': 'enter',
  '\n': 'enter',
  '\x03': 'cancel',
  '\x07': 'abort',
  '\x04': 'eof',
  '\x1b.': 'last-argument',
  '\x1b_': 'last-argument',
  '\x1b[200~': 'paste',
};

const ESC = '\x1b';
const PASTE = '\x1b[200~';
const PASTE_END = '\x1b[201~';

export interface Key {
  /** Undefined for text, which is inserted. */
  readonly action: Action | undefined;
  readonly text: string;
  /** How much of what was typed it took. */
  readonly length: number;
}

/** The first key of what was typed; undefined while it is unfinished. Characters in a row are one key. */
export function firstKey(typed: string): Key | undefined {
  if (typed.startsWith(PASTE)) {
    const end = typed.indexOf(PASTE_END);
    if (end < 0) return undefined;
    return { action: 'paste', text: typed.slice(PASTE.length, end), length: end + PASTE_END.length };
  }
  if (typed.startsWith(ESC)) return escapeKey(typed);
  const action = KEYS[typed[0] as string];
  if (action || (typed[0] as string) < ' ') return { action: action ?? 'ignore', text: '', length: 1 };
  let end = 0;
  while (end < typed.length && (typed[end] as string) >= ' ' && typed[end] !== '\x7f') end++;
  return { action: undefined, text: typed.slice(0, end), length: end };
}

function escapeKey(typed: string): Key | undefined {
  // A lone Escape is a key that does nothing; the rest of a sequence always comes with it.
  const sequence = /^(?:\[[0-9;?]*[A-Za-z~]|O[A-Z]|[^[O])/s.exec(typed.slice(1))?.[0];
  if (sequence === undefined) return { action: 'ignore', text: '', length: typed.length };
  return { action: KEYS[ESC + sequence] ?? 'ignore', text: '', length: 1 + sequence.length };
}
