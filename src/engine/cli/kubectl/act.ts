/** What every changing command shares: dry runs, field managers, and the line that says what was done. */

import { CommandError } from './errors.ts';
import { makePrinter, OBJECT_FORMATS } from './print/output.ts';
import { objectLabel } from './resource/info.ts';
import type { Session } from './session.ts';
import { type JsonObject, marshal, sortKeys, withPath } from './text/json.ts';
import { klog } from './text/klog.ts';

export type DryRun = 'none' | 'client' | 'server';

const DRY_RUNS: readonly string[] = ['none', 'client', 'server'];

/** @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetDryRunStrategy */
export function dryRunOf(session: Session): DryRun {
  const value = session.flags.string('dry-run');
  if (value === 'unchanged') {
    session.err(
      klog(
        session.process,
        'W',
        'helpers.go:719',
        '--dry-run is deprecated and can be replaced with --dry-run=client.',
      ),
    );
    return 'client';
  }
  if (DRY_RUNS.includes(value)) return value as DryRun;
  if (/^(1|t|true|0|f|false)$/i.test(value)) {
    const on = /^(1|t|true)$/i.test(value);
    session.err(
      klog(
        session.process,
        'W',
        on ? 'helpers.go:728' : 'helpers.go:733',
        `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${on ? 'client' : 'none'}.`,
      ),
    );
    return on ? 'client' : 'none';
  }
  throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** Query parameters of a write. */
export function writeQuery(
  session: Session,
  dryRun: DryRun,
  validation?: string,
): { readonly [name: string]: string | undefined } {
  return {
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: session.flags.has('field-manager') ? session.flags.string('field-manager') : undefined,
    fieldValidation: validation,
  };
}

/** --validate as the server's fieldValidation. */
export function fieldValidationOf(session: Session): 'Strict' | 'Warn' | 'Ignore' {
  const value = session.flags.string('validate');
  switch (value) {
    case 'strict':
    case 'true':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'ignore':
    case 'false':
      return 'Ignore';
    default:
      throw new CommandError(
        `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
      );
  }
}

export const dryRunSuffix = (dryRun: DryRun): string =>
  dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';

export type ResultPrinter = (object: JsonObject, operation: string, typed?: boolean) => void;

/** `deployment.apps/web created (dry run)`, or the object in the format of -o. */
export function resultPrinter(
  session: Session,
  dryRun: DryRun = 'none',
  formats: readonly string[] = OBJECT_FORMATS,
): ResultPrinter {
  const printer = makePrinter(session, formats);
  return (object, operation, typed) => {
    if (printer) session.out(printer(object, typed));
    else session.out(`${objectLabel(object)} ${operation}${dryRunSuffix(dryRun)}\n`);
  };
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object as it is compared with what was applied last: with annotations, be there none, but without that one. */
export function withoutLastApplied(object: JsonObject): JsonObject {
  const bare = withPath(object, ['metadata', 'annotations', LAST_APPLIED], undefined);
  const { annotations } = bare.metadata as JsonObject;
  return withPath(bare, ['metadata', 'annotations'], (annotations as JsonObject | undefined) ?? {});
}

/** The object with itself (without that annotation) as JSON in its last-applied annotation. `typed` keeps the order of fields. */
export function withLastApplied(object: JsonObject, typed = false): JsonObject {
  const annotations = (object.metadata as JsonObject | undefined)?.annotations as JsonObject | undefined;
  const plain = withoutLastApplied(object);
  const bare = typed && !annotations ? withPath(plain, ['metadata', 'annotations'], undefined) : plain;
  const source = marshal(typed ? bare : sortKeys(bare));
  return withPath(object, ['metadata', 'annotations', LAST_APPLIED], `${source}\n`);
}
