/** A running 64-bit digest of a trace: two runs are the same run when their digests are equal. */
import type { TraceEvent } from './world.ts';

export class TraceHash {
  private high = 0xdeadbeef | 0;
  private low = 0x41c6ce57 | 0;
  count = 0;

  add(event: TraceEvent): void {
    this.count++;
    this.text(`${event.at} ${event.type} ${JSON.stringify(event.detail)}\n`);
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return [this.high, this.low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private text(text: string): void {
    let { high, low } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      high = Math.imul(high ^ code, 0x9e3779b1);
      low = Math.imul(low ^ code, 0x5f356495);
    }
    this.high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    this.low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  }
}
