/** Named streams of chance over xoroshiro128+: a fork depends on seed and name only, never on who drew before. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { fnv1a32 } from './hash.ts';
import { invariant } from './invariant.ts';
import type { Rng } from './world.ts';

export function createRng(seed: number, name = ''): Rng {
  // The generator is made when first drawn from: thousands of forks are named and never used.
  let source: { next(): number } | undefined;
  const draw = () => {
    source ??= xoroshiro128plus(fnv1a32(name, (seed ^ 0x811c9dc5) | 0) | 0);
    return source.next() >>> 0;
  };
  const next = () => draw() / 0x1_0000_0000;
  return {
    next,
    int(bound) {
      invariant(bound > 0, 'a bound must be positive');
      return Math.floor(next() * bound);
    },
    fork: (child) => createRng(seed, `${name}/${child}`),
  };
}

/** A version 4 UUID. */
export function randomUuid(rng: Rng): string {
  let hex = '';
  for (let i = 0; i < 32; i++) {
    const digit = rng.int(16);
    hex += i === 12 ? '4' : i === 16 ? ((digit & 3) | 8).toString(16) : digit.toString(16);
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters that cannot spell a word, for generated names. @upstream staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go */
export function randomSuffix(rng: Rng, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += NAME_ALPHABET[rng.int(NAME_ALPHABET.length)];
  return text;
}
