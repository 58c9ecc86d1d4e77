/** Text to program, and what evaluating one costs and gives. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/cel/compile.go */
import { regexpFault } from '#engine/apimachinery/regexp';
import { type Expr, partsOf } from './ast.ts';
import { check, type Environment } from './check.ts';
import { type Cost, estimateCost } from './cost-estimate.ts';
import { type Evaluate, plan } from './evaluate.ts';
import { literalIssues } from './literals.ts';
import { BudgetMeter } from './meter.ts';
import { celValue } from './native.ts';
import { parse } from './parse.ts';
import { CelSyntaxError, formatIssues } from './source.ts';
import { type CelType, DYN, declaredName, formatType } from './types.ts';
import { CelError, type Value } from './values.ts';

/** What evaluating gave. `cost` is what it used, also when it failed. */
export type Outcome =
  | { readonly value: Value; readonly cost: number }
  | { readonly error: string; readonly cost: number; readonly exceeded?: true };

export interface EvaluateOptions {
  /** Evaluation ends with an error when it costs more. */
  readonly costBudget?: number;
}

/** A compiled expression. */
export interface CelProgram {
  readonly source: string;
  readonly type: CelType;
  /** The bounds of what evaluating can cost; at most 2^64-1, as a number. */
  readonly cost: Cost;
  /** Whether the expression reads the variable. */
  uses(variable: string): boolean;
  /** Values may be plain JSON: they are read by the variables' types. A function is asked when the variable is first read. */
  evaluate(values: Values, options?: EvaluateOptions): Outcome;
}

export type Values = { readonly [variable: string]: unknown };

/** Why there is no program; `error` is what follows `compilation failed: `, but for `result` and `program`, where it is everything. */
export interface CompileFailure {
  readonly error: string;
  readonly kind: 'syntax' | 'type' | 'result' | 'program';
}

export type Compiled = { readonly program: CelProgram } | CompileFailure;

export interface CompileEnvironment extends Environment {
  /** Types that the result may have. Absent: any. dyn is let through only when it is named. */
  readonly result?: readonly CelType[];
  /** `cel.bind` can be used. */
  readonly hasBind?: boolean;
}

const COST_EXCEEDED = 'operation cancelled: actual cost limit exceeded';

/** The type fits a wanted result: by kind, and for objects by name. */
function isResult(type: CelType, wanted: readonly CelType[]): boolean {
  return wanted.some((one) => one.kind === 'dyn' || formatType(one) === formatType(type));
}

const listTypes = (types: readonly CelType[]): string =>
  types.length === 1 ? declaredName(types[0] as CelType) : `one of [${types.map(declaredName).join(' ')}]`;

/** Reads, types and prepares an expression. */
export function compile(source: string, environment: CompileEnvironment): Compiled {
  let expr: Expr;
  try {
    expr = parse(source, environment.hasBind);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return { error: formatIssues(source, error.issues), kind: 'syntax' };
  }
  const checked = check(expr, environment);
  const issues = checked.issues.length > 0 ? checked.issues : literalIssues(expr, checked);
  if (issues.length > 0) return { error: formatIssues(source, issues), kind: 'type' };
  if (environment.result && !isResult(checked.type, environment.result))
    return {
      error: `must evaluate to ${listTypes(environment.result)} but got ${declaredName(checked.type)}`,
      kind: 'result',
    };
  const fault = patternFault(expr);
  if (fault !== undefined) return { error: `program instantiation failed: ${fault}`, kind: 'program' };
  let names: ReadonlySet<string> | undefined;
  let evaluate: Evaluate | undefined;
  let cost: Cost | undefined;
  const program: CelProgram = {
    source,
    type: checked.type,
    get cost() {
      cost ??= estimateCost(expr, checked, environment);
      return cost;
    },
    uses(variable) {
      names ??= namesIn(expr);
      return names.has(variable);
    },
    evaluate(values, options = {}) {
      evaluate ??= plan(expr, checked);
      return run(evaluate, environment, values, options);
    },
  };
  return { program };
}

/** What is wrong with a pattern that is written in the expression: programs are made with theirs. */
function patternFault(expr: Expr): string | undefined {
  if (expr.kind === 'call' && (expr.name === 'find' || expr.name === 'findAll')) {
    const [pattern] = expr.args;
    if (pattern?.kind === 'const' && typeof pattern.value === 'string') {
      const fault = regexpFault(pattern.value);
      if (fault !== undefined) return fault;
    }
  }
  for (const part of partsOf(expr)) {
    const fault = patternFault(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function run(evaluate: Evaluate, { variables }: Environment, values: Values, { costBudget }: EvaluateOptions): Outcome {
  const meter = new BudgetMeter(costBudget ?? Number.POSITIVE_INFINITY, COST_EXCEEDED);
  const known = new Map<string, Value | undefined>();
  const get = (name: string): Value | undefined => {
    if (known.has(name)) return known.get(name);
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    const raw: unknown = typeof given === 'function' ? (given as () => unknown)() : given;
    const value = raw === undefined ? undefined : celValue(raw, variables[name] ?? DYN);
    known.set(name, value);
    return value;
  };
  try {
    return { value: evaluate({ get, meter }), cost: meter.cost };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: error.message, cost: meter.cost, ...(meter.isSpent && { exceeded: true as const }) };
  }
}

/** Every name that the expression reads, loops' own included. */
function namesIn(expr: Expr, names = new Set<string>()): ReadonlySet<string> {
  if (expr.kind === 'ident') names.add(expr.name.replace(/^\./, ''));
  for (const part of partsOf(expr)) namesIn(part, names);
  return names;
}
