/** What commands say they did, lit up in the other panes. */
import { type ObjectReference, touched } from '../../../session/index.ts';
import { doneIn } from './mentions.ts';
import type { Named, Resolver } from './resolve.ts';

/** Outputs of one command come in pieces. */
const TOGETHER_MS = 150;
/** More than that tells nothing. */
const MOST = 50;
/** A flood is not looked through. */
const MAX_TEXT = 64 * 1024;

export class Touches {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private named: Named[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly resolver: () => Resolver | undefined) {}

  see(bytes: Uint8Array): void {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    const lines = text.split('\n');
    this.rest = (lines.pop() ?? '').slice(-1000);
    if (text.length > MAX_TEXT) return;
    for (const line of lines) {
      const done = doneIn(line);
      if (done && this.named.length < MOST) this.named.push(done);
    }
    if (this.named.length > 0) this.timer ??= setTimeout(() => this.tell(), TOGETHER_MS);
  }

  private tell(): void {
    this.timer = undefined;
    const resolver = this.resolver();
    const named = this.named.splice(0);
    if (!resolver) return;
    Promise.all(named.map((one) => resolver.find(one))).then(
      (found) => {
        const references = found.filter((one): one is ObjectReference => one !== undefined);
        if (references.length > 0) touched(references);
      },
      () => undefined,
    );
  }
}
