/**
 * What evaluating can cost at least and at most, by the sizes that the type of `self` declares.
 * @upstream cel-go checker/cost.go; staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go
 */
import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr } from './ast.ts';
import type { Checked, Environment } from './check.ts';
import { estimateCall, type Operand } from './cost-calls.ts';
import {
  type Cost,
  exactly,
  NOTHING,
  ONE,
  plus,
  product,
  type Range,
  UNBOUNDED,
  UNKNOWN,
  union,
} from './cost-range.ts';
import type { Overload } from './declarations.ts';
import { type CelType, optionalOf, unescapeField } from './types.ts';

export type { Cost } from './cost-range.ts';

/** Names from a variable to a value; `@items`, `@keys`, `@values`, `@indices` are what loops and indexes reach. */
type Path = readonly string[];

/** How large what is in a list or map is. */
interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface LocalVariable {
  readonly path: Path;
  readonly size: Range | undefined;
  readonly entries: EntrySize | undefined;
}

const CREATE_LIST = 10;
const CREATE_MAP = 30;
const CREATE_STRUCT = 40;
/** No element: what the first one widens. */
const NONE: Range = { min: UNBOUNDED, max: 0 };
const ACCUMULATOR = '@result';

function joinEntries(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  return a && b && { container: a.container, key: union(a.key, b.key), value: union(a.value, b.value) };
}

function isScalar(type: CelType): boolean {
  const inner = optionalOf(type);
  if (inner) return isScalar(inner);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}

/** The size of what is written in the expression itself. */
function writtenSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return exactly(expr.items.length);
  if (expr.kind === 'map') return exactly(expr.entries.length);
  if (expr.kind !== 'const') return undefined;
  if (typeof expr.value === 'string') return exactly([...expr.value].length);
  return exactly(expr.value instanceof Uint8Array ? expr.value.length : 1);
}

/** How large a value of the type may be; what has no size of its own counts nothing. */
function declaredSize(type: CelType): Range | undefined {
  switch (type.kind) {
    case 'list':
    case 'map':
      return type.maxElements === undefined ? undefined : { min: 0, max: type.maxElements };
    case 'string':
    case 'bytes':
    case 'dyn':
    case 'any':
    case 'timestamp':
    case 'duration':
      return type.maxLength === undefined ? undefined : { min: 0, max: type.maxLength };
    default:
      return 'maxLength' in type && type.maxLength !== undefined ? { min: 0, max: type.maxLength } : NOTHING;
  }
}

function memberType(type: CelType, name: string): CelType | undefined {
  if (name === '@items' || name === '@values') {
    if (type.kind === 'list') return type.item;
    return type.kind === 'map' ? type.value : undefined;
  }
  if (name === '@keys') return type.kind === 'map' ? type.key : undefined;
  // Whatever its name: attributes of a device.
  if (type.kind === 'map' && type.value.kind === 'any') return type.value;
  return type.kind === 'object' ? (type.fields.get(unescapeField(name)) ?? type.fields.get(name))?.type : undefined;
}

class Coster {
  readonly #checked: Checked;
  readonly #root: CelType | undefined;
  readonly #paths = new Map<Expr, Path>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, EntrySize>();
  readonly #locals = new Map<string, LocalVariable[]>();

  constructor(checked: Checked, root: CelType | undefined) {
    this.#checked = checked;
    this.#root = root;
  }

  cost(expr: Expr): Cost {
    switch (expr.kind) {
      case 'const':
        return NOTHING;
      case 'ident':
        this.#paths.set(expr, this.#local(expr.name)?.path ?? [expr.name]);
        return ONE;
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return plus(...expr.entries.map(({ value }) => this.cost(value)), exactly(CREATE_STRUCT));
      default:
        return isBinding(expr) ? this.#binding(expr) : this.#comprehension(expr);
    }
  }

  #local(name: string): LocalVariable | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, variable: LocalVariable): void {
    const stack = this.#locals.get(name);
    if (stack) stack.push(variable);
    else this.#locals.set(name, [variable]);
  }

  #pop(...names: readonly (string | undefined)[]): void {
    for (const name of names) if (name !== undefined) this.#locals.get(name)?.pop();
  }

  #path(expr: Expr): Path {
    const local = expr.kind === 'ident' ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr) ?? [];
  }

  /** What the type of `self` says. Upstream does not ask which variable a path begins with. */
  #declared(path: Path): Range | undefined {
    if (path.length === 0) return undefined;
    let type = this.#root;
    for (const name of path.slice(1)) type = type && memberType(type, name);
    return type && declaredSize(type);
  }

  #size(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? writtenSize(expr);
    if (known) return known;
    const declared = this.#declared(this.#path(expr));
    if (declared) this.#sizes.set(expr, declared);
    if (declared) return declared;
    if (isScalar(this.#checked.typeOf(expr))) return ONE;
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined;
  }

  #entrySize(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.entries : undefined);
  }

  #note(expr: Expr, size: Range | undefined, entries: EntrySize | undefined): void {
    if (size) this.#sizes.set(expr, size);
    if (entries) this.#entries.set(expr, entries);
  }

  #select(expr: SelectExpr): Cost {
    const variable = this.#checked.dotted.get(expr);
    if (variable !== undefined) {
      this.#paths.set(expr, [variable]);
      return ONE;
    }
    const cost = this.cost(expr.operand);
    if (expr.testOnly) return cost;
    this.#paths.set(expr, [...this.#path(expr.operand), expr.field]);
    const { kind } = this.#checked.typeOf(expr.operand);
    return kind === 'map' || kind === 'object' || kind === 'param' ? plus(cost, ONE) : cost;
  }

  #operand(expr: Expr): Operand {
    const path = this.#path(expr);
    const known = path[0] === ACCUMULATOR ? [] : path;
    const type = this.#checked.typeOf(expr);
    const itemSize = () => (known.length > 0 ? this.#declared([...known, '@items']) : undefined) ?? UNKNOWN;
    return { expr, type, size: this.#size(expr), itemSize };
  }

  #call(expr: CallExpr): Cost {
    const qualified = this.#checked.named.get(expr);
    const name = qualified ?? expr.name.replace(/^\./, '');
    const [first, second, third] = expr.args;
    if (name === 'dyn' && first) {
      const cost = plus(ONE, this.cost(first));
      this.#note(expr, this.#size(first), this.#entrySize(first));
      return cost;
    }
    const costs = expr.args.map((arg) => this.cost(arg));
    if (name === '_?_:_') return this.#conditional(expr, costs, second as Expr, third as Expr);
    if (name === '_&&_' || name === '_||_') return this.#logical(expr, costs);
    const args = expr.args.map((arg) => this.#operand(arg));
    const member = qualified === undefined ? expr.target : undefined;
    const targetCost = member ? this.cost(member) : NOTHING;
    const target = member && this.#operand(member);
    let cost = NONE;
    let size: Range | undefined;
    for (const overload of this.#checked.overloads.get(expr) ?? [undefined]) {
      const estimate = estimateCall(name, { target, args, overload });
      cost = union(cost, estimate.cost);
      if (estimate.size) size = size ? union(size, estimate.size) : estimate.size;
      if (name === '_[_]' && first) size = this.#index(expr, first, overload) ?? size;
      if (name === '_+_' && first && second && estimate.size)
        this.#note(expr, undefined, joinEntries(this.#entrySize(first), this.#entrySize(second)));
      size ??= this.#size(expr);
    }
    this.#note(expr, size, undefined);
    return plus(targetCost, cost, ...costs);
  }

  /** Notes where an index leads and answers how large that is. */
  #index(expr: CallExpr, container: Expr, overload: Overload | undefined): Range | undefined {
    const kind = overload?.params[0]?.kind;
    if (kind !== 'list' && kind !== 'map') return undefined;
    this.#paths.set(expr, [...this.#path(container), kind === 'list' ? '@items' : '@values']);
    return this.#entrySize(container)?.value;
  }

  #conditional(expr: CallExpr, [condition, then, otherwise]: readonly Cost[], yes: Expr, no: Expr): Cost {
    const size = union(this.#size(yes) ?? UNKNOWN, this.#size(no) ?? UNKNOWN);
    this.#note(expr, size, joinEntries(this.#entrySize(yes), this.#entrySize(no)));
    return plus(condition ?? NOTHING, union(then ?? NOTHING, otherwise ?? NOTHING));
  }

  /** The right side may never be looked at. */
  #logical(expr: CallExpr, [left = NOTHING, right = NOTHING]: readonly Cost[]): Cost {
    this.#note(expr, this.#size(expr), undefined);
    return { min: left.min, max: plus(left, right).max };
  }

  #list(expr: ListExpr): Cost {
    const costs: Cost[] = [];
    let value = expr.items.length === 0 ? NOTHING : NONE;
    for (const item of expr.items) {
      costs.push(this.cost(item));
      value = union(value, this.#size(item) ?? UNKNOWN);
    }
    this.#note(expr, undefined, { container: 'list', key: ONE, value });
    return plus(...costs, exactly(CREATE_LIST));
  }

  #map(expr: MapExpr): Cost {
    const costs: Cost[] = [];
    let key = expr.entries.length === 0 ? NOTHING : NONE;
    let value = key;
    for (const entry of expr.entries) {
      costs.push(this.cost(entry.key), this.cost(entry.value));
      key = union(key, this.#size(entry.key) ?? UNKNOWN);
      value = union(value, this.#size(entry.value) ?? UNKNOWN);
    }
    this.#note(expr, undefined, { container: 'map', key, value });
    return plus(...costs, exactly(CREATE_MAP));
  }

  #variableOf(range: Expr, which: 'key' | 'value'): LocalVariable {
    const entries = this.#entrySize(range);
    const isList = (entries?.container ?? this.#checked.typeOf(range).kind) === 'list';
    const names = which === 'key' ? (['@indices', '@keys'] as const) : (['@items', '@values'] as const);
    return { path: [...this.#path(range), names[isList ? 0 : 1]], size: entries?.[which], entries: undefined };
  }

  #bound(init: Expr): LocalVariable {
    return { path: this.#path(init), size: this.#size(init), entries: this.#entrySize(init) };
  }

  #comprehension(expr: ComprehensionExpr): Cost {
    const { range, init, variable, variable2, accumulator } = expr;
    const before = plus(this.cost(range), this.cost(init));
    this.#push(accumulator, this.#bound(init));
    const isList = (this.#entrySize(range)?.container ?? this.#checked.typeOf(range).kind) === 'list';
    this.#push(variable, this.#variableOf(range, variable2 === undefined && isList ? 'value' : 'key'));
    if (variable2 !== undefined) this.#push(variable2, this.#variableOf(range, 'value'));
    const condition = this.cost(expr.condition);
    const step = this.cost(expr.step);
    this.#pop(variable, variable2);
    const result = this.cost(expr.result);
    this.#pop(accumulator);
    const count = this.#size(range) ?? UNKNOWN;
    if (init.kind === 'const') this.#note(expr, this.#size(init), undefined);
    else if (init.kind === 'list' || init.kind === 'map') this.#note(expr, count, this.#entrySize(expr.step));
    return plus(before, result, product(count, plus(step, condition)));
  }

  #binding(expr: ComprehensionExpr): Cost {
    const { range, init, accumulator, result } = expr;
    const before = plus(this.cost(range), this.cost(init));
    this.#push(accumulator, this.#bound(init));
    const cost = plus(before, this.cost(result));
    this.#pop(accumulator);
    this.#note(expr, this.#size(result), this.#entrySize(result));
    return cost;
  }
}

/** Whether a loop only gives a value a name: `optMap`. */
const isBinding = ({ range, condition, accumulator }: ComprehensionExpr): boolean =>
  range.kind === 'list' &&
  range.items.length === 0 &&
  condition.kind === 'const' &&
  condition.value === false &&
  accumulator !== ACCUMULATOR;

/** The bounds for a checked expression. Sizes come from the variable `self`, or `device`; without one everything is unbounded. */
export function estimateCost(expr: Expr, checked: Checked, environment: Environment): Cost {
  const { self, device } = environment.variables;
  const root = self ?? device;
  return new Coster(checked, root && (optionalOf(root) ?? root)).cost(expr);
}
