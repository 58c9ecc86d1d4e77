/**
 * APIServices: who answers for a group and version, this server or a Service of the cluster.
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/registry/apiservice/strategy.go, pkg/apis/apiregistration/validation/validation.go
 */
import { type APIService, apiServices } from '#engine/api';
import { fieldErrors, isDns1035Label } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { localAvailable } from '../../aggregation/local-services.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { isPathSegment } from '../rbac/rules.ts';
import { changeMember, withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkDnsSubdomain, checkFormat, checkSupported, type Errors } from '../validation.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

const defaults = (service: APIService): APIService =>
  changeMember(service, 'spec', (spec) =>
    changeMember(spec, 'service', (target) => withPointerDefaults(target, { port: 443 })),
  );

function checkName(errors: Errors, name: string, version: string, group: string): void {
  const required = `${version}.${group}`;
  const faults = isPathSegment(name);
  const why = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`;
  for (const fault of faults.length === 0 && name !== required ? [why] : faults) {
    errors.push(fieldErrors.invalid('metadata.name', name, fault));
  }
}

function checkPriority(errors: Errors, field: string, value: number, max: number): void {
  if (value > 0 && value <= max) return;
  errors.push(fieldErrors.invalid(`spec.${field}`, value, `must be positive and less than ${max}`));
}

function validate({ metadata, spec }: APIService): Errors {
  const errors: Errors = [];
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify = false } = spec ?? {};
  checkName(errors, metadata.name, version, group);
  if (group === '') {
    if (version !== 'v1') {
      errors.push(fieldErrors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
    }
  } else checkDnsSubdomain(errors, 'spec.group', group);
  checkFormat(errors, 'spec.version', version, isDns1035Label);
  checkPriority(errors, 'groupPriorityMinimum', spec?.groupPriorityMinimum ?? 0, MAX_GROUP_PRIORITY);
  checkPriority(errors, 'versionPriority', spec?.versionPriority ?? 0, MAX_VERSION_PRIORITY);
  if (!service) {
    if (caBundle) {
      const size = `${Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4)} bytes`;
      errors.push(fieldErrors.invalid('spec.caBundle', size, 'local APIServices may not have a caBundle'));
    }
    if (insecureSkipTLSVerify) {
      const why = 'local APIServices may not have insecureSkipTLSVerify';
      errors.push(fieldErrors.invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, why));
    }
    return errors;
  }
  if (!service.namespace) errors.push(fieldErrors.required('spec.service.namespace'));
  if (!service.name) errors.push(fieldErrors.required('spec.service.name'));
  const port = service.port ?? 0;
  if (port < 1 || port > 65_535) {
    errors.push(
      fieldErrors.invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'),
    );
  }
  if (insecureSkipTLSVerify && caBundle) {
    const why = 'may not be true if caBundle is present';
    errors.push(fieldErrors.invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, why));
  }
  return errors;
}

function validateStatus({ status }: APIService): Errors {
  const errors: Errors = [];
  for (const [i, condition] of (status?.conditions ?? []).entries()) {
    checkSupported(errors, `status.conditions[${i}].status`, condition.status ?? '', ['True', 'False', 'Unknown']);
  }
  return errors;
}

const available = ({ status }: APIService) => status?.conditions?.find(({ type }) => type === 'Available');

/** `True`, or the status with what is wrong: `False (ServiceNotFound)`. */
function availableText(service: APIService): string {
  const condition = available(service);
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

/** @fidelity full */
export const apiServiceStrategy: Strategy<APIService> = {
  resource: apiServices,
  categories: ['api-extensions'],
  validateName: () => [],
  defaults,
  prepareForCreate: (service, { world }) =>
    withMember(
      service,
      'status',
      service.spec?.service ? {} : { conditions: [localAvailable(formatTime(world.clock.now()))] },
    ),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  status: {
    prepareForUpdate: (next, current) => ({
      ...next,
      metadata: {
        ...next.metadata,
        ...(current.metadata.labels && { labels: current.metadata.labels }),
        ...(current.metadata.annotations && { annotations: current.metadata.annotations }),
        ...(current.metadata.finalizers && { finalizers: current.metadata.finalizers }),
        ...(current.metadata.ownerReferences && { ownerReferences: current.metadata.ownerReferences }),
      },
      spec: current.spec,
    }),
    validateUpdate: validateStatus,
  },
  columns: [
    nameColumn,
    column('Service', 'string', 'The reference to the service that hosts this API endpoint.', ({ spec }) =>
      spec?.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    column('Available', 'string', 'Whether this service is available.', availableText),
    ageColumn,
  ],
};
