/** The size of the terminal's text, in pixels; kept in this browser. */

const KEY = 'podarium.terminal.text';
const [SMALLEST, LARGEST] = [9, 28];
/** A phone shows fifty columns with it. */
const USUAL = matchMedia('(max-width: 480px)').matches ? 11 : 13;
const listeners = new Set<() => void>();

const clamp = (size: number): number => Math.min(LARGEST, Math.max(SMALLEST, size));
let size = clamp(Number(localStorage.getItem(KEY)) || USUAL);

export const textSize = {
  get: (): number => size,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  change(by: number): void {
    size = clamp(size + by);
    try {
      localStorage.setItem(KEY, String(size));
    } catch {
      // Without storage it holds until the page goes.
    }
    for (const listener of [...listeners]) listener();
  },
};
