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

/** 32 bits of chance as eight hexadecimal digits. */
const word = (rng: Rng): string => (rng.next() * 0x1_0000_0000).toString(16).padStart(8, '0');

/** A version 4 UUID. */
export function randomUuid(rng: Rng): string {
  const [first, second, third, fourth] = [word(rng), word(rng), word(rng), word(rng)];
  const variant = '89ab'[Number.parseInt(third[0] as string, 16) & 3];
  const middle = `${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}`;
  return `${first}-${middle}-${third.slice(4)}${fourth}`;
}

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters that cannot spell a word, for generated names. @upstream staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go */
export function randomSuffix(rng: Rng, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += NAME_ALPHABET[rng.int(NAME_ALPHABET.length)];
  return text;
}
