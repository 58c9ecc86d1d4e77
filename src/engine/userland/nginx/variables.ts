/** Variables in nginx's configuration: `$name` and `${name}`. */

export type Variables = Map<string, string>;

export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text;
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) => variables.get(braced ?? bare ?? '') ?? '',
  );
}
