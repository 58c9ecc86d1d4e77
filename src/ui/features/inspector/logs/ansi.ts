/** Terminal colours in logs as plain data: nothing a program prints becomes markup. */

/** A run of text in one look. Colours are the eight names of ANSI, bright or not. */
export interface Span {
  readonly text: string;
  readonly colour?: string;
  readonly bold?: true;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

const ESCAPE = '\u001b';
const BELL = '\u0007';

/** SGR is understood; every other escape sequence, and every other control character but Tab, is left out. */
export function spansOf(line: string): readonly Span[] {
  if (!/\p{Cc}/u.test(line)) return [{ text: line }];
  const spans: Span[] = [];
  let look: Omit<Span, 'text'> = {};
  let text = '';
  const flush = () => {
    if (text !== '') spans.push({ ...look, text });
    text = '';
  };
  for (let at = 0; at < line.length; ) {
    const char = line[at] as string;
    if (char === ESCAPE) {
      const { length, codes } = sequenceAt(line, at);
      flush();
      if (codes !== undefined) look = changed(look, codes);
      at += length;
      continue;
    }
    if (char === '\t' || !/\p{Cc}/u.test(char)) text += char;
    else flush();
    at++;
  }
  flush();
  return spans;
}

/** How long the escape sequence is; the codes of an SGR. */
function sequenceAt(line: string, at: number): { readonly length: number; readonly codes?: string } {
  const kind = line[at + 1];
  if (kind === '[') {
    const match = /^[0-9;?]*[ -/]*[@-~]/.exec(line.slice(at + 2));
    const inside = match?.[0] ?? '';
    return { length: 2 + inside.length, ...(/^[0-9;]*m$/.test(inside) && { codes: inside.slice(0, -1) }) };
  }
  if (kind === ']') {
    const ends = [line.indexOf(BELL, at) + 1, line.indexOf(`${ESCAPE}\\`, at) + 2].filter((end) => end > at + 1);
    return { length: (ends.length > 0 ? Math.min(...ends) : line.length) - at };
  }
  return { length: 2 };
}

function changed(look: Omit<Span, 'text'>, codes: string): Omit<Span, 'text'> {
  let next = look;
  for (const code of (codes || '0').split(';').map(Number)) {
    const { colour: _, ...plain } = next;
    if (code === 0) next = {};
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 22) {
      const { bold: __, ...light } = next;
      next = light;
    } else if (code === 39) next = plain;
    else if (code >= 30 && code <= 37) next = { ...next, colour: NAMES[code - 30] as string };
    else if (code >= 90 && code <= 97) next = { ...next, colour: NAMES[code - 90] as string };
  }
  return next;
}

/** The line without any look. */
export const plainText = (line: string): string =>
  spansOf(line)
    .map(({ text }) => text)
    .join('');
