/**
 * A checked expression as a function. Errors are CelError; `&&` and `||` forget the error of one side when the other side decides.
 * @upstream cel-go interpreter/planner.go, interpreter/interpretable.go
 */
import { elementOf } from './arithmetic.ts';
import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from './ast.ts';
import type { Checked } from './check.ts';
import { TYPE_NAMES } from './declarations.ts';
import { functionNamed } from './library.ts';
import type { Meter } from './meter.ts';
import { escapeField, runtimeName, unescapeField } from './types.ts';
import {
  CelError,
  isMap,
  ListValue,
  listOf,
  type MapValue,
  mapOf,
  Optional,
  TypeValue,
  typeNameOf,
  type Value,
} from './values.ts';

/** Where names are looked up: variables and, inside loops, what those bind. */
interface Activation {
  get(name: string): Value | undefined;
  readonly meter: Meter;
}

export type Evaluate = (activation: Activation) => Value;

interface Plan {
  readonly checked: Checked;
}

const bound = (parent: Activation, name: string, value: () => Value): Activation => ({
  get: (wanted) => (wanted === name ? value() : parent.get(wanted)),
  meter: parent.meter,
});

/** Makes the function. */
export function plan(expr: Expr, checked: Checked): Evaluate {
  return planned(expr, { checked });
}

function planned(expr: Expr, context: Plan): Evaluate {
  const typeName = context.checked.typeNames.get(expr);
  if (typeName !== undefined) {
    const type = TYPE_NAMES[typeName];
    const value = new TypeValue(type ? runtimeName(type) : typeName);
    return () => value;
  }
  const dotted = context.checked.dotted.get(expr);
  if (dotted !== undefined) return planIdent(dotted);
  switch (expr.kind) {
    case 'const': {
      const { value } = expr;
      return () => value;
    }
    case 'ident':
      return planIdent(expr.name.replace(/^\./, ''));
    case 'select':
      return planSelect(expr, context);
    case 'call':
      return planCall(expr, context);
    case 'list':
      return planList(expr, context);
    case 'map':
      return planMap(expr, context);
    case 'struct':
      return planStruct(expr, context);
    default:
      return planLoop(expr, context);
  }
}

function planIdent(name: string): Evaluate {
  return (activation) => {
    const value = activation.get(name);
    activation.meter.attribute();
    if (value === undefined) throw new CelError(`no such attribute(s): ${name}`);
    return value;
  };
}

/** A member of a map or an object; undefined when it is not there. */
function member(operand: Value, field: string): Value | undefined {
  if (operand instanceof Optional) return operand.value === undefined ? undefined : member(operand.value, field);
  if (isMap(operand)) return operand.get(field);
  if (operand instanceof ListValue) throw new CelError(`unsupported index type 'string' in list`);
  throw new CelError('no such overload');
}

function planSelect({ operand, field, testOnly }: SelectExpr, context: Plan): Evaluate {
  const inner = planned(operand, context);
  if (testOnly)
    return (activation) => {
      const value = inner(activation);
      return member(value, field) !== undefined;
    };
  return (activation) => {
    const value = inner(activation);
    activation.meter.attribute();
    const found = member(value, field);
    if (value instanceof Optional) return new Optional(found);
    if (found === undefined) throw new CelError(`no such key: ${unescapeField(field)}`);
    return found;
  };
}

const isOrdered = (value: Value | undefined): boolean =>
  value !== undefined && value !== null && !isMap(value) && !(value instanceof Optional);

function noOverload(name: string, args: readonly Value[]): CelError {
  if (/^(?:_.*_|@in|-_|!_)$/.test(name) && isOrdered(args[0])) return new CelError('no such overload');
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
}

/** A side of && or ||: a truth, or why it has none. */
function truthOf(side: Evaluate, activation: Activation): boolean | CelError {
  try {
    const value = side(activation);
    return typeof value === 'boolean' ? value : new CelError('no such overload');
  } catch (error) {
    if (error instanceof CelError && !activation.meter.isSpent) return error;
    throw error;
  }
}

function planLogic(left: Evaluate, right: Evaluate, decides: boolean): Evaluate {
  return (activation) => {
    const first = truthOf(left, activation);
    if (first === decides) return decides;
    const second = truthOf(right, activation);
    if (second === decides) return decides;
    if (typeof first !== 'boolean') throw first;
    if (typeof second !== 'boolean') throw second;
    return !decides;
  };
}

function planCondition([condition, then, otherwise]: readonly Evaluate[]): Evaluate {
  return (activation) => {
    const decided = condition?.(activation);
    if (typeof decided !== 'boolean') throw new CelError('no such overload');
    return (decided ? then : otherwise)?.(activation) ?? null;
  };
}

/** `a.?b` and `a[?i]`. */
function planOptional([operand, key]: readonly [Evaluate, Evaluate]): Evaluate {
  return (activation) => {
    let container = operand(activation);
    const wanted = key(activation);
    activation.meter.attribute();
    if (container instanceof Optional) {
      if (container.value === undefined) return container;
      container = container.value;
    }
    if (isMap(container)) return new Optional(container.get(wanted));
    if (!(container instanceof ListValue)) throw new CelError('no such overload');
    const isInside = typeof wanted === 'bigint' && wanted >= 0n && wanted < BigInt(container.size);
    return new Optional(isInside ? container.at(Number(wanted)) : undefined);
  };
}

function planIndex([operand, key]: readonly [Evaluate, Evaluate]): Evaluate {
  return (activation) => {
    const container = operand(activation);
    const wanted = key(activation);
    activation.meter.attribute();
    if (container instanceof Optional) {
      if (container.value === undefined) return container;
      return new Optional(elementOf(container.value, wanted));
    }
    const found = elementOf(container, wanted);
    if (found === undefined) throw noOverload('_[_]', [container, wanted]);
    return found;
  };
}

/** What is no function but a way of evaluating. */
function planOperator(name: string, sides: readonly Evaluate[]): Evaluate | undefined {
  const [first, second] = sides as readonly [Evaluate, Evaluate];
  switch (name) {
    case '_&&_':
      return planLogic(first, second, false);
    case '_||_':
      return planLogic(first, second, true);
    case '_?_:_':
      return planCondition(sides);
    case '_?._':
    case '_[?_]':
      return planOptional([first, second]);
    case '_[_]':
      return planIndex([first, second]);
    case '@not_strictly_false':
      return (activation) => truthOf(first, activation) !== false;
    case 'or':
      return planOr(first, second, (optional) => optional);
    case 'orValue':
      return planOr(first, second, ({ value }) => value ?? null);
    default:
      return undefined;
  }
}

function planOr(first: Evaluate, second: Evaluate, unwrap: (optional: Optional) => Value): Evaluate {
  return (activation) => {
    const optional = first(activation);
    if (!(optional instanceof Optional)) throw new CelError('no such overload');
    return optional.value === undefined ? second(activation) : unwrap(optional);
  };
}

function planCall(expr: CallExpr, context: Plan): Evaluate {
  const named = context.checked.named.get(expr);
  const name = named ?? expr.name.replace(/^\./, '');
  const exprs = named === undefined && expr.target ? [expr.target, ...expr.args] : expr.args;
  const sides = exprs.map((arg) => planned(arg, context));
  const operator = planOperator(name, sides);
  if (operator) return operator;
  const call = functionNamed(name);
  if (!call) throw new CelError(`unknown function ${name}`);
  return (activation) => {
    const args = sides.map((side) => side(activation));
    const result = call(...args);
    if (result === undefined) throw noOverload(name, args);
    activation.meter.call(name, args, result);
    return result;
  };
}

function planList({ items, optional }: ListExpr, context: Plan): Evaluate {
  const parts = items.map((item) => planned(item, context));
  return (activation) => {
    const values: Value[] = [];
    for (const [index, part] of parts.entries()) {
      const value = part(activation);
      if (!optional.has(index)) values.push(value);
      else if (!(value instanceof Optional))
        throw new CelError(`cannot initialize optional list element from non-optional value ${typeNameOf(value)}`);
      else if (value.value !== undefined) values.push(value.value);
    }
    activation.meter.create('list');
    return listOf(values);
  };
}

function planMap({ entries }: MapExpr, context: Plan): Evaluate {
  const parts = entries.map(({ key, value, optional }) => ({
    key: planned(key, context),
    value: planned(value, context),
    optional,
  }));
  return (activation) => {
    const values: (readonly [Value, Value])[] = [];
    for (const { key, value, optional } of parts) {
      const name = key(activation);
      const content = value(activation);
      if (!optional) values.push([name, content]);
      else if (!(content instanceof Optional))
        throw new CelError(
          `cannot initialize optional entry '${String(name)}' from non-optional value ${typeNameOf(content)}`,
        );
      else if (content.value !== undefined) values.push([name, content.value]);
    }
    activation.meter.create('map');
    return mapOf(values);
  };
}

/** An object that an expression makes: fields by their names in the API. */
function objectOf(typeName: string, fields: ReadonlyMap<string, Value>): MapValue {
  return {
    kind: 'map',
    typeName,
    size: fields.size,
    get: (key) => (typeof key === 'string' ? (fields.get(key) ?? fields.get(unescapeField(key))) : undefined),
    keys: () => fields.keys(),
  };
}

function planStruct({ type, entries }: StructExpr, context: Plan): Evaluate {
  const parts = entries.map(({ field, value, optional }) => ({
    name: escapeField(field) === undefined ? field : unescapeField(field),
    value: planned(value, context),
    optional,
  }));
  const name = type.replace(/^\./, '');
  return (activation) => {
    const fields = new Map<string, Value>();
    for (const part of parts) {
      const value = part.value(activation);
      if (!part.optional) fields.set(part.name, value);
      else if (!(value instanceof Optional))
        throw new CelError(
          `cannot initialize optional entry '${part.name}' from non-optional value ${typeNameOf(value)}`,
        );
      else if (value.value !== undefined) fields.set(part.name, value.value);
    }
    activation.meter.create('struct');
    return objectOf(name, fields);
  };
}

/** What a loop goes over: one value per round, or two. */
function* rounds(range: Value, hasTwo: boolean): Iterable<readonly [Value, Value]> {
  if (range instanceof ListValue) {
    for (let index = 0; index < range.size; index++)
      yield hasTwo ? [BigInt(index), range.at(index)] : [range.at(index), null];
  } else if (isMap(range)) {
    for (const key of range.keys()) {
      const shown = range.typeName !== undefined && typeof key === 'string' ? (escapeField(key) ?? key) : key;
      yield [shown, hasTwo ? (range.get(key) ?? null) : null];
    }
  } else throw new CelError('no such overload');
}

function planLoop(expr: ComprehensionExpr, context: Plan): Evaluate {
  const { variable, variable2, accumulator } = expr;
  const [range, init, condition, step, result] = [expr.range, expr.init, expr.condition, expr.step, expr.result].map(
    (part) => planned(part, context),
  ) as [Evaluate, Evaluate, Evaluate, Evaluate, Evaluate];
  return (activation) => {
    const over = range(activation);
    let failure: CelError | undefined;
    let held: Value = init(activation);
    const outer = bound(activation, accumulator, () => {
      if (failure) throw failure;
      return held;
    });
    let current: readonly [Value, Value] = [null, null];
    const first = bound(outer, variable, () => current[0]);
    const inner = variable2 === undefined ? first : bound(first, variable2, () => current[1]);
    for (const round of rounds(over, variable2 !== undefined)) {
      current = round;
      if (truthOf(condition, inner) === false) break;
      try {
        held = step(inner);
        failure = undefined;
      } catch (error) {
        if (!(error instanceof CelError) || activation.meter.isSpent) throw error;
        failure = error;
      }
    }
    return result(outer);
  };
}
