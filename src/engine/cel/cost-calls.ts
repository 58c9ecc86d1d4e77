/** What calls cost at least and at most, and how large their results are. @upstream cel-go checker/cost.go, ext/sets.go; staging/src/k8s.io/apiserver/pkg/cel/library/cost.go */
import type { Expr } from './ast.ts';
import {
  type Cost,
  exactly,
  ONE,
  plus,
  product,
  type Range,
  REGEX,
  scaled,
  TRAVERSAL,
  UNBOUNDED,
  UNKNOWN,
} from './cost-range.ts';
import type { Overload } from './declarations.ts';
import { type CelType, formatType } from './types.ts';

/** An operand of a call, as far as its size is known. */
export interface Operand {
  readonly expr: Expr;
  readonly type: CelType;
  readonly size: Range | undefined;
  /** The size of a list's items. */
  itemSize(): Range;
}

/** A call with one of the overloads that it may mean. */
export interface Call {
  readonly target: Operand | undefined;
  readonly args: readonly Operand[];
  readonly overload: Overload | undefined;
}

export interface CallEstimate {
  /** Without its arguments. */
  readonly cost: Cost;
  readonly size?: Range;
}

type Estimate = (call: Call) => CallEstimate | undefined;

const AUTHORIZATION_CHECK = 350_000;
/** A requirement of a selector takes two characters, a struct and a list. */
const REQUIREMENTS_PER_CHARACTER = 0.5;
const REQUIREMENT = 50;
const SELECTOR = 10;
const LONGEST_FORMAT_REGEX = 128;
const LARGEST_FORMAT = 64;
/** The bytes of an address. */
const ADDRESS: Range = { min: 4, max: 16 };

const sizeOf = (operand: Operand | undefined): Range => operand?.size ?? UNKNOWN;
const kindOf = (type: CelType | undefined): CelType['kind'] | undefined => type?.kind;
const isText = (type: CelType | undefined): boolean => type?.kind === 'string' || type?.kind === 'bytes';
const traversal = (size: Range, times = 1): Cost => scaled(size, times * TRAVERSAL);

const nominal: Estimate = () => ({ cost: ONE });
const check: Estimate = () => ({ cost: exactly(AUTHORIZATION_CHECK) });
const readsArgument =
  (times = 1): Estimate =>
  ({ args }) => ({ cost: traversal(sizeOf(args[0]), times) });

const selector: Estimate = ({ args }) => {
  const length = sizeOf(args[0]);
  const requirements = scaled(scaled(length, REQUIREMENTS_PER_CHARACTER), REQUIREMENT);
  return { cost: plus(exactly(SELECTOR), traversal(length), requirements) };
};

/** Each item once, and its characters. */
const walk: Estimate = ({ target }) => {
  if (target?.type.kind !== 'list') return { cost: traversal(sizeOf(target)) };
  const item = isText(target.type.item) ? plus(ONE, traversal(target.itemSize())) : ONE;
  return { cost: product(sizeOf(target), item) };
};

const rewritten: Estimate = ({ target }) => {
  const size = sizeOf(target);
  return { cost: traversal(size), size };
};
const parsed: Estimate = ({ args }) => {
  const size = sizeOf(args[0]);
  return { cost: traversal(size), size };
};

/** How often something is put in for at most or at least, and what stays. */
function replacement(size: number, before: number, isNoGain: boolean): readonly [count: number, retained: number] {
  if (before === 0) return [size < UNBOUNDED ? size + 1 : size, size];
  return isNoGain ? [0, size] : [Math.ceil(size / before), 0];
}

const replace: Estimate = ({ target, args }) => {
  const size = sizeOf(target);
  const [before, after] = [sizeOf(args[0]), sizeOf(args[1])];
  const [most, mostKept] = replacement(size.max, before.min, after.max <= before.min);
  const [least, leastKept] = replacement(size.min, before.max, before.max <= after.min);
  const result = plus(product({ min: least, max: most }, after), { min: leastKept, max: mostKept });
  return { cost: traversal(size, 2), size: result };
};

const split: Estimate = ({ target, args }) => {
  const size = sizeOf(target);
  const limit = args[1]?.expr;
  const isLimited = limit?.kind === 'const' && typeof limit.value === 'bigint';
  const max = isLimited && typeof limit.value === 'bigint' ? Number(BigInt.asUintN(64, limit.value)) : size.max;
  return { cost: traversal(size, 2), size: { min: 0, max } };
};

const join: Estimate = ({ target, args }) => {
  const count = sizeOf(target);
  const items = target?.type.kind === 'list' ? product(count, target.itemSize()) : exactly(0);
  const between = { min: Math.max(count.min - 1, 0), max: Math.max(count.max - 1, 0) };
  const size = args[0] ? plus(items, product(sizeOf(args[0]), between)) : items;
  return { cost: traversal(size), size };
};

const pattern = (text: Range, regex: Range): Cost => product(traversal(plus(text, ONE)), scaled(regex, REGEX));
const find: Estimate = ({ target, args }) => {
  const size = sizeOf(target);
  return { cost: pattern(size, sizeOf(args[0])), size: { min: 0, max: size.max } };
};

/** Addresses are compared by their bytes; a text is parsed first. */
const inside =
  (...more: readonly Cost[]): Estimate =>
  ({ args, overload }) => {
    const parsing = overload?.params[1]?.kind === 'string' ? [traversal(sizeOf(args[0]))] : [];
    return { cost: plus(traversal(plus(ADDRESS, ADDRESS)), ...more, ...parsing) };
  };

const validate: Estimate = ({ args }) => ({
  cost: scaled(traversal(sizeOf(args[0])), LONGEST_FORMAT_REGEX * REGEX),
});

/** Sets compare every item of one with every item of the other. */
const crossed =
  (times: number): Estimate =>
  ({ args: [left, right] }) => ({ cost: plus(scaled(product(sizeOf(left), sizeOf(right)), times), ONE) });

/** As much as the shorter side has. */
const compared: Estimate = ({ args: [left, right] }) => {
  const max = Math.min(sizeOf(left).max, sizeOf(right).max);
  return { cost: traversal({ min: max > 0 ? 1 : 0, max }) };
};

const CHEAPLY_EQUAL: readonly string[] = [
  'net.IP',
  'net.CIDR',
  'kubernetes.Quantity',
  'kubernetes.Semver',
  'kubernetes.authorization.Authorizer',
  'kubernetes.authorization.PathCheck',
  'kubernetes.authorization.GroupCheck',
  'kubernetes.authorization.ResourceCheck',
  'kubernetes.authorization.Decision',
];

const equal: Estimate = (call) => {
  const [left, right] = call.args;
  if (!left || !right || left.type.kind !== 'opaque' || formatType(left.type) !== formatType(right.type))
    return compared(call);
  const { name } = left.type;
  if (CHEAPLY_EQUAL.includes(name)) return { cost: ONE };
  if (name === 'kubernetes.NamedFormat') return { cost: traversal({ min: 1, max: LARGEST_FORMAT }) };
  // Upstream looks at the right side twice.
  if (name === 'kubernetes.URL') return { cost: traversal({ min: 1, max: right.size?.max ?? 1 }) };
  return compared(call);
};

const ordered: Estimate = (call) => (isText(call.overload?.params[0]) ? compared(call) : undefined);

const sum: Estimate = ({ args: [left, right], overload }) => {
  const kind = kindOf(overload?.params[0]);
  const size = plus(sizeOf(left), sizeOf(right));
  if (kind === 'list') return { cost: ONE, size };
  return isText(overload?.params[0]) ? { cost: traversal(size), size } : undefined;
};

const toBytes: Estimate = ({ args, overload }) => {
  if (kindOf(overload?.params[0]) !== 'string') return undefined;
  const { min, max } = sizeOf(args[0]);
  return { cost: traversal({ min, max }), size: { min, max: Math.min(max * 4, UNBOUNDED) } };
};
const toText: Estimate = ({ args, overload }) => {
  if (kindOf(overload?.params[0]) !== 'bytes') return undefined;
  const { min, max } = sizeOf(args[0]);
  return { cost: traversal({ min, max }), size: { min: Math.floor(min / 4), max } };
};
const quote: Estimate = ({ args }) => {
  const { min, max } = sizeOf(args[0]);
  return { cost: traversal({ min, max }), size: { min: min + 2, max: Math.min(max * 2 + 2, UNBOUNDED) } };
};

const named = (names: string, estimate: Estimate) => names.split(' ').map((name) => [name, estimate] as const);

/** What is not here, or has no estimate, costs 1. */
const ESTIMATES: ReadonlyMap<string, Estimate> = new Map([
  ...named('check', check),
  ...named('fieldSelector labelSelector', selector),
  ...named('isSorted sum max min indexOf lastIndexOf', walk),
  ...named('url jsonpatch.escapeKey', parsed),
  ...named('lowerAscii upperAscii substring trim', rewritten),
  ...named('replace', replace),
  ...named('split', split),
  ...named('join', join),
  ...named('find findAll', find),
  ...named('cidr isIP isCIDR quantity isQuantity semver isSemver', readsArgument()),
  ...named('ip', (call) => (call.target ? nominal(call) : readsArgument()(call))),
  ...named('ip.isCanonical', readsArgument(2)),
  ...named('containsIP', inside()),
  ...named('containsCIDR', inside(traversal(ADDRESS), ONE)),
  ...named('validate', validate),
  ...named('sets.contains sets.intersects', crossed(1)),
  ...named('sets.equivalent', crossed(2)),
  ...named('format', ({ target }) => ({ cost: traversal(sizeOf(target)) })),
  ...named('bytes', toBytes),
  ...named('string', toText),
  ...named('strings.quote', quote),
  ...named('startsWith endsWith', readsArgument()),
  ...named('@in', ({ args, overload }) =>
    kindOf(overload?.params[1]) === 'list' ? { cost: sizeOf(args[1]) } : undefined,
  ),
  ...named('matches', ({ target, args }) => (target ? { cost: pattern(sizeOf(target), sizeOf(args[0])) } : undefined)),
  ...named('contains', ({ target, args }) => ({
    cost: product(traversal(sizeOf(target)), traversal(sizeOf(args[0]))),
  })),
  ...named('_+_', sum),
  ...named('_==_', equal),
  ...named('_!=_', compared),
  ...named('_<_ _<=_ _>_ _>=_', ordered),
]);

/** What a call costs on top of its arguments. */
export const estimateCall = (name: string, call: Call): CallEstimate => ESTIMATES.get(name)?.(call) ?? { cost: ONE };
