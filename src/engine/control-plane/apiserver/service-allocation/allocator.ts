/**
 * A range of numbers of which some are taken: addresses of Services, node ports. The low end is left to those who ask for
 * a certain number; automatic allocation takes from the high end first.
 * @upstream pkg/registry/core/service/portallocator/allocator.go and ipallocator/ipallocator.go
 */
import type { Rng } from '#engine/sim';

/** `outside` and `taken` are what a request for a certain number can be refused for. */
export type AllocationRefusal = 'outside' | 'taken';

export class RangeAllocator {
  /** @param reserved how many numbers at the low end automatic allocation avoids; @param used what is taken, shared with ranges that overlap */
  constructor(
    readonly first: number,
    readonly last: number,
    private readonly reserved: number,
    private readonly rng: Rng,
    private readonly used = new Set<number>(),
  ) {}

  /** Undefined when it worked. A dry run only looks whether the number is one of the range. */
  take(number: number, dryRun = false): AllocationRefusal | undefined {
    if (number < this.first || number > this.last) return 'outside';
    if (dryRun) return undefined;
    if (this.used.has(number)) return 'taken';
    this.used.add(number);
    return undefined;
  }

  /** Undefined when the range is full. */
  takeNext(): number | undefined {
    const middle = Math.min(this.last + 1, this.first + this.reserved);
    return this.takeBetween(middle, this.last) ?? this.takeBetween(this.first, middle - 1);
  }

  release(number: number): void {
    this.used.delete(number);
  }

  private takeBetween(low: number, high: number): number | undefined {
    const size = high - low + 1;
    if (size <= 0) return undefined;
    const start = this.rng.int(size);
    for (let i = 0; i < size; i++) {
      const number = low + ((start + i) % size);
      if (this.take(number) === undefined) return number;
    }
    return undefined;
  }
}

/** How much of a range is left to those who ask: a `share`th of it, between `least` and `most`. */
export function reservedOf(size: number, share: number, least: number, most: number): number {
  const wanted = Math.min(most, Math.max(least, Math.floor(size / share)));
  return wanted >= size ? 0 : wanted;
}
