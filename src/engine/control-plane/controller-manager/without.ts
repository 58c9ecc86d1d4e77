/** A map without some of its names; the same map when it has none of them. */
export function without<V>(
  map: { readonly [name: string]: V } | undefined,
  ...names: readonly string[]
): { readonly [name: string]: V } {
  if (!map) return {};
  if (!names.some((name) => name in map)) return map;
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}
