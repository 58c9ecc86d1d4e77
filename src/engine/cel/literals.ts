/** Literals that would fail whenever they are evaluated, or that mix types. @upstream cel-go cel/validator.go */
import { type Expr, partsOf } from './ast.ts';
import type { Checked } from './check.ts';
import { functionNamed } from './library.ts';
import type { CelIssue } from './source.ts';
import { type CelType, formatType, optionalOf } from './types.ts';
import { CelError, type Value } from './values.ts';

/** Functions whose first argument is tried out when it is a literal. */
const TRIED: { readonly [name: string]: (literal: Value) => unknown } = {
  duration: (literal) => functionNamed('duration')?.(literal),
  timestamp: (literal) => functionNamed('timestamp')?.(literal),
  matches: (literal) => functionNamed('matches')?.('', literal),
};

function fails(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return true;
  }
}

/** What is wrong with the literals of an expression that fits its types. */
export function literalIssues(root: Expr, checked: Checked): readonly CelIssue[] {
  const issues: CelIssue[] = [];
  const seen = new Set<Expr>();
  const visit = (expr: Expr, isFormatted: boolean): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.kind === 'call') checkArgument(issues, expr.name, expr.args[0]);
    else if (!isFormatted) checkMixture(issues, expr, checked);
    const isAggregate = expr.kind === 'list' || expr.kind === 'map';
    const within = (isAggregate && isFormatted) || (expr.kind === 'call' && expr.name === 'format');
    for (const part of partsOf(expr)) visit(part, within);
  };
  visit(root, false);
  return issues;
}

function checkArgument(issues: CelIssue[], name: string, literal: Expr | undefined): void {
  if (literal?.kind !== 'const' || !Object.hasOwn(TRIED, name)) return;
  const { offset, value } = literal;
  if (fails(() => TRIED[name]?.(value))) issues.push({ offset, message: `invalid ${name} argument` });
}

function checkMixture(issues: CelIssue[], expr: Expr, checked: Checked): void {
  const typeOf = (part: Expr, isOptional: boolean): CelType => {
    const type = checked.typeOf(part);
    return isOptional ? (optionalOf(type) ?? type) : type;
  };
  const differs = (wanted: CelType, found: CelType, { offset }: Expr): boolean => {
    const [expected, actual] = [formatType(wanted), formatType(found)];
    if (expected === actual) return false;
    issues.push({ offset, message: `expected type '${expected}' but found '${actual}'` });
    return true;
  };
  if (expr.kind === 'list') {
    const types = expr.items.map((item, index) => typeOf(item, expr.optional.has(index)));
    for (const [index, item] of expr.items.entries())
      if (differs(types[0] as CelType, types[index] as CelType, item)) return;
  } else if (expr.kind === 'map') {
    const [first] = expr.entries;
    if (!first) return;
    for (const { key, value, optional } of expr.entries) {
      differs(checked.typeOf(first.key), checked.typeOf(key), key);
      differs(typeOf(first.value, first.optional), typeOf(value, optional), value);
    }
  }
}
