/**
 * What a StatefulSet must fulfil.
 * @upstream pkg/apis/apps/validation/validation.go
 */
import type { PodTemplateSpec, StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy, Volume } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { checkClaimSpec } from '../core/persistent-volume-claim-validation.ts';
import { checkAlwaysRestarts, checkPodTemplateSpec } from '../core/pod-template-validation.ts';
import { checkDnsLabel, checkNonNegative, checkSupported, type Errors } from '../validation.ts';
import { checkAtMostHundredPercent, checkIntOrPercent, intOrPercentValue } from './int-or-percent.ts';
import { checkSelector, labelsValue, MISMATCH, matchTemplate, selectorValue } from './workload-defaults.ts';

function checkManagementPolicy(errors: Errors, policy = ''): void {
  const path = 'spec.podManagementPolicy';
  if (!policy) errors.push(fieldErrors.required(path));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(fieldErrors.invalid(path, policy, "must be 'OrderedReady' or 'Parallel'"));
  }
}

function checkUpdateStrategy(errors: Errors, { type = '', rollingUpdate }: StatefulSetUpdateStrategy): void {
  const path = 'spec.updateStrategy';
  const at = `${path}.rollingUpdate`;
  if (!type) errors.push(fieldErrors.required(path));
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      errors.push(
        fieldErrors.invalid(at, strategyValue(rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'"),
      );
  } else if (type !== 'RollingUpdate') {
    const value = { Type: type, RollingUpdate: rollingUpdate ? strategyValue(rollingUpdate) : null };
    errors.push(fieldErrors.invalid(path, value, "must be 'RollingUpdate' or 'OnDelete'"));
  } else if (rollingUpdate) {
    const { partition, maxUnavailable } = rollingUpdate;
    checkNonNegative(errors, `${at}.partition`, partition);
    if (maxUnavailable === undefined) return;
    checkIntOrPercent(errors, `${at}.maxUnavailable`, maxUnavailable);
    if (intOrPercentValue(maxUnavailable) === 0)
      errors.push(fieldErrors.invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0'));
    checkAtMostHundredPercent(errors, `${at}.maxUnavailable`, maxUnavailable);
  }
}

/** As Go's JSON prints the internal type, whose fields have no tags. */
const strategyValue = ({ partition, maxUnavailable }: NonNullable<StatefulSetUpdateStrategy['rollingUpdate']>) => ({
  Partition: partition ?? 0,
  MaxUnavailable: maxUnavailable ?? null,
});

function checkRetentionPolicy(errors: Errors, policy: StatefulSetSpec['persistentVolumeClaimRetentionPolicy']): void {
  if (!policy) return;
  const path = 'spec.persistentVolumeClaimRetentionPolicy';
  checkSupported(errors, `${path}.whenDeleted`, policy.whenDeleted ?? '', ['Retain', 'Delete']);
  checkSupported(errors, `${path}.whenScaled`, policy.whenScaled ?? '', ['Retain', 'Delete']);
}

const withClaims = new WeakMap<StatefulSetSpec, PodTemplateSpec>();

/** The template with the volumes its claims will be, so that mounts of them are found. */
function templateWithClaims(spec: StatefulSetSpec): PodTemplateSpec {
  const { template, volumeClaimTemplates = [] } = spec;
  if (volumeClaimTemplates.length === 0 || !template.spec) return template;
  const known = withClaims.get(spec);
  if (known) return known;
  const claims = new Map(
    volumeClaimTemplates.map(({ metadata: { name = '' } = {} as never }): [string, Volume] => [
      name,
      { name, persistentVolumeClaim: { claimName: name } },
    ]),
  );
  const own = (template.spec.volumes ?? []).filter(({ name }) => !claims.has(name));
  const next = { ...template, spec: { ...template.spec, volumes: [...own, ...claims.values()] } };
  withClaims.set(spec, next);
  return next;
}

interface ValidationOptions {
  /** A stored object may hold what would be refused today; these fields cannot change anyway. */
  readonly isUpdate: boolean;
}

function checkSpec(errors: Errors, spec: StatefulSetSpec, { isUpdate }: ValidationOptions): void {
  checkManagementPolicy(errors, spec.podManagementPolicy);
  checkUpdateStrategy(errors, spec.updateStrategy ?? {});
  checkRetentionPolicy(errors, spec.persistentVolumeClaimRetentionPolicy);
  if (!isUpdate)
    for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries())
      checkClaimSpec(errors, `spec.volumeClaimTemplates[${i}].spec`, claim.spec);
  checkNonNegative(errors, 'spec.replicas', spec.replicas);
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  checkNonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start);
  if (!isUpdate && spec.serviceName) checkDnsLabel(errors, 'spec.serviceName', spec.serviceName);
  checkSelector(errors, spec.selector, 'statefulset');
  const match = matchTemplate(spec.selector, spec.template);
  if (match === 'invalid') errors.push(fieldErrors.invalid('spec.selector', selectorValue(spec.selector), ''));
  else {
    if (match === 'differs')
      errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(spec.template), MISMATCH));
    checkPodTemplateSpec(errors, 'spec.template', templateWithClaims(spec));
  }
  checkAlwaysRestarts(errors, 'spec.template', spec.template, 'StatefulSet');
}

export function validateStatefulSet({ spec }: StatefulSet): Errors {
  const errors: Errors = [];
  checkSpec(errors, spec, { isUpdate: false });
  return errors;
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

function fixedPart(spec: StatefulSetSpec): object {
  const rest: { [field: string]: unknown } = { ...spec };
  for (const field of CHANGEABLE) delete rest[field];
  return rest;
}

export function validateStatefulSetUpdate(next: StatefulSet, current: StatefulSet): Errors {
  const errors: Errors = [];
  checkSpec(errors, next.spec, { isUpdate: true });
  if (!semanticEqual(fixedPart(next.spec), fixedPart(current.spec))) {
    const named = CHANGEABLE.map((field) => `'${field}'`);
    const list = `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
    errors.push(
      fieldErrors.forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`),
    );
  }
  return errors;
}
