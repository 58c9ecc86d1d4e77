/** What evaluating can cost at least and at most. @upstream cel-go checker/cost.go */
import type { Expr } from './ast.ts';
import type { Checked, Environment } from './check.ts';

/** Bounds in cel-go's units. */
export interface Cost {
  readonly min: number;
  readonly max: number;
}

export function estimateCost(_expr: Expr, _checked: Checked, _environment: Environment): Cost {
  return { min: 0, max: 0 };
}
