/**
 * IngressClasses: which controller serves an Ingress.
 * @upstream pkg/registry/networking/ingressclass/strategy.go, pkg/apis/networking/validation/validation.go
 */
import { type IngressClass, type IngressClassParametersReference, ingressClasses } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { isPathSegment } from '../rbac/rules.ts';
import { changeMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkDnsLabel, checkDnsSubdomain, checkFormat, checkImmutable, type Errors } from '../validation.ts';

const MAX_CONTROLLER = 250;
const HTTP_PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

const defaults = (ingressClass: IngressClass): IngressClass =>
  changeMember(ingressClass, 'spec', (spec) =>
    changeMember(spec, 'parameters', (parameters) => withPointerDefaults(parameters, { scope: 'Cluster' })),
  );

/** `acme.io/foo`. */
function checkDomainPath(errors: Errors, path: string, name: string): void {
  if (name === '') {
    errors.push(fieldErrors.required(path));
    return;
  }
  const slash = name.indexOf('/');
  const [host, rest] = [name.slice(0, slash), name.slice(slash + 1)];
  if (slash <= 0 || rest === '') {
    errors.push(fieldErrors.invalid(path, name, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  checkDnsSubdomain(errors, path, host);
  if (!HTTP_PATH.test(rest)) {
    const why = `Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`;
    errors.push(fieldErrors.invalid(path, rest, why));
  }
}

/** A reference to an object of any kind, without its namespace. */
export function checkLocalReference(
  errors: Errors,
  path: string,
  { apiGroup, kind = '', name = '' }: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string },
): void {
  if (apiGroup !== undefined) checkDnsSubdomain(errors, `${path}.apiGroup`, apiGroup);
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.push(fieldErrors.required(`${path}.${field}`));
    else checkFormat(errors, `${path}.${field}`, value, isPathSegment);
  }
}

function checkParameters(errors: Errors, path: string, parameters: IngressClassParametersReference): void {
  checkLocalReference(errors, path, parameters);
  const { scope, namespace } = parameters;
  if (scope === undefined) errors.push(fieldErrors.required(`${path}.scope`));
  else if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.push(fieldErrors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (scope === 'Namespace') {
    if (namespace === undefined)
      errors.push(fieldErrors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"));
    else checkDnsLabel(errors, `${path}.namespace`, namespace);
  } else errors.push(fieldErrors.notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']));
}

function validate({ spec = {} }: IngressClass): Errors {
  const errors: Errors = [];
  const { controller = '', parameters } = spec;
  if (controller.length > MAX_CONTROLLER) errors.push(fieldErrors.tooLong('spec.controller', MAX_CONTROLLER));
  checkDomainPath(errors, 'spec.controller', controller);
  if (parameters) checkParameters(errors, 'spec.parameters', parameters);
  return errors;
}

function validateUpdate(next: IngressClass, current: IngressClass): Errors {
  const errors: Errors = [];
  checkImmutable(errors, 'spec.controller', next.spec?.controller ?? '', current.spec?.controller ?? '');
  return [...errors, ...validate(next)];
}

/** @fidelity full */
export const ingressClassStrategy: Strategy<IngressClass> = {
  resource: ingressClasses,
  defaults,
  validate,
  validateUpdate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column(
      'Controller',
      'string',
      'Controller that is responsible for handling this class',
      (o) => o.spec?.controller ?? '',
    ),
    column('Parameters', 'string', 'A reference to a resource with additional parameters', (o) => {
      const parameters = o.spec?.parameters;
      if (!parameters) return NONE;
      const { apiGroup, kind, name } = parameters;
      return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    }),
    ageColumn,
  ],
};
