/** One run of apply: what its parts share. */
import type { DryRun, ResultPrinter } from '../act.ts';
import type { Session } from '../session.ts';

export interface Applying {
  readonly session: Session;
  readonly dryRun: DryRun;
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  readonly print: ResultPrinter;
}
