/**
 * Streams taking turns at few connections. A browser opens six to one HTTP/1.1 server, and the page watches more than that: without turns,
 * six watches would leave none for a request. So a few run at a time; when others wait, the one that has run longest gives its place up at
 * the end of a line, and asks again where it was: nothing is lost, it only arrives a little later. Nobody waiting, nobody is disturbed.
 */

/** A place; `yieldPlace` is called when others wait for it. */
interface Running {
  readonly since: number;
  readonly yieldPlace: () => void;
}

/** Gives a place up; again is nothing. */
export type End = () => void;

export class Turns {
  private readonly running = new Set<Running>();
  private readonly waiting = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param leastMs how long a stream may run at least */
  constructor(
    private readonly places: number,
    private readonly leastMs: number,
  ) {}

  /** Resolves when there is a place, with what gives it up. Rejects when the signal aborts first. */
  take(yieldPlace: () => void, signal?: AbortSignal): Promise<End> {
    return new Promise((resolve, reject) => {
      const forget = () => {
        this.waiting.delete(grant);
        reject(new DOMException('canceled', 'AbortError'));
      };
      const grant = () => {
        signal?.removeEventListener('abort', forget);
        const one: Running = { since: performance.now(), yieldPlace };
        this.running.add(one);
        resolve(() => {
          if (this.running.delete(one)) this.look();
        });
      };
      if (signal?.aborted) return forget();
      signal?.addEventListener('abort', forget, { once: true });
      this.waiting.add(grant);
      this.look();
    });
  }

  /** Lets in who can come in, and asks the longest to go when others still wait. */
  private look(): void {
    clearTimeout(this.timer);
    for (const grant of this.waiting) {
      if (this.running.size >= this.places) break;
      this.waiting.delete(grant);
      grant();
    }
    const [longest] = this.running;
    if (this.waiting.size === 0 || !longest) return;
    const left = longest.since + this.leastMs - performance.now();
    if (left > 0) this.timer = setTimeout(() => this.look(), left);
    else longest.yieldPlace();
  }
}
