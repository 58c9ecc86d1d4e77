/**
 * Elastic tabstops: columns are as wide as their widest cell, in blocks of adjacent lines that have the column.
 * @upstream text/tabwriter, github.com/liggitt/tabwriter (remembered widths)
 */
export interface TabWriterOptions {
  readonly minWidth: number;
  readonly padding: number;
  /** Columns never get narrower from one flush to the next: for watches. */
  readonly rememberWidths?: boolean;
}

/** printers.GetNewTabWriter */
export const TABLE: TabWriterOptions = { minWidth: 6, padding: 3, rememberWidths: true };
/** describers' writer */
export const DESCRIBE: TabWriterOptions = { minWidth: 0, padding: 2 };

export class TabWriter {
  private buffer = '';
  private remembered: number[] = [];

  constructor(
    private readonly options: TabWriterOptions,
    private readonly write: (text: string) => void,
  ) {}

  print(text: string): void {
    this.buffer += text;
  }

  forgetWidths(): void {
    this.remembered = [];
  }

  flush(): void {
    if (this.buffer === '') return;
    const text = this.buffer;
    this.buffer = '';
    const trailing = !text.endsWith('\n');
    const lines = (trailing ? text : text.slice(0, -1)).split('\n').map((line) => line.split('\t'));
    this.write(this.format(lines) + (trailing ? '' : '\n'));
  }

  private format(lines: readonly (readonly string[])[]): string {
    const out = lines.map(() => '');
    this.block(lines, out, 0, lines.length, 0);
    return out.join('\n');
  }

  /** Formats column `column` of the lines in [from, to): a cell is tab-terminated, so a line's last cell is text. */
  private block(lines: readonly (readonly string[])[], out: string[], from: number, to: number, column: number): void {
    let line = from;
    while (line < to) {
      if (column >= cells(lines, line)) {
        out[line] += (lines[line] as readonly string[])[column] ?? '';
        line++;
        continue;
      }
      let end = line;
      let widest = 0;
      let empty = true;
      for (; end < to && column < cells(lines, end); end++) {
        const width = length((lines[end] as readonly string[])[column] as string);
        if (width > 0) empty = false;
        widest = Math.max(widest, width);
      }
      const width = this.width(widest, empty, column);
      for (let i = line; i < end; i++) {
        const cell = (lines[i] as readonly string[])[column] as string;
        out[i] += cell + ' '.repeat(Math.max(0, width - length(cell)));
      }
      this.block(lines, out, line, end, column + 1);
      line = end;
    }
  }

  private width(widest: number, empty: boolean, column: number): number {
    let width = Math.max(this.options.minWidth, widest + this.options.padding);
    if (empty && this.options.minWidth === 0) width = Math.max(0, this.options.padding);
    if (this.options.rememberWidths) {
      width = Math.max(width, this.remembered[column] ?? 0);
      this.remembered[column] = width;
    }
    return width;
  }
}

const cells = (lines: readonly (readonly string[])[], line: number) => (lines[line] as readonly string[]).length - 1;

/** Characters, as utf8.RuneCount counts them. */
function length(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff) count--;
  }
  return count;
}
