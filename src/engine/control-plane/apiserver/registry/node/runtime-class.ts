/**
 * RuntimeClasses: which handler of the container runtime runs a Pod.
 * @upstream pkg/registry/node/runtimeclass/strategy.go, pkg/apis/node/validation/validation.go
 */
import { type RuntimeClass, runtimeClasses } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { deprecatedLabel } from '../core/pod-warnings.ts';
import { checkContainerResourceName, checkResourceAmount } from '../core/resource-names.ts';
import { checkTolerations } from '../core/taints-and-tolerations.ts';
import type { Strategy } from '../strategy.ts';
import { checkDnsLabel, checkImmutable, checkLabels, type Errors } from '../validation.ts';

function validate({ handler = '', overhead, scheduling }: RuntimeClass): Errors {
  const errors: Errors = [];
  if (handler === '') errors.push(fieldErrors.required('handler'));
  else checkDnsLabel(errors, 'handler', handler);
  for (const [name, amount] of Object.entries(overhead?.podFixed ?? {})) {
    // Upstream checks it as if it were a container's limits.
    checkContainerResourceName(errors, `overhead.limits[${name}]`, name);
    checkResourceAmount(errors, `overhead.limits[${name}]`, name, amount);
  }
  checkLabels(errors, 'scheduling.nodeSelector', scheduling?.nodeSelector);
  checkTolerations(errors, 'scheduling.tolerations', scheduling?.tolerations ?? []);
  return errors;
}

function validateUpdate(next: RuntimeClass, current: RuntimeClass): Errors {
  const errors: Errors = [];
  checkImmutable(errors, 'handler', next.handler, current.handler);
  return errors;
}

/** @fidelity full */
export const runtimeClassStrategy: Strategy<RuntimeClass> = {
  resource: runtimeClasses,
  validate,
  validateUpdate,
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((label) => {
      const message = deprecatedLabel(label);
      return message ? [`scheduling.nodeSelector: ${message}`] : [];
    }),
  columns: [nameColumn, column('Handler', 'string', '', (o) => o.handler), ageColumn],
};
