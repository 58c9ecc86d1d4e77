/** What is wrong with the wires between two parties. Without faults a lookup costs one size check. */

/** A party is a Node's name, `pod:<namespace>/<name>`, an outside host's name, or `*`. */
export interface LinkFault {
  readonly a: string;
  readonly b: string;
  readonly cut: boolean;
  /** added to every round trip, ms */
  readonly extraMs: number;
  /** probability that a segment is lost, 0 to 1 */
  readonly lossProbability: number;
}

const SOUND: LinkFault = { a: '', b: '', cut: false, extraMs: 0, lossProbability: 0 };

export class LinkFaults {
  private readonly byPair = new Map<string, LinkFault>();

  get none(): boolean {
    return this.byPair.size === 0;
  }

  set(a: string, b: string, change: Partial<LinkFault>): void {
    const key = pairKey(a, b);
    this.byPair.set(key, { ...SOUND, ...this.byPair.get(key), a, b, ...change });
  }

  heal(a?: string, b?: string): void {
    if (a === undefined) this.byPair.clear();
    else if (b !== undefined) this.byPair.delete(pairKey(a, b));
    else for (const [key, fault] of this.byPair) if (fault.a === a || fault.b === a) this.byPair.delete(key);
  }

  list(): readonly LinkFault[] {
    return [...this.byPair.values()];
  }

  /** All faults between two ends, summed; an end answers to several names (a Pod also to its Node's). */
  between(from: readonly string[], to: readonly string[]): LinkFault {
    if (this.byPair.size === 0) return SOUND;
    let sum = SOUND;
    for (const a of [...from, '*']) {
      for (const b of [...to, '*']) {
        const fault = this.byPair.get(pairKey(a, b));
        if (!fault) continue;
        sum = {
          a,
          b,
          cut: sum.cut || fault.cut,
          extraMs: sum.extraMs + fault.extraMs,
          lossProbability: 1 - (1 - sum.lossProbability) * (1 - fault.lossProbability),
        };
      }
    }
    return sum;
  }
}

const pairKey = (a: string, b: string) => (a < b ? `${a} ${b}` : `${b} ${a}`);
