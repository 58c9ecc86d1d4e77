/** The few hashes that clients may compare with a real server's. */
import { sha256, toBase64 } from '#engine/sim';

/** An etag's digits. */
export const etagOf = (text: string): string =>
  Array.from(sha256(text), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');

/** How discovery tells that a resource's storage changed. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/discovery/storageversionhash.go */
export function storageVersionHash(group: string, version: string, kind: string): string {
  return toBase64(sha256(`${group}/${version}/${kind}`).slice(0, 8));
}
