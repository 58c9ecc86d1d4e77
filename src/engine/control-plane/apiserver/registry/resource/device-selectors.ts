/**
 * Expressions that select devices: what they know, and what they may cost.
 * @upstream staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go, pkg/apis/resource/validation/validation.go validateCELExpression
 */
import { fieldErrors } from '#engine/apimachinery';
import type { CelType, CompileEnvironment, ObjectType } from '#engine/cel';
import { celLibrary } from '../../cel-library.ts';
import type { Errors } from '../validation.ts';

const MAX_EXPRESSION = 10 * 1024;
const MAX_COST = 1_000_000;
const MAX_VALUE = 64;
const MAX_DOMAIN = 63;
const MAX_ID = 32;
const MAX_DRIVER = 63;
const MAX_PER_DEVICE = 32;

let known: ObjectType | undefined;

/** The type of `device`: attributes and capacities by domain and name. */
function deviceType(): ObjectType {
  const { QUANTITY_TYPE } = celLibrary();
  const text = (maxLength: number): CelType => ({ kind: 'string', maxLength });
  const byName = (value: CelType): CelType => ({
    kind: 'map',
    key: text(MAX_DOMAIN),
    value: { kind: 'map', key: text(MAX_ID), value, maxElements: MAX_PER_DEVICE },
    maxElements: MAX_PER_DEVICE,
  });
  known ??= {
    kind: 'object',
    name: 'kubernetes.DRADevice',
    fields: new Map<string, { type: CelType }>([
      ['driver', { type: text(MAX_DRIVER) }],
      ['attributes', { type: byName({ kind: 'any', maxLength: MAX_VALUE }) }],
      ['capacity', { type: byName(QUANTITY_TYPE) }],
      ['allowMultipleAllocations', { type: { kind: 'bool', maxLength: 1 } }],
    ]),
  };
  return known;
}

/** What selectors are compiled against. */
export const deviceEnvironment = (): CompileEnvironment => ({ variables: { device: deviceType() }, hasBind: true });

/** An expression that is written for the first time: a truth about a device, at a bounded cost. */
export function checkDeviceExpression(errors: Errors, path: string, expression: string): void {
  if (expression.length > MAX_EXPRESSION) {
    errors.push(fieldErrors.tooLong(path, MAX_EXPRESSION));
    return;
  }
  const { compile, declaredName } = celLibrary();
  const compiled = compile(expression, deviceEnvironment());
  if ('error' in compiled) {
    const { error, kind } = compiled;
    if (kind === 'program') errors.push(fieldErrors.internal(path, error));
    else errors.push(fieldErrors.invalid(path, expression, `compilation failed: ${error}`));
    return;
  }
  const { type, cost } = compiled.program;
  if (type.kind !== 'bool' && type.kind !== 'any') {
    const why = `must evaluate to bool or the unknown type, not ${declaredName(type)}`;
    errors.push(fieldErrors.invalid(path, expression, why));
  } else if (cost.max > MAX_COST) errors.push(fieldErrors.forbidden(path, 'too complex, exceeds cost limit'));
}
