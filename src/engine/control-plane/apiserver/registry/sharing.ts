/** Changing frozen values: only what differs is made anew, the rest is shared. */

/** The list with every item replaced; the same list when no item changed. */
export function mapShared<T>(items: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let changed: T[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as T;
    const next = change(item, i);
    if (changed) changed.push(next);
    else if (next !== item) {
      changed = items.slice(0, i);
      changed.push(next);
    }
  }
  return changed ?? items;
}

/** The object with one member replaced; the same object when nothing changes. An `undefined` value removes the member. */
export function withMember<T extends object, K extends keyof T>(object: T, key: K, value: T[K] | undefined): T {
  if (object[key] === value && (value !== undefined || !(key in object))) return object;
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _gone, ...rest } = object;
  return rest as T;
}

/** The object with a member that is present replaced by what `change` makes of it. */
export function changeMember<T extends object, K extends keyof T>(
  object: T,
  key: K,
  change: (value: NonNullable<T[K]>) => NonNullable<T[K]>,
): T {
  const value = object[key];
  return value === undefined || value === null ? object : withMember(object, key, change(value));
}

/** The object with a list member whose items are replaced. */
export function changeItems<T extends object, K extends keyof T, Item>(
  object: T,
  key: K,
  change: (item: Item) => Item,
): T {
  const items = object[key] as readonly Item[] | undefined | null;
  return items === undefined || items === null ? object : withMember(object, key, mapShared(items, change) as T[K]);
}

/** The object with the members it lacks; empty strings and zeros count as lacking, as in Go. */
export function withDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  let missing: Partial<T> | undefined;
  for (const key in defaults) {
    const value = object[key];
    if (value === undefined || value === '' || value === 0) {
      missing ??= {};
      missing[key] = defaults[key] as T[typeof key];
    }
  }
  return missing ? { ...object, ...missing } : object;
}

/** As `withDefaults`, for fields that are pointers in Go: an empty string or zero that was given stays. */
export function withPointerDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  let missing: Partial<T> | undefined;
  for (const key in defaults) {
    if (object[key] === undefined) {
      missing ??= {};
      missing[key] = defaults[key] as T[typeof key];
    }
  }
  return missing ? { ...object, ...missing } : object;
}

/**
 * The same change, made once per value: what came out of it goes through untouched. For changes that leave their own
 * results as they are, such as defaulting.
 */
export function remembered<T extends object>(change: (value: T) => T): (value: T) => T {
  const known = new WeakMap<T, T>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const after = change(value);
    known.set(value, after);
    known.set(after, after);
    return after;
  };
}

/** The object with an empty list as Go reads it back from storage where it has no omitempty: as null. */
export function emptyAsNull<T extends object>(object: T, key: keyof T): T {
  const items: unknown = object[key];
  return Array.isArray(items) && items.length === 0 ? { ...object, [key]: null } : object;
}
