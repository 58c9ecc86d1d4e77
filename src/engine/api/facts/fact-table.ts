/**
 * What the models do not tell, written by hand per Go package and struct: `field token token; field token`.
 * A field named `.` speaks of the struct itself. Tokens:
 * - `atomic`, `set`, `map(key,key)`: x-kubernetes-list-type and its keys; `map-atomic`, `map-granular`: x-kubernetes-map-type
 * - `merge(key)`, `merge`, `replace`, `retainKeys`, `merge+retainKeys(key)`: the strategic merge patch strategy and key
 * - `{}`: a struct held by value, so it is never absent; `="TCP"`: another default; `nodefault`: required, yet without one
 * - `quantity`, `raw`, `json`, `@Name`: the type, where the model only says string or any
 * - `ptr`: the default is upstream's wish; Go omits the zero value or holds a pointer
 * - `null`: Go has no omitempty, so an absent list prints as null
 * - `enum(A|B)`: the values OpenAPI lists
 */
export type FactTable = { readonly [goPackage: string]: { readonly [struct: string]: string } };

export interface FieldFacts {
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listKeys?: readonly string[];
  readonly mapAtomic?: boolean;
  readonly patchStrategies?: readonly string[];
  readonly patchMergeKey?: string;
  readonly byValue?: boolean;
  readonly defaultValue?: unknown;
  readonly noDefault?: boolean;
  readonly printsNull?: boolean;
  readonly pointer?: boolean;
  readonly type?: string;
  readonly enumValues?: readonly string[];
  /** From go-type-facts.ts. */
  readonly goType?: string;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function applyToken(facts: Writable<FieldFacts>, token: string): void {
  const open = token.indexOf('(');
  const word = open < 0 ? token : token.slice(0, open);
  const argument = open < 0 ? undefined : token.slice(open + 1, -1);
  if (token.startsWith('=')) facts.defaultValue = JSON.parse(token.slice(1));
  else if (token === '{}') facts.byValue = true;
  else if (token === 'ptr') facts.pointer = true;
  else if (token === 'null') facts.printsNull = true;
  else if (token === 'nodefault') facts.noDefault = true;
  else if (token === 'map-atomic' || token === 'map-granular') facts.mapAtomic = token === 'map-atomic';
  else if (word === 'enum') facts.enumValues = (argument ?? '').split('|');
  else if (word === 'atomic' || word === 'set') facts.listType = word;
  else if (word === 'map') {
    facts.listType = 'map';
    facts.listKeys = (argument ?? '').split(',');
  } else if (word === 'merge' || word === 'replace' || word === 'retainKeys' || word === 'merge+retainKeys') {
    facts.patchStrategies = word.split('+');
    if (argument !== undefined) facts.patchMergeKey = argument;
  } else facts.type = token;
}

/** The facts of one struct, by field. */
export function parseFacts(text: string): ReadonlyMap<string, FieldFacts> {
  const fields = new Map<string, FieldFacts>();
  for (const entry of text.split('; ')) {
    // Values of an enum may hold spaces.
    const [name = '', ...tokens] = entry.split(/ (?![^(]*\))/);
    const facts: Writable<FieldFacts> = {};
    for (const token of tokens) applyToken(facts, token);
    fields.set(name, facts);
  }
  return fields;
}
