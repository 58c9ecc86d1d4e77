/** What a terminal prints on its way to a window: never more under way than the window can show, never waiting for it. */
import type { ScreenMessage } from './protocol.ts';

/** Bytes under way that the window has not shown yet. */
const UNDER_WAY = 256 * 1024;
/** Bytes that wait here. What is older scrolled away long ago in any window. */
const WAITING = 512 * 1024;
const encoder = new TextEncoder();

/**
 * The simulated world must not feel how fast a window is: a program that prints without end goes on, and here the middle of it is left out.
 */
export class ScreenFeed {
  private underWay = 0;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private skippedBytes = 0;
  private ended: (() => void) | undefined;

  constructor(private readonly post: (message: ScreenMessage) => void) {}

  push(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    while (this.waitingBytes > WAITING && this.waiting.length > 1) {
      const dropped = this.waiting.shift() as Uint8Array;
      this.waitingBytes -= dropped.length;
      this.skippedBytes += dropped.length;
    }
    this.send();
  }

  /** The window has shown so many bytes. */
  shown(bytes: number): void {
    this.underWay = Math.max(0, this.underWay - bytes);
    this.send();
  }

  /** Calls back once everything has been posted. */
  end(then: () => void): void {
    this.ended = then;
    this.send();
  }

  private send(): void {
    while (this.underWay < UNDER_WAY && this.waiting.length > 0) {
      if (this.skippedBytes > 0) this.tellSkipped();
      const bytes = this.waiting.shift() as Uint8Array;
      this.waitingBytes -= bytes.length;
      this.give(bytes);
    }
    if (this.waiting.length > 0) return;
    this.ended?.();
    this.ended = undefined;
  }

  /** Colours and a half escape sequence of what is left out end here. */
  private tellSkipped(): void {
    const kilobytes = Math.round(this.skippedBytes / 1024);
    this.skippedBytes = 0;
    this.give(encoder.encode(`\x18\x1b[0m\r\n\x1b[90m… ${kilobytes} kB …\x1b[0m\r\n`));
  }

  private give(bytes: Uint8Array): void {
    this.underWay += bytes.length;
    this.post(bytes);
  }
}
