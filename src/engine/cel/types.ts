/** Types of expressions, their names in messages, and which fits where. @upstream cel-go checker/types.go, common/types/types.go */

type PrimitiveKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'null'
  | 'dyn'
  /** google.protobuf.Any: dyn, but nothing to go over. */
  | 'any'
  | 'timestamp'
  | 'duration'
  /** Of what is already an issue. */
  | 'error';

/** Sizes are bounds for the cost estimate; absent: unbounded. */
export type CelType =
  | { readonly kind: PrimitiveKind | 'string' | 'bytes'; readonly maxLength?: number }
  | {
      readonly kind: 'list';
      readonly item: CelType;
      readonly maxElements?: number;
      readonly listType?: 'set' | 'map';
      readonly mapKeys?: readonly string[];
    }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType; readonly maxElements?: number }
  | ObjectType
  /** A library's own type, `optional_type` among them. */
  | { readonly kind: 'opaque'; readonly name: string; readonly params: readonly CelType[] }
  | { readonly kind: 'type'; readonly of: CelType }
  | { readonly kind: 'param'; readonly name: string };

export interface ObjectField {
  readonly type: CelType;
  readonly required?: boolean;
}

/** An object with known fields, by their names in the API: expressions escape what is no identifier. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: ReadonlyMap<string, ObjectField>;
  /** Also maps may be read as this object and the other way round: Object{} of mutating policies. */
  readonly open?: boolean;
}

const simple = <K extends PrimitiveKind | 'string' | 'bytes'>(kind: K) => Object.freeze({ kind });

export const BOOL: CelType = simple('bool');
export const INT: CelType = simple('int');
export const UINT: CelType = simple('uint');
export const DOUBLE: CelType = simple('double');
export const STRING: CelType = simple('string');
export const BYTES: CelType = simple('bytes');
export const NULL: CelType = simple('null');
export const DYN: CelType = simple('dyn');
export const ERROR: CelType = simple('error');
export const TIMESTAMP: CelType = simple('timestamp');
export const DURATION: CelType = simple('duration');

export const listType = (item: CelType): CelType => ({ kind: 'list', item });
export const mapType = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value });
export const opaqueType = (name: string, ...params: CelType[]): CelType => ({ kind: 'opaque', name, params });
export const optionalType = (of: CelType): CelType => opaqueType('optional_type', of);

/** The type inside an optional; undefined when it is none. */
export const optionalOf = (type: CelType): CelType | undefined =>
  type.kind === 'opaque' && type.name === 'optional_type' ? type.params[0] : undefined;

export const isDyn = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'any' || kind === 'error';

/** As messages print it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.item)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'object':
      return type.name;
    case 'opaque':
      return type.params.length > 0 ? `${type.name}(${type.params.map(formatType).join(', ')})` : type.name;
    case 'type':
      return `type(${formatType(type.of)})`;
    case 'param':
      return type.name;
    case 'error':
      return '!error!';
    default:
      return type.kind;
  }
}

/** The type's name at run time: what `type(x)` says. */
export function runtimeName(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null_type';
    case 'any':
      return 'google.protobuf.Any';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'object':
    case 'opaque':
    case 'param':
      return type.name;
    default:
      return type.kind;
  }
}

/** A type as Go's `String` says it: by the names that types have at run time. */
export function declaredName(type: CelType): string {
  const inside = (...types: readonly CelType[]): string => `(${types.map(declaredName).join(', ')})`;
  switch (type.kind) {
    case 'list':
      return `list${inside(type.item)}`;
    case 'map':
      return `map${inside(type.key, type.value)}`;
    case 'opaque':
      return type.params.length > 0 ? `${type.name}${inside(...type.params)}` : type.name;
    case 'type':
      return `type${inside(type.of)}`;
    default:
      return runtimeName(type);
  }
}

/** What a variable that is composed of an expression is declared as: of structures only lists and maps keep their type. */
export function composedType(type: CelType): CelType {
  if (type.kind === 'list') return listType(composedType(type.item));
  if (type.kind === 'map') return mapType(composedType(type.key), composedType(type.value));
  return ['object', 'opaque', 'type', 'param', 'error'].includes(type.kind) ? DYN : type;
}

/** What type parameters stand for so far. */
export class Substitution {
  #bound: Map<string, CelType>;
  constructor(bound: Map<string, CelType> = new Map()) {
    this.#bound = bound;
  }

  copy(): Substitution {
    return new Substitution(new Map(this.#bound));
  }

  /** Takes over what a copy has found out. */
  adopt(other: Substitution): void {
    this.#bound = other.#bound;
  }

  /** The type without parameters that are bound; `final`: what is still free is dyn. */
  apply(type: CelType, final: boolean): CelType {
    switch (type.kind) {
      case 'param': {
        const bound = this.#bound.get(type.name);
        if (bound) return this.apply(bound, final);
        return final ? DYN : type;
      }
      case 'list':
        return { ...type, item: this.apply(type.item, final) };
      case 'map':
        return { ...type, key: this.apply(type.key, final), value: this.apply(type.value, final) };
      case 'opaque':
        return type.params.length === 0
          ? type
          : { ...type, params: type.params.map((param) => this.apply(param, final)) };
      case 'type':
        return { kind: 'type', of: this.apply(type.of, final) };
      default:
        return type;
    }
  }

  /** Whether a value of `from` may stand where `to` is wanted. Binds parameters on the way, also when the answer is no. */
  assign(from: CelType, to: CelType): boolean {
    if (from === to) return true;
    if (to.kind === 'param') {
      const bound = this.#bind(from, to.name);
      if (bound !== undefined) return bound;
    }
    if (from.kind === 'param') {
      const bound = this.#bind(to, from.name);
      if (bound !== undefined) return bound;
      return false;
    }
    if (to.kind === 'param') return false;
    if (isDyn(from) || isDyn(to)) return true;
    if (from.kind === 'null') return isNullable(to);
    if (to.kind === 'null') return isNullable(from);
    return this.#assignParts(from, to);
  }

  #assignParts(from: CelType, to: CelType): boolean {
    if (from.kind === 'list' && to.kind === 'list') return this.assign(from.item, to.item);
    if (from.kind === 'map' && to.kind === 'map')
      return this.assign(from.key, to.key) && this.assign(from.value, to.value);
    if (from.kind === 'object' && to.kind === 'object') return from.name === to.name;
    if (from.kind === 'opaque' && to.kind === 'opaque') {
      if (from.name !== to.name || from.params.length !== to.params.length) return false;
      return from.params.every((param, index) => this.assign(param, to.params[index] as CelType));
    }
    return from.kind === to.kind;
  }

  /** undefined: the other side is to decide. */
  #bind(type: CelType, param: string): boolean | undefined {
    if (type.kind === 'param' && type.name === param) return true;
    const bound = this.#bound.get(param);
    if (bound) {
      if (!this.assign(type, bound)) return false;
      const general = isDyn(bound) ? bound : isDyn(type) || bound.kind === 'null' ? type : bound;
      if (!this.#mentions(general, param)) this.#bound.set(param, general);
      return true;
    }
    if (this.#mentions(type, param)) return undefined;
    this.#bound.set(param, type);
    return true;
  }

  #mentions(type: CelType, param: string): boolean {
    switch (type.kind) {
      case 'param': {
        if (type.name === param) return true;
        const bound = this.#bound.get(type.name);
        return bound !== undefined && this.#mentions(bound, param);
      }
      case 'list':
        return this.#mentions(type.item, param);
      case 'map':
        return this.#mentions(type.key, param) || this.#mentions(type.value, param);
      case 'opaque':
        return type.params.some((inner) => this.#mentions(inner, param));
      default:
        return false;
    }
  }
}

const NULLABLE = new Set<CelType['kind']>(['null', 'object', 'opaque', 'timestamp', 'duration']);
const isNullable = (type: CelType): boolean => NULLABLE.has(type.kind);

const ESCAPES: readonly (readonly [string, string])[] = [
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
];
const RESERVED = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

/** A field's name as expressions write it; undefined for a name that cannot be written. @upstream staging/src/k8s.io/apiserver/pkg/cel/escaping.go */
export function escapeField(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9._\-/]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[.\-/]/g, (part) => ESCAPES.find(([plain]) => plain === part)?.[1] ?? part);
}

/** The field's name in the API. */
export function unescapeField(name: string): string {
  const word = /^__([a-z]+)__$/.exec(name)?.[1];
  if (word && RESERVED.has(word)) return word;
  return name.replace(
    /__(?:underscores|dot|dash|slash)__/g,
    (part) => ESCAPES.find(([, escaped]) => escaped === part)?.[0] ?? part,
  );
}
