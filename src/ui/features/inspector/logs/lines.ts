/** Log lines as they arrive, in pieces, from one container or several: bounded, and in the order of their time. */

export interface LogLine {
  /** Counts as they arrive. */
  readonly id: number;
  /** RFC 3339 with nanoseconds: sorts as text. */
  readonly at: string;
  readonly container: string;
  readonly text: string;
}

/** Lines kept; what is older scrolls away. */
export const KEEP_LINES = 3000;
/** A line without an end is cut. */
const LONGEST = 20_000;

/** Collects the streams of a Pod's containers, each of which sends timestamps. */
export class LogLines {
  private lines: LogLine[] = [];
  private count = 0;
  private readonly rest = new Map<string, string>();
  dropped = false;

  /** Takes a piece of a container's stream. */
  take(container: string, piece: string): void {
    const parts = ((this.rest.get(container) ?? '') + piece).split('\n');
    this.rest.set(container, (parts.pop() ?? '').slice(-LONGEST));
    for (const part of parts) this.add(container, part);
  }

  /** The stream has ended: what has no end of line is a line too. */
  end(container: string): void {
    const rest = this.rest.get(container);
    this.rest.delete(container);
    if (rest) this.add(container, rest);
  }

  read(): readonly LogLine[] {
    if (this.lines.length > KEEP_LINES) {
      this.lines = this.lines.slice(-KEEP_LINES);
      this.dropped = true;
    }
    return [...this.lines];
  }

  private add(container: string, part: string): void {
    const space = part.indexOf(' ');
    const line = { id: this.count++, at: part.slice(0, space), container, text: part.slice(space + 1, LONGEST) };
    const { lines } = this;
    // Several containers: a late one goes where its time is.
    let i = lines.length;
    while (i > 0 && (lines[i - 1] as LogLine).at > line.at) i--;
    if (i === lines.length) lines.push(line);
    else lines.splice(i, 0, line);
  }
}
