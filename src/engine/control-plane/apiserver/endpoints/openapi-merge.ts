/**
 * Version 2 documents made one: the paths of groups, and the definitions they need.
 * @upstream staging/src/k8s.io/kube-openapi/pkg/aggregator/aggregator.go
 */
type Json = { readonly [name: string]: unknown };

export interface OpenApiV2 extends Json {
  readonly paths?: Json;
  readonly definitions?: Json;
}

const REF = '#/definitions/';
/** Lists of kinds differ between servers that share a definition. */
const GVK = 'x-kubernetes-group-version-kind';

const textOf = (definition: unknown): string => {
  const { [GVK]: _, ...rest } = definition as Json;
  return JSON.stringify(rest);
};

/** What a definition is called in the whole: its own name when that is free or means the same, else `_v2`, `_v3`, … */
function nameFor(name: string, definition: unknown, taken: Json): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}_v${n}`;
    const other = taken[candidate];
    if (other === undefined || textOf(other) === textOf(definition)) return candidate;
  }
}

/** Adds what another server serves below /apis/. Paths that are there stay as they are. */
export function mergeOpenApiV2(whole: OpenApiV2, other: OpenApiV2): OpenApiV2 {
  const { paths = {}, definitions = {} } = whole;
  const added = Object.entries(other.paths ?? {}).filter(([path]) => path.startsWith('/apis/') && !(path in paths));
  if (added.length === 0) return whole;
  const names = new Map(
    Object.entries(other.definitions ?? {}).map(([name, one]) => [name, nameFor(name, one, definitions)]),
  );
  const renamed = [...names].some(([from, to]) => from !== to);
  const suited = <T>(value: T): T =>
    renamed
      ? (JSON.parse(JSON.stringify(value), (key, text) =>
          key === '$ref' && typeof text === 'string' && text.startsWith(REF)
            ? `${REF}${names.get(text.slice(REF.length)) ?? text.slice(REF.length)}`
            : text,
        ) as T)
      : value;
  const more = Object.entries(other.definitions ?? {}).filter(([name]) => !((names.get(name) ?? name) in definitions));
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
  return {
    ...whole,
    paths: Object.fromEntries([...Object.entries(paths), ...suited(added)].sort(byName)),
    definitions: Object.fromEntries(
      [
        ...Object.entries(definitions),
        ...more.map(([name, one]): [string, unknown] => [names.get(name) ?? name, suited(one)]),
      ].sort(byName),
    ),
  };
}
