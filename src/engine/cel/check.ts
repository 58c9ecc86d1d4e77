/** Types of every part of an expression, and what does not fit. @upstream cel-go checker/checker.go */
import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from './ast.ts';
import { constantType } from './constant-type.ts';
import { declarations, type Overload, TYPE_NAMES } from './declarations.ts';
import type { CelIssue } from './source.ts';
import {
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatType,
  INT,
  isDyn,
  listType,
  mapType,
  type ObjectType,
  optionalOf,
  optionalType,
  STRING,
  Substitution,
  unescapeField,
} from './types.ts';

/** What an expression may name. */
export interface Environment {
  readonly variables: { readonly [name: string]: CelType };
  /** Objects that an expression may make, by name: `Object.spec`. With them come the functions of patches. */
  readonly types?: (name: string) => ObjectType | undefined;
}

/** What checking found out. */
export interface Checked {
  readonly issues: readonly CelIssue[];
  readonly type: CelType;
  typeOf(expr: Expr): CelType;
  /** The function with a dotted name that a call means, when what stands before the last dot is no value. */
  readonly named: ReadonlyMap<Expr, string>;
  readonly typeNames: ReadonlyMap<Expr, string>;
  /** What a call may mean: with dyn more than one. */
  readonly overloads: ReadonlyMap<Expr, readonly Overload[]>;
  /** Selections that are a variable with a dotted name. */
  readonly dotted: ReadonlyMap<Expr, string>;
}

/** `a.b.c` as text; undefined when the expression is more than names. */
function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

const PATCH_FUNCTION = 'jsonpatch.escapeKey';

class Checker {
  readonly #environment: Environment;
  readonly #scopes: Map<string, CelType>[] = [];
  readonly #types = new Map<Expr, CelType>();
  readonly #substitution = new Substitution();
  readonly issues: CelIssue[] = [];
  readonly named = new Map<Expr, string>();
  readonly typeNames = new Map<Expr, string>();
  readonly overloads = new Map<Expr, readonly Overload[]>();
  readonly dotted = new Map<Expr, string>();
  #fresh = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  typeOf(expr: Expr): CelType {
    return this.#substitution.apply(this.#types.get(expr) ?? DYN, true);
  }

  #issue(offset: number, message: string): void {
    this.issues.push({ offset, message });
  }

  check(expr: Expr): CelType {
    const type = this.#check(expr);
    this.#types.set(expr, type);
    return type;
  }

  #check(expr: Expr): CelType {
    switch (expr.kind) {
      case 'const':
        return constantType(expr.value);
      case 'ident':
        return this.#ident(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      default:
        return this.#comprehension(expr);
    }
  }

  #variable(name: string): CelType | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name;
    if (plain === name) for (const scope of this.#scopes.toReversed()) if (scope.has(plain)) return scope.get(plain);
    const { variables } = this.#environment;
    return Object.hasOwn(variables, plain) ? variables[plain] : undefined;
  }

  #ident(expr: Expr, name: string): CelType {
    const variable = this.#variable(name);
    if (variable) return variable;
    const type = this.#typeName(name);
    if (type) {
      this.typeNames.set(expr, name);
      return { kind: 'type', of: type };
    }
    this.#issue(expr.offset, `undeclared reference to '${name}' (in container '')`);
    return ERROR;
  }

  #typeName(name: string): CelType | undefined {
    return Object.hasOwn(TYPE_NAMES, name) ? TYPE_NAMES[name] : this.#environment.types?.(name);
  }

  #select(expr: SelectExpr): CelType {
    const qualified = expr.testOnly ? undefined : qualifiedName(expr);
    if (qualified && Object.hasOwn(this.#environment.variables, qualified)) {
      this.dotted.set(expr, qualified);
      return this.#environment.variables[qualified] as CelType;
    }
    const named = qualified && !this.#variable(qualified.split('.')[0] ?? '') ? this.#typeName(qualified) : undefined;
    if (named && qualified) {
      this.typeNames.set(expr, qualified);
      return { kind: 'type', of: named };
    }
    const operand = this.#substitution.apply(this.check(expr.operand), false);
    const inner = optionalOf(operand);
    const field = this.#field(expr, inner ?? operand, expr.field, expr.testOnly);
    if (expr.testOnly) return BOOL;
    return inner && !optionalOf(field) ? optionalType(field) : field;
  }

  #field(expr: Expr, operand: CelType, name: string, _testOnly: boolean): CelType {
    switch (operand.kind) {
      case 'dyn':
      case 'any':
      case 'error':
        return DYN;
      case 'map':
        return operand.value;
      case 'param':
        this.#substitution.assign(DYN, operand);
        return DYN;
      case 'object': {
        const field = operand.fields.get(unescapeField(name)) ?? operand.fields.get(name);
        if (field) return field.type;
        this.#issue(expr.offset, `undefined field '${name}'`);
        return ERROR;
      }
      default:
        // Upstream declares its types as objects, and nobody knows their fields.
        if (operand.kind === 'opaque' && operand.name.startsWith('kubernetes.authorization.'))
          this.#issue(expr.offset, `unexpected failed resolution of '${operand.name}'`);
        else this.#issue(expr.offset, `type '${formatType(operand)}' does not support field selection`);
        return ERROR;
    }
  }

  #optionalSelect(expr: CallExpr): CelType {
    const [operand, field] = expr.args as [Expr, Expr];
    const type = this.#substitution.apply(this.check(operand), false);
    this.#types.set(field, STRING);
    const name = field.kind === 'const' && typeof field.value === 'string' ? field.value : '';
    const found = this.#field(expr, optionalOf(type) ?? type, name, false);
    return optionalOf(found) ? found : optionalType(found);
  }

  #call(expr: CallExpr): CelType {
    const { name, target, args } = expr;
    if (name === '_?._') return this.#optionalSelect(expr);
    const functions = declarations();
    const known = (wanted: string) => {
      const plain = wanted.startsWith('.') ? wanted.slice(1) : wanted;
      return plain === PATCH_FUNCTION && !this.#environment.types ? undefined : functions.get(plain);
    };
    if (!target) {
      const overloads = known(name);
      if (overloads) return this.#resolve(expr, name, overloads, undefined, args);
      for (const arg of args) this.check(arg);
      return this.#undeclared(expr, name);
    }
    const qualified = qualifiedName(target);
    const full = qualified === undefined ? undefined : `${qualified}.${name}`;
    const namespaced = full && !this.#variable(qualified?.split('.')[0] ?? '') ? known(full) : undefined;
    if (namespaced && full) {
      this.named.set(expr, full.startsWith('.') ? full.slice(1) : full);
      return this.#resolve(expr, full, namespaced, undefined, args);
    }
    const overloads = known(name);
    if (overloads) return this.#resolve(expr, name, overloads, target, args);
    this.check(target);
    for (const arg of args) this.check(arg);
    return this.#undeclared(expr, name);
  }

  #undeclared(expr: Expr, name: string): CelType {
    this.#issue(expr.offset, `undeclared reference to '${name}' (in container '')`);
    return ERROR;
  }

  #resolve(
    expr: Expr,
    name: string,
    overloads: readonly Overload[],
    target: Expr | undefined,
    args: readonly Expr[],
  ): CelType {
    const given = (target ? [target, ...args] : args).map((arg) => this.check(arg));
    let result: CelType | undefined;
    const fitting: Overload[] = [];
    for (const overload of overloads) {
      if (overload.isMember !== (target !== undefined) || overload.params.length !== given.length) continue;
      const scope = new Map<string, CelType>();
      const trial = this.#substitution.copy();
      const fits = overload.params.every((param, index) =>
        trial.assign(given[index] as CelType, this.#renamed(param, scope)),
      );
      if (!fits) continue;
      fitting.push(overload);
      this.#substitution.adopt(trial);
      const own = this.#substitution.apply(this.#renamed(overload.result, scope), false);
      if (!result) result = own;
      else if (!isDyn(result) && formatType(own) !== formatType(result)) result = DYN;
    }
    this.overloads.set(expr, fitting);
    if (result) return result;
    if (given.some(({ kind }) => kind === 'error')) return ERROR;
    const shown = given.map((type) => formatType(this.#substitution.apply(type, true)));
    const applied = target ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    this.#issue(expr.offset, `found no matching overload for '${name}' applied to '${applied}'`);
    return ERROR;
  }

  /** The type with parameters of its own, so that two calls do not share them. */
  #renamed(type: CelType, scope: Map<string, CelType>): CelType {
    switch (type.kind) {
      case 'param': {
        const known = scope.get(type.name) ?? this.#freshParam();
        scope.set(type.name, known);
        return known;
      }
      case 'list':
        return listType(this.#renamed(type.item, scope));
      case 'map':
        return mapType(this.#renamed(type.key, scope), this.#renamed(type.value, scope));
      case 'opaque':
        return type.params.length === 0
          ? type
          : { ...type, params: type.params.map((param) => this.#renamed(param, scope)) };
      case 'type':
        return { kind: 'type', of: this.#renamed(type.of, scope) };
      default:
        return type;
    }
  }

  #freshParam(): CelType {
    return { kind: 'param', name: `_var${this.#fresh++}` };
  }

  /** The common type of elements: literals are homogeneous in Kubernetes. */
  #join(expr: Expr, previous: CelType | undefined, current: CelType): CelType {
    if (!previous) return current;
    const trial = this.#substitution.copy();
    if (trial.assign(current, previous) || trial.assign(previous, current)) {
      this.#substitution.adopt(trial);
      return isDyn(current) || previous.kind === 'null' ? current : previous;
    }
    this.#expected(expr, previous, current);
    return ERROR;
  }

  #expected(expr: Expr, wanted: CelType, found: CelType): void {
    const show = (type: CelType) => formatType(this.#substitution.apply(type, true));
    this.#issue(expr.offset, `expected type '${show(wanted)}' but found '${show(found)}'`);
  }

  #list({ items, optional }: ListExpr): CelType {
    let item: CelType | undefined;
    for (const [index, expr] of items.entries()) {
      let type = this.check(expr);
      if (optional.has(index)) type = this.#unwrapped(expr, type);
      item = this.#join(expr, item, type);
    }
    return listType(item ?? this.#freshParam());
  }

  #unwrapped(expr: Expr, type: CelType): CelType {
    const inner = optionalOf(this.#substitution.apply(type, false));
    if (inner) return inner;
    if (!isDyn(type)) this.#expected(expr, optionalType(type), type);
    return type;
  }

  #map({ entries }: MapExpr): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of entries) {
      key = this.#join(entry.key, key, this.check(entry.key));
      let type = this.check(entry.value);
      if (entry.optional) type = this.#unwrapped(entry.value, type);
      value = this.#join(entry.value, value, type);
    }
    return mapType(key ?? this.#freshParam(), value ?? this.#freshParam());
  }

  #struct(expr: StructExpr): CelType {
    const type = this.#environment.types?.(expr.type.startsWith('.') ? expr.type.slice(1) : expr.type);
    if (!type) {
      for (const { value } of expr.entries) this.check(value);
      this.#issue(expr.offset, `undeclared reference to '${expr.type}' (in container '')`);
      return ERROR;
    }
    for (const { field, offset, value, optional } of expr.entries) {
      let found = this.check(value);
      if (optional) found = this.#unwrapped(value, found);
      const wanted = type.fields.get(unescapeField(field)) ?? type.fields.get(field);
      if (!wanted && !type.open) {
        this.#issue(offset, `undefined field '${field}'`);
      } else if (!this.#substitution.assign(found, wanted?.type ?? DYN)) {
        const show = (shown: CelType) => formatType(this.#substitution.apply(shown, true));
        this.#issue(
          offset,
          `expected type of field '${field}' is '${show(wanted?.type ?? DYN)}' but provided type is '${show(found)}'`,
        );
      }
    }
    return type;
  }

  #rangeTypes(range: Expr, hasTwo: boolean): readonly [CelType, CelType] {
    const type = this.#substitution.apply(this.check(range), false);
    switch (type.kind) {
      case 'list':
        return hasTwo ? [INT, type.item] : [type.item, DYN];
      case 'map':
        return [type.key, type.value];
      case 'dyn':
      case 'error':
        return [DYN, DYN];
      case 'param':
        this.#substitution.assign(DYN, type);
        return [DYN, DYN];
      default:
        this.#issue(
          range.offset,
          `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [ERROR, ERROR];
    }
  }

  #comprehension(expr: ComprehensionExpr): CelType {
    const [first, second] = this.#rangeTypes(expr.range, expr.variable2 !== undefined);
    const accumulator = this.check(expr.init);
    this.#scopes.push(new Map([[expr.accumulator, accumulator]]));
    const variables = new Map([[expr.variable, first]]);
    if (expr.variable2 !== undefined) variables.set(expr.variable2, second);
    this.#scopes.push(variables);
    const condition = this.check(expr.condition);
    if (!this.#substitution.assign(condition, BOOL)) this.#expected(expr.condition, BOOL, condition);
    const step = this.check(expr.step);
    if (!this.#substitution.assign(step, accumulator)) this.#expected(expr.step, accumulator, step);
    this.#scopes.pop();
    const result = this.check(expr.result);
    this.#scopes.pop();
    return this.#substitution.apply(result, false);
  }
}

/** Types an expression in an environment. */
export function check(expr: Expr, environment: Environment): Checked {
  const checker = new Checker(environment);
  checker.check(expr);
  return {
    issues: checker.issues,
    type: checker.typeOf(expr),
    typeOf: (part) => checker.typeOf(part),
    named: checker.named,
    typeNames: checker.typeNames,
    overloads: checker.overloads,
    dotted: checker.dotted,
  };
}
