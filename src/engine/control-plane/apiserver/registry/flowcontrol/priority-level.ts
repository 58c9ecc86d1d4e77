/**
 * PriorityLevelConfigurations: how many requests of a level run at once, and what becomes of the others.
 * @upstream pkg/registry/flowcontrol/prioritylevelconfiguration/strategy.go, pkg/apis/flowcontrol/validation/validation.go
 */
import {
  type ExemptPriorityLevelConfiguration,
  type LimitedPriorityLevelConfiguration,
  type LimitResponse,
  type PriorityLevelConfiguration,
  type PriorityLevelConfigurationSpec,
  priorityLevelConfigurations,
  type QueuingConfiguration,
} from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { internalForm } from '../core/internal-form.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkConditions, statusStrategy } from './conditions.ts';
import { mandatoryPriorityLevels } from './mandatory.ts';

const MAX_QUEUES = 10_000_000;
const MAX_HASH_BITS = 60;
const POSITIVE = 'must be positive';

const DEFAULT_QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 };

const defaults = (level: PriorityLevelConfiguration): PriorityLevelConfiguration =>
  changeMember(level, 'spec', (spec) =>
    changeMember(
      changeMember(spec, 'exempt', (exempt) =>
        withPointerDefaults(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
      ),
      'limited',
      (limited) =>
        changeMember(
          withPointerDefaults(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
          'limitResponse',
          (response) => changeMember(response, 'queuing', (queuing) => withDefaults(queuing, DEFAULT_QUEUING)),
        ),
    ),
  );

function checkPercent(errors: Errors, path: string, percent: number | undefined): void {
  if (percent !== undefined && (percent < 0 || percent > 100)) {
    errors.push(fieldErrors.invalid(path, percent, 'must be between 0 and 100, inclusive'));
  }
}

function checkExempt(errors: Errors, at: string, exempt: ExemptPriorityLevelConfiguration): void {
  const { nominalConcurrencyShares: shares } = exempt;
  if (shares !== undefined && shares < 0) {
    errors.push(fieldErrors.invalid(`${at}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'));
  }
  checkPercent(errors, `${at}.lendablePercent`, exempt.lendablePercent);
}

function checkLimited(errors: Errors, at: string, limited: LimitedPriorityLevelConfiguration): void {
  const { nominalConcurrencyShares: shares = 0, borrowingLimitPercent: borrowing } = limited;
  if (shares < 0) {
    errors.push(fieldErrors.invalid(`${at}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'));
  }
  checkLimitResponse(errors, `${at}.limitResponse`, limited.limitResponse ?? { type: '' });
  checkPercent(errors, `${at}.lendablePercent`, limited.lendablePercent);
  if (borrowing !== undefined && borrowing < 0) {
    errors.push(
      fieldErrors.invalid(`${at}.borrowingLimitPercent`, borrowing, 'if specified, must be a non-negative integer'),
    );
  }
}

function checkLimitResponse(errors: Errors, at: string, { type, queuing }: LimitResponse): void {
  if (type === 'Reject') {
    if (queuing) {
      const why = 'must be nil if limited.limitResponse.type is not Limited';
      errors.push(fieldErrors.forbidden(`${at}.queuing`, why));
    }
  } else if (type === 'Queue') {
    if (queuing) checkQueuing(errors, `${at}.queuing`, queuing);
    else {
      const why = 'must not be empty if limited.limitResponse.type is Limited';
      errors.push(fieldErrors.required(`${at}.queuing`, why));
    }
  } else errors.push(fieldErrors.notSupported(`${at}.type`, type ?? '', ['Queue', 'Reject']));
}

/** Bits a hash must have to deal such a hand. @upstream staging/src/k8s.io/apiserver/pkg/util/shufflesharding/shufflesharding.go */
const requiredEntropyBits = (deckSize: number, handSize: number) => Math.ceil(Math.log2(deckSize) * handSize);

function checkQueuing(errors: Errors, at: string, queuing: QueuingConfiguration): void {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  if (queueLengthLimit <= 0) errors.push(fieldErrors.invalid(`${at}.queueLengthLimit`, queueLengthLimit, POSITIVE));
  if (queues <= 0) errors.push(fieldErrors.invalid(`${at}.queues`, queues, POSITIVE));
  else if (queues > MAX_QUEUES) {
    errors.push(fieldErrors.invalid(`${at}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  }
  const path = `${at}.handSize`;
  if (handSize <= 0) errors.push(fieldErrors.invalid(path, handSize, POSITIVE));
  else if (handSize > queues) {
    errors.push(fieldErrors.invalid(path, handSize, `should not be greater than queues (${queues})`));
  } else if (requiredEntropyBits(queues, handSize) > MAX_HASH_BITS) {
    const why = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`;
    errors.push(fieldErrors.invalid(path, handSize, why));
  }
}

function checkSpec(errors: Errors, name: string, spec: PriorityLevelConfigurationSpec): void {
  const { type = '', limited, exempt } = spec;
  if ((name === 'exempt') !== (type === 'Exempt')) {
    errors.push(fieldErrors.invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (exempt) checkExempt(errors, 'spec.exempt', exempt);
    if (limited) errors.push(fieldErrors.forbidden('spec.limited', 'must be nil if the type is not Limited'));
  } else if (type === 'Limited') {
    if (exempt) errors.push(fieldErrors.forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited) checkLimited(errors, 'spec.limited', limited);
    else errors.push(fieldErrors.required('spec.limited', 'must not be empty when type is Limited'));
  } else errors.push(fieldErrors.notSupported('spec.type', type, ['Exempt', 'Limited']));
}

/** Of `exempt` only what its exemption costs may be changed. */
function fixedFault(name: string, spec: PriorityLevelConfigurationSpec): string | undefined {
  const fixed = mandatoryPriorityLevels[name];
  if (!fixed) return undefined;
  if (name !== 'exempt') return semanticEqual(spec, fixed) ? undefined : `spec of '${name}' must equal the fixed value`;
  const { exempt: _, ...rest } = spec;
  const { exempt: __, ...fixedRest } = fixed;
  return semanticEqual(rest, fixedRest)
    ? undefined
    : `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`;
}

function validate({ metadata, spec, status }: PriorityLevelConfiguration): Errors {
  const errors: Errors = [];
  const { name } = metadata;
  const own = spec ?? { type: '' };
  checkSpec(errors, name, own);
  const fault = fixedFault(name, own);
  if (fault) errors.push(fieldErrors.invalid('spec', internalForm('PriorityLevelConfigurationSpec', own), fault));
  checkConditions(errors, status);
  return errors;
}

const limitedColumn = (
  name: string,
  type: string,
  field: string,
  cell: (level: PriorityLevelConfiguration) => unknown,
) => column<PriorityLevelConfiguration>(name, 'string', fieldDescription(type, field), (o) => cell(o) ?? NONE);
const queuing = (level: PriorityLevelConfiguration) => level.spec?.limited?.limitResponse?.queuing;

/** @fidelity partial: requests are put into flows, but nothing waits: one request runs at a time anyway */
export const priorityLevelStrategy: Strategy<PriorityLevelConfiguration> = {
  resource: priorityLevelConfigurations,
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (level) => withMember(level, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status: statusStrategy<PriorityLevelConfiguration>(),
  columns: [
    nameColumn,
    column('Type', 'string', fieldDescription('PriorityLevelConfigurationSpec', 'type'), (o) => o.spec?.type ?? ''),
    limitedColumn(
      'NominalConcurrencyShares',
      'LimitedPriorityLevelConfiguration',
      'nominalConcurrencyShares',
      (o) => o.spec?.limited?.nominalConcurrencyShares,
    ),
    limitedColumn('Queues', 'QueuingConfiguration', 'queues', (o) => queuing(o)?.queues),
    limitedColumn('HandSize', 'QueuingConfiguration', 'handSize', (o) => queuing(o)?.handSize),
    limitedColumn('QueueLengthLimit', 'QueuingConfiguration', 'queueLengthLimit', (o) => queuing(o)?.queueLengthLimit),
    ageColumn,
  ],
};
