/** Lists of what each Pod has, in the order it was made. */
import type { Millis } from '#engine/sim';

/** At the end of the key's list. */
export function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Out of the key's list; an empty one goes. */
export function drop<T>(map: Map<string, T[]>, key: string, value: T): void {
  const rest = (map.get(key) ?? []).filter((other) => other !== value);
  if (rest.length > 0) map.set(key, rest);
  else map.delete(key);
}

/** In order of creation; of one instant, by attempt and name. */
export const byCreation = (
  a: { readonly createdAt: Millis; readonly id: string; readonly config: { readonly attempt: number } },
  b: typeof a,
): number => a.createdAt - b.createdAt || a.config.attempt - b.config.attempt || (a.id < b.id ? -1 : 1);
