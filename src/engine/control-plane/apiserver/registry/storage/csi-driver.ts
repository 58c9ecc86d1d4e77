/**
 * CSIDrivers: what a storage driver can do and wants to know.
 * @upstream pkg/registry/storage/csidriver/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type CSIDriver, type CSIDriverSpec, csiDrivers } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkImmutable, checkSupported, type Errors, nameIsDnsSubdomain } from '../validation.ts';

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLES = ['Persistent', 'Ephemeral'];
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;
const MIN_PERIOD_SECONDS = 10;

function defaultSpec(spec: CSIDriverSpec): CSIDriverSpec {
  const next = withPointerDefaults(spec, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  });
  return next.volumeLifecycleModes?.length ? next : { ...next, volumeLifecycleModes: ['Persistent'] };
}

function checkTokens(errors: Errors, tokens: CSIDriverSpec['tokenRequests'] = []): void {
  const audiences = new Set<string>();
  for (const [i, { audience = '', expirationSeconds: seconds }] of tokens.entries()) {
    const at = `spec.tokenRequests[${i}]`;
    if (audiences.has(audience)) {
      errors.push(fieldErrors.duplicate(`${at}.audience`, audience));
      continue;
    }
    audiences.add(audience);
    if (seconds === undefined) continue;
    const refuse = (why: string) => errors.push(fieldErrors.invalid(`${at}.expirationSeconds`, seconds, why));
    if (seconds < MIN_TOKEN_SECONDS) refuse('may not specify a duration less than 10 minutes');
    if (seconds > MAX_TOKEN_SECONDS) refuse('may not specify a duration larger than 2^32 seconds');
  }
}

function validate({ spec }: CSIDriver): Errors {
  const errors: Errors = [];
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: period } = spec;
  if (fsGroupPolicy !== undefined) checkSupported(errors, 'spec.fsGroupPolicy', fsGroupPolicy, GROUP_POLICIES);
  checkTokens(errors, spec.tokenRequests);
  for (const mode of spec.volumeLifecycleModes ?? [])
    checkSupported(errors, 'spec.volumeLifecycleModes', mode, LIFECYCLES);
  if (period !== undefined && period < MIN_PERIOD_SECONDS) {
    const why = 'must be greater than or equal to 10 seconds';
    errors.push(fieldErrors.invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, why));
  }
  return errors;
}

function validateUpdate(next: CSIDriver, current: CSIDriver): Errors {
  const errors = validate(next);
  checkImmutable(errors, 'spec.attachedRequired', next.spec.attachRequired, current.spec.attachRequired);
  const modes = [next, current].map(({ spec }) => spec.volumeLifecycleModes);
  checkImmutable(errors, 'spec.volumeLifecycleModes', modes[0], modes[1]);
  return errors;
}

/** Fields that may change and count when they do. */
const COUNTED = [
  'tokenRequests',
  'requiresRepublish',
  'podInfoOnMount',
  'fsGroupPolicy',
  'seLinuxMount',
  'storageCapacity',
  'nodeAllocatableUpdatePeriodSeconds',
] as const;

const doc = (field: string) => fieldDescription('CSIDriverSpec', field);

const audiencesOf = ({ spec }: CSIDriver): string =>
  spec.tokenRequests?.length ? spec.tokenRequests.map(({ audience }) => audience || '""').join(',') : '<unset>';

/** @fidelity full */
export const csiDriverStrategy: Strategy<CSIDriver> = {
  resource: csiDrivers,
  validateName: nameIsDnsSubdomain,
  defaults: (driver) => withMember(driver, 'spec', defaultSpec(driver.spec ?? {})),
  validate,
  validateUpdate,
  generation: (next, current) => COUNTED.some((field) => !semanticEqual(next.spec[field], current.spec[field])),
  startsWithoutGeneration: true,
  columns: [
    nameColumn,
    column('AttachRequired', 'boolean', doc('attachRequired'), ({ spec }) => spec.attachRequired ?? true),
    column('PodInfoOnMount', 'boolean', doc('podInfoOnMount'), ({ spec }) => spec.podInfoOnMount ?? false),
    column('StorageCapacity', 'boolean', doc('storageCapacity'), ({ spec }) => spec.storageCapacity ?? false),
    column('TokenRequests', 'string', doc('tokenRequests'), audiencesOf),
    column('RequiresRepublish', 'boolean', doc('requiresRepublish'), ({ spec }) => spec.requiresRepublish ?? false),
    column('Modes', 'string', doc('volumeLifecycleModes'), ({ spec }) => spec.volumeLifecycleModes?.join(',') || NONE),
    ageColumn,
  ],
};
