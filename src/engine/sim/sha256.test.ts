import { expect, test } from 'vitest';
import { Sha256, sha256, sha256Hex } from './sha256.ts';

const MILLION = 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0';

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), MILLION],
])('%.10j', (text, hex) => {
  expect(sha256Hex(text)).toBe(hex);
  expect([...sha256(text).subarray(0, 2)]).toEqual([0, 2].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
});

test('pieces of any length make the same hash', () => {
  const hash = new Sha256();
  for (let left = 1_000_000, size = 1; left > 0; left -= size, size = Math.min(left, (size * 7) % 211))
    hash.update(new Uint8Array(size).fill(97));
  expect(hash.hex()).toBe(MILLION);
});
