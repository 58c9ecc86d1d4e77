/** The name suffixes of --append-hash: digits of a SHA-256 without those that could spell words. */
import { sha256Hex } from '#engine/sim';

/** @upstream staging/src/k8s.io/kubectl/pkg/util/hash/hash.go encodeHash */
export function nameHash(text: string): string {
  const swap: { readonly [digit: string]: string } = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return [...sha256Hex(text).slice(0, 10)].map((digit) => swap[digit] ?? digit).join('');
}
