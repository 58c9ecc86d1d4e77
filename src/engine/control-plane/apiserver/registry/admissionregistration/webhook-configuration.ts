/**
 * Webhooks that change or refuse requests.
 * @upstream pkg/apis/admissionregistration/validation/validation.go, pkg/registry/admissionregistration
 */
import {
  type MutatingWebhook,
  type MutatingWebhookConfiguration,
  mutatingWebhookConfigurations,
  type ValidatingWebhook,
  type ValidatingWebhookConfiguration,
  validatingWebhookConfigurations,
} from '#engine/api';
import { fieldErrors, isDns1035Label, isDns1123Subdomain, type KubeObject, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import type { Strategy } from '../strategy.ts';
import { checkLabelSelector, checkSupported, type Errors } from '../validation.ts';
import { checkWebhookClient } from '../webhook-client.ts';
import {
  checkMatchConditions,
  checkRule,
  FAILURE_POLICIES,
  MATCH_POLICIES,
  REINVOCATION_POLICIES,
  ruleDefaults,
} from './rules.ts';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const HTTPS_PORT = 443;
const MAX_TIMEOUT = 30;
const DEFAULT_TIMEOUT = 10;

function checkName(errors: Errors, path: string, name: string): void {
  if (name === '') {
    errors.push(fieldErrors.required(path));
    return;
  }
  const faults = isDns1123Subdomain(name);
  if (faults.length > 0) errors.push(fieldErrors.invalid(path, name, faults.join(',')));
  else if (name.split('.').length < 3)
    errors.push(fieldErrors.invalid(path, name, 'should be a domain with at least three segments separated by dots'));
}

function checkWebhook(errors: Errors, path: string, hook: Webhook): void {
  checkName(errors, `${path}.name`, hook.name ?? '');
  for (const [index, rule] of (hook.rules ?? []).entries()) checkRule(errors, `${path}.rules[${index}]`, rule);
  const oneOf = (field: 'failurePolicy' | 'matchPolicy' | 'reinvocationPolicy', supported: readonly string[]) => {
    const value = hook[field];
    if (value !== undefined) checkSupported(errors, `${path}.${field}`, value, supported);
  };
  oneOf('failurePolicy', FAILURE_POLICIES);
  oneOf('matchPolicy', MATCH_POLICIES);
  if (hook.sideEffects === undefined)
    errors.push(fieldErrors.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else checkSupported(errors, `${path}.sideEffects`, hook.sideEffects, SIDE_EFFECTS);
  const { timeoutSeconds } = hook;
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT))
    errors.push(
      fieldErrors.invalid(
        `${path}.timeoutSeconds`,
        timeoutSeconds,
        'the timeout value must be between 1 and 30 seconds',
      ),
    );
  checkLabelSelector(errors, `${path}.namespaceSelector`, hook.namespaceSelector);
  checkLabelSelector(errors, `${path}.objectSelector`, hook.objectSelector);
  oneOf('reinvocationPolicy', REINVOCATION_POLICIES);
  checkWebhookClient(errors, `${path}.clientConfig`, hook.clientConfig ?? {});
  checkMatchConditions(errors, `${path}.matchConditions`, hook.matchConditions);
}

/** Versions of AdmissionReview that a webhook understands. */
function checkReviewVersions(errors: Errors, path: string, versions: readonly string[] = []): void {
  if (versions.length === 0) {
    errors.push(fieldErrors.required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const at = `${path}[${index}]`;
    if (seen.has(version)) {
      errors.push(fieldErrors.invalid(at, version, 'duplicate version'));
      continue;
    }
    seen.add(version);
    for (const fault of isDns1035Label(version)) errors.push(fieldErrors.invalid(at, version, fault));
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(fieldErrors.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

interface Configuration extends KubeObject {
  readonly webhooks?: readonly Webhook[];
}

function validate({ webhooks = [] }: Configuration): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, hook] of webhooks.entries()) {
    const path = `webhooks[${index}]`;
    checkWebhook(errors, path, hook);
    checkReviewVersions(errors, `${path}.admissionReviewVersions`, hook.admissionReviewVersions);
    if (names.has(hook.name)) errors.push(fieldErrors.duplicate(`${path}.name`, hook.name));
    if (hook.name) names.add(hook.name);
  }
  return errors;
}

function defaulted<T extends Webhook>(hook: T): T {
  const rules = ruleDefaults(hook.rules);
  const { clientConfig } = hook;
  const service = clientConfig?.service;
  return {
    ...hook,
    failurePolicy: hook.failurePolicy ?? 'Fail',
    matchPolicy: hook.matchPolicy ?? 'Equivalent',
    namespaceSelector: hook.namespaceSelector ?? {},
    objectSelector: hook.objectSelector ?? {},
    timeoutSeconds: hook.timeoutSeconds ?? DEFAULT_TIMEOUT,
    ...(rules && { rules }),
    ...(service && { clientConfig: { ...clientConfig, service: { ...service, port: service.port ?? HTTPS_PORT } } }),
  };
}

const columns = [
  nameColumn,
  column(
    'Webhooks',
    'integer',
    'Webhooks indicates the number of webhooks registered in this configuration',
    (o: Configuration) => o.webhooks?.length ?? 0,
  ),
  ageColumn,
];

const common = {
  categories: ['api-extensions'],
  validate,
  validateUpdate: validate,
  generation: (next: Configuration, current: Configuration) => !semanticEqual(next.webhooks, current.webhooks),
  columns,
};

/** @fidelity full */
export const validatingWebhookConfigurationStrategy: Strategy<ValidatingWebhookConfiguration> = {
  ...common,
  resource: validatingWebhookConfigurations,
  defaults: (configuration) =>
    configuration.webhooks ? { ...configuration, webhooks: configuration.webhooks.map(defaulted) } : configuration,
};

/** @fidelity full */
export const mutatingWebhookConfigurationStrategy: Strategy<MutatingWebhookConfiguration> = {
  ...common,
  resource: mutatingWebhookConfigurations,
  defaults: (configuration) =>
    configuration.webhooks
      ? {
          ...configuration,
          webhooks: configuration.webhooks.map((hook) => ({
            ...defaulted(hook),
            reinvocationPolicy: hook.reinvocationPolicy ?? 'Never',
          })),
        }
      : configuration,
};
