/** Calls that are shorthand for loops and tests. @upstream cel-go parser/macro.go, ext/comprehensions.go, cel/library.go */
import type { Expr, ListExpr, MapExpr } from './ast.ts';

type Report = (offset: number, message: string) => void;

interface MacroCall {
  readonly target: Expr;
  readonly args: readonly Expr[];
  readonly offset: number;
  readonly report: Report;
}

/** The accumulator of loops: no expression can name it. */
const ACCUMULATOR = '@result';

const at = (offset: number) => ({
  constant: (value: boolean | bigint): Expr => ({ kind: 'const', value, offset }),
  ident: (name: string): Expr => ({ kind: 'ident', name, offset }),
  call: (name: string, ...args: Expr[]): Expr => ({ kind: 'call', name, target: undefined, args, offset }),
  member: (target: Expr, name: string, ...args: Expr[]): Expr => ({ kind: 'call', name, target, args, offset }),
  list: (...items: Expr[]): ListExpr => ({ kind: 'list', items, optional: new Set(), offset }),
  map: (): MapExpr => ({ kind: 'map', entries: [], offset }),
});

interface Loop {
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** The names of iteration variables, or nothing after an issue. */
function variablesOf({ args, report }: MacroCall, count: number): readonly string[] | undefined {
  const names: string[] = [];
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'ident' || arg.name.startsWith('.')) {
      report(arg.offset, count === 1 ? 'argument must be a simple name' : 'argument must be a simple name');
      return undefined;
    }
    if (names.includes(arg.name)) {
      report(arg.offset, `duplicate variable name: ${arg.name}`);
      return undefined;
    }
    names.push(arg.name);
  }
  return names;
}

function loop(call: MacroCall, count: number, parts: Loop): Expr {
  const names = variablesOf(call, count);
  const { target, offset } = call;
  return {
    kind: 'comprehension',
    range: target,
    variable: names?.[0] ?? '_',
    variable2: count === 2 ? (names?.[1] ?? '_') : undefined,
    accumulator: ACCUMULATOR,
    offset,
    ...parts,
  };
}

type Quantifier = 'all' | 'exists' | 'exists_one';

function quantified(call: MacroCall, kind: Quantifier, count: number): Expr {
  const make = at(call.offset);
  const accumulator = make.ident(ACCUMULATOR);
  const predicate = call.args[count] as Expr;
  if (kind === 'all')
    return loop(call, count, {
      init: make.constant(true),
      condition: make.call('@not_strictly_false', accumulator),
      step: make.call('_&&_', accumulator, predicate),
      result: accumulator,
    });
  if (kind === 'exists')
    return loop(call, count, {
      init: make.constant(false),
      condition: make.call('@not_strictly_false', make.call('!_', accumulator)),
      step: make.call('_||_', accumulator, predicate),
      result: accumulator,
    });
  return loop(call, count, {
    init: make.constant(0n),
    condition: make.constant(true),
    step: make.call('_?_:_', predicate, make.call('_+_', accumulator, make.constant(1n)), accumulator),
    result: make.call('_==_', accumulator, make.constant(1n)),
  });
}

/** map, filter and transformList: a list that grows. */
function listing(call: MacroCall, count: number, filter: Expr | undefined, item: Expr): Expr {
  const make = at(call.offset);
  const accumulator = make.ident(ACCUMULATOR);
  const grown = make.call('_+_', accumulator, make.list(item));
  const step = filter ? make.call('_?_:_', filter, grown, accumulator) : grown;
  return loop(call, count, { init: make.list(), condition: make.constant(true), step, result: accumulator });
}

function mapping(call: MacroCall, filter: Expr | undefined, value: Expr, isEntry: boolean): Expr {
  const make = at(call.offset);
  const accumulator = make.ident(ACCUMULATOR);
  const key = call.args[0] as Expr;
  const grown = isEntry
    ? make.call('cel.@mapInsert', accumulator, value)
    : make.call('cel.@mapInsert', accumulator, key, value);
  const step = filter ? make.call('_?_:_', filter, grown, accumulator) : grown;
  return loop(call, 2, { init: make.map(), condition: make.constant(true), step, result: accumulator });
}

/** optMap and optFlatMap: the expression over what the optional holds. */
function optional(call: MacroCall, flat: boolean): Expr {
  const make = at(call.offset);
  const { target, args } = call;
  const names = variablesOf(call, 1);
  const bound: Expr = {
    kind: 'comprehension',
    range: make.list(),
    variable: '#unused',
    variable2: undefined,
    accumulator: names?.[0] ?? '_',
    init: make.member(target, 'value'),
    condition: make.constant(false),
    step: make.ident(names?.[0] ?? '_'),
    result: args[1] as Expr,
    offset: call.offset,
  };
  const some = flat ? bound : make.call('optional.of', bound);
  return make.call('_?_:_', make.member(target, 'hasValue'), some, make.call('optional.none'));
}

const MACROS: { readonly [nameAndArity: string]: (call: MacroCall) => Expr } = {
  'all/2': (call) => quantified(call, 'all', 1),
  'exists/2': (call) => quantified(call, 'exists', 1),
  'exists_one/2': (call) => quantified(call, 'exists_one', 1),
  'existsOne/2': (call) => quantified(call, 'exists_one', 1),
  'all/3': (call) => quantified(call, 'all', 2),
  'exists/3': (call) => quantified(call, 'exists', 2),
  'exists_one/3': (call) => quantified(call, 'exists_one', 2),
  'existsOne/3': (call) => quantified(call, 'exists_one', 2),
  'map/2': (call) => listing(call, 1, undefined, call.args[1] as Expr),
  'map/3': (call) => listing(call, 1, call.args[1], call.args[2] as Expr),
  'filter/2': (call) => listing(call, 1, call.args[1], call.args[0] as Expr),
  'transformList/3': (call) => listing(call, 2, undefined, call.args[2] as Expr),
  'transformList/4': (call) => listing(call, 2, call.args[2], call.args[3] as Expr),
  'transformMap/3': (call) => mapping(call, undefined, call.args[2] as Expr, false),
  'transformMap/4': (call) => mapping(call, call.args[2], call.args[3] as Expr, false),
  'transformMapEntry/3': (call) => mapping(call, undefined, call.args[2] as Expr, true),
  'transformMapEntry/4': (call) => mapping(call, call.args[2], call.args[3] as Expr, true),
  'optMap/2': (call) => optional(call, false),
  'optFlatMap/2': (call) => optional(call, true),
};

/** `cel.bind(name, value, expression)`. @upstream cel-go ext/bindings.go */
function binding(call: MacroCall): Expr | undefined {
  const { target, args, offset } = call;
  if (target.kind !== 'ident' || target.name !== 'cel') return undefined;
  const [name, init, result] = args as readonly [Expr, Expr, Expr];
  if (name.kind !== 'ident' || name.name.startsWith('.')) {
    call.report(name.offset, 'cel.bind() variable names must be simple identifiers');
    return result;
  }
  const make = at(offset);
  return {
    kind: 'comprehension',
    range: make.list(),
    variable: '#unused',
    variable2: undefined,
    accumulator: name.name,
    init,
    condition: make.constant(false),
    step: make.ident(name.name),
    result,
    offset,
  };
}

/** What the call stands for; undefined when it is no macro. `hasBind`: `cel.bind` is one. */
export function expandMacro(
  name: string,
  target: Expr | undefined,
  args: readonly Expr[],
  offset: number,
  report: Report,
  hasBind: boolean,
): Expr | undefined {
  if (!target) {
    const [arg] = args;
    if (name !== 'has' || args.length !== 1 || !arg) return undefined;
    if (arg.kind === 'select' && !arg.testOnly) return { ...arg, testOnly: true, offset };
    report(arg.offset, 'invalid argument to has() macro');
    return arg;
  }
  if (hasBind && name === 'bind' && args.length === 3) return binding({ target, args, offset, report });
  const macro = MACROS[`${name}/${args.length}`];
  return macro?.({ target, args, offset, report });
}
