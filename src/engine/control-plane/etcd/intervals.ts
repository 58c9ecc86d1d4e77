/** Parts of key space and of history. */
import type { EtcdEvent, Revision } from './etcd.ts';

/** Whether a key lies in [key, end); without end, whether it is the one. */
export function within(key: string, end: string | undefined, candidate: string): boolean {
  if (end === undefined) return candidate === key;
  return candidate >= key && (end === '\0' || candidate < end);
}

/** Index of the first event of that revision or a later one. */
export function firstAtOrAfter<V>(log: readonly EtcdEvent<V>[], revision: Revision): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle] as EtcdEvent<V>).kv.modRevision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
