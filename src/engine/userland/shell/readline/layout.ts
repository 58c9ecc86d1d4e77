/** Where prompt and line stand on the screen, and how they are drawn again. */
import { clusterEnd, clusterWidth, textWidth } from './width.ts';

interface Place {
  readonly row: number;
  readonly column: number;
}

interface Laid {
  /** The text as it is written: control characters shown, tabs as blanks. */
  readonly shown: string;
  readonly cursor: Place;
  readonly end: Place;
}

const TAB = 8;
const ESC = '\x1b';

/** Columns of the prompt's last line, colours aside. */
export const promptWidth = (prompt: string): number =>
  textWidth(
    (prompt.split('\n').at(-1) as string)
      .split(ESC)
      .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;]*[A-Za-z]/, '')))
      .join('')
      .replaceAll('\r', '')
      .replaceAll('\x07', ''),
  );

/** @param from the column at which the text begins */
function lay(text: string, cursor: number, from: number, columns: number): Laid {
  let row = Math.floor(from / columns);
  let column = from % columns;
  let shown = '';
  let place: Place | undefined;
  for (let at = 0; at < text.length; ) {
    const end = clusterEnd(text, at);
    const cluster = text.slice(at, end);
    // A wide character that does not fit begins the next row: so does the cursor in front of it.
    const width = cluster === '\n' ? 0 : cluster === '\t' ? TAB - (column % TAB) : clusterWidth(cluster);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    if (at === cursor) place = { row, column };
    if (cluster === '\n') {
      shown += '\r\n';
      row++;
      column = 0;
    } else {
      shown += cluster === '\t' ? ' '.repeat(width) : printable(cluster);
      column += width;
    }
    if (column === columns) {
      row++;
      column = 0;
      // The terminal waits in the last column until something follows.
      if (end === text.length) shown += '\r\n';
    }
    at = end;
  }
  const end = { row, column };
  return { shown, cursor: place ?? end, end };
}

function printable(cluster: string): string {
  const code = cluster.charCodeAt(0);
  if (code === 127) return '^?';
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : cluster;
}

/** Draws everything anew, over rows of which the cursor stands on the one of that number; gives the row on which it stands then. */
export function redraw(
  prompt: string,
  text: string,
  cursor: number,
  columns: number,
  drawnRow: number,
): { readonly output: string; readonly row: number } {
  const laid = lay(text, cursor, promptWidth(prompt), columns);
  const up = drawnRow > 0 ? `${ESC}[${drawnRow}A` : '';
  const back = laid.end.row > laid.cursor.row ? `${ESC}[${laid.end.row - laid.cursor.row}A` : '';
  const across = laid.cursor.column > 0 ? `${ESC}[${laid.cursor.column}C` : '';
  return { output: `\r${up}${ESC}[J${prompt}${laid.shown}${back}\r${across}`, row: laid.cursor.row };
}
