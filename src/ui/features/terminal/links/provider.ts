/** Names of objects in the terminal, to be clicked. */
import type { IBuffer, ILink, ILinkProvider, Terminal } from '@xterm/xterm';
import { type ObjectReference, select } from '../../../session/index.ts';
import { type Mention, mentionsIn } from './mentions.ts';
import type { Resolver } from './resolve.ts';

const MAX_LINE = 2000;

/** A line as it was printed: rows that were only broken at the edge are one. */
interface Line {
  readonly text: string;
  /** Its first row, from 0 at the top of the scrollback. */
  readonly row: number;
}

function lineAt(buffer: IBuffer, row: number): Line | undefined {
  let first = row;
  while (first > 0 && buffer.getLine(first)?.isWrapped) first--;
  const line = buffer.getLine(first);
  if (!line) return undefined;
  let text = line.translateToString(false);
  for (let next = first + 1; buffer.getLine(next)?.isWrapped && text.length < MAX_LINE; next++)
    text += buffer.getLine(next)?.translateToString(false) ?? '';
  return { text: text.trimEnd(), row: first };
}

/** Lines in front of a row, one after the other; asked for in order. */
function linesAbove(buffer: IBuffer, row: number): (distance: number) => string | undefined {
  const read: string[] = [];
  let at = row;
  return (distance) => {
    while (read.length < distance) {
      const line = at > 0 ? lineAt(buffer, at - 1) : undefined;
      if (!line) return undefined;
      read.push(line.text);
      at = line.row;
    }
    return read[distance - 1];
  };
}

export class ResourceLinks implements ILinkProvider {
  constructor(
    private readonly term: Terminal,
    private readonly resolver: () => Resolver | undefined,
  ) {}

  provideLinks(y: number, callback: (links: ILink[] | undefined) => void): void {
    this.find(y).then(callback, () => callback(undefined));
  }

  /** The objects named in a row of the buffer (from 1), those that exist. */
  private async find(y: number): Promise<ILink[] | undefined> {
    const resolver = this.resolver();
    const buffer = this.term.buffer.active;
    const line = lineAt(buffer, y - 1);
    if (!resolver || !line) return undefined;
    // Offsets are columns only where every character takes one.
    if (!/^[\x20-\x7e]*$/.test(line.text)) return undefined;
    const mentions = mentionsIn(line.text, linesAbove(buffer, line.row));
    const found = await Promise.all(mentions.map((mention) => resolver.find(mention)));
    return mentions.flatMap((mention, index) => {
      const reference = found[index];
      return reference ? [this.link(mention, line, reference)] : [];
    });
  }

  private link({ start, length }: Mention, { text, row }: Line, reference: ObjectReference): ILink {
    const { cols } = this.term;
    const place = (offset: number) => ({ x: (offset % cols) + 1, y: row + Math.floor(offset / cols) + 1 });
    return {
      range: { start: place(start), end: place(start + length - 1) },
      text: text.slice(start, start + length),
      activate: () => select(reference),
    };
  }
}
