/**
 * ValidatingAdmissionPolicy: requests refused by expressions.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go, validator.go
 */
import {
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { LoadAsset } from '../../assets.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { loadCel } from '../../cel-library.ts';
import type { Served, Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import {
  Answers,
  type Composed,
  type Condition,
  compose,
  Evaluation,
  EvaluationStopped,
  meetsConditions,
  type Prepared,
  prepare,
  prepareConditions,
  type Subject,
  withAnswers,
} from './evaluation.ts';
import { isExempt, matchResources, namespaceOf } from './match.ts';
import { ConfigurationError, collectParams, paramSource } from './params.ts';
import { refusal } from './refusal.ts';

interface PreparedPolicy {
  readonly conditions: readonly Condition[];
  readonly composed: Composed;
  readonly validations: readonly (Prepared & { readonly message: Prepared | undefined })[];
  readonly annotations: readonly (Prepared & { readonly key: string })[];
}

/** Programs by the policy's spec: a policy that is changed has another. */
const prepared = new WeakMap<object, PreparedPolicy>();

function preparedPolicy({ spec }: ValidatingAdmissionPolicy): PreparedPolicy {
  const known = prepared.get(spec ?? {});
  if (known) return known;
  const hasParams = spec?.paramKind !== undefined;
  const composed = compose(spec?.variables, hasParams);
  const { declared } = composed;
  const policy: PreparedPolicy = {
    conditions: prepareConditions(spec?.matchConditions, hasParams),
    composed,
    validations: (spec?.validations ?? []).map(({ expression, messageExpression }) => ({
      ...prepare(expression, declared, 'bool'),
      message: messageExpression
        ? prepare(messageExpression, { ...declared, hasAuthorizer: false }, 'string')
        : undefined,
    })),
    annotations: (spec?.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      ...prepare(valueExpression, declared, 'string or null'),
    })),
  };
  if (spec) prepared.set(spec, policy);
  return policy;
}

/** One reason to refuse. */
interface Denial {
  readonly message: string;
  readonly reason?: string;
  readonly policy: string;
  readonly binding: string | undefined;
}

interface Decision {
  readonly message: string;
  readonly reason?: string;
}

const MAX_MESSAGE = 5 * 1024;

/** The words of a validation that failed: its expression's, its own, or the expression itself. */
function messageFor(evaluation: Evaluation, message: Prepared | undefined, own: string, expression: string): string {
  if (message) {
    const result = evaluation.evaluate(message);
    if (!('error' in result) && typeof result.value === 'string') {
      const text = result.value.trim();
      if (text !== '' && text.length <= MAX_MESSAGE && !text.includes('\n')) return text;
    }
  }
  return own.trim() || `failed expression: ${expression.trim()}`;
}

/** What the policy finds against the request; `failed` adds what could not be evaluated. */
function decisionsOf(
  policy: ValidatingAdmissionPolicy,
  subject: Subject,
  params: KubeObject | undefined,
): readonly Decision[] {
  const { conditions, composed, validations } = preparedPolicy(policy);
  const failsOpen = policy.spec?.failurePolicy === 'Ignore';
  const failed = (message: string): readonly Decision[] => (failsOpen ? [] : [{ message }]);
  const { matches, errors } = meetsConditions(conditions, subject, params);
  if (errors.length > 0) return failed(errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`);
  if (!matches) return [];
  const evaluation = new Evaluation(subject, params, composed);
  const decisions: Decision[] = [];
  try {
    for (const [index, validation] of validations.entries()) {
      const result = evaluation.evaluate(validation);
      const said = policy.spec?.validations?.[index];
      if ('error' in result) decisions.push(...failed(result.error));
      else if (result.value !== true) {
        const message = messageFor(evaluation, validation.message, said?.message ?? '', validation.expression);
        decisions.push({ message, ...(said?.reason && { reason: said.reason }) });
      }
    }
  } catch (error) {
    if (!(error instanceof EvaluationStopped)) throw error;
    return failed(error.message);
  }
  return decisions;
}

/** Audit annotations, by key; what fails denies under failurePolicy Fail. */
function annotate(
  policy: ValidatingAdmissionPolicy,
  subject: Subject,
  params: KubeObject | undefined,
): { readonly annotations: readonly (readonly [string, string])[]; readonly errors: readonly string[] } {
  const { annotations, composed, conditions } = preparedPolicy(policy);
  const annotated: (readonly [string, string])[] = [];
  const errors: string[] = [];
  if (annotations.length === 0 || !meetsConditions(conditions, subject, params).matches)
    return { annotations: [], errors };
  const evaluation = new Evaluation(subject, params, composed);
  for (const annotation of annotations) {
    const result = evaluation.evaluate(annotation);
    if ('error' in result) errors.push(result.error);
    else if (typeof result.value === 'string' && result.value.trim() !== '')
      annotated.push([`${policy.metadata.name}/${annotation.key}`, result.value.trim()]);
  }
  return { annotations: annotated, errors: policy.spec?.failurePolicy === 'Ignore' ? [] : errors };
}

interface Deciding {
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset | undefined;
}

class Request {
  readonly #deciding: Deciding;
  readonly #attributes: AdmissionAttributes;
  readonly #answers: Answers;
  readonly #audit = new Map<string, unknown[]>();
  readonly denials: Denial[] = [];

  constructor(deciding: Deciding, attributes: AdmissionAttributes) {
    this.#deciding = deciding;
    this.#attributes = attributes;
    this.#answers = new Answers(deciding.authorizer(), attributes);
  }

  /** A policy or binding that cannot work denies, unless the policy fails open. */
  #misconfigured(policy: ValidatingAdmissionPolicy, binding: string | undefined, error: unknown): void {
    if (!(error instanceof ConfigurationError)) throw error;
    if (policy.spec?.failurePolicy === 'Ignore') return;
    const message = `failed to configure ${binding === undefined ? 'policy' : 'binding'}: ${error.message}`;
    this.denials.push({ message, policy: policy.metadata.name, binding });
  }

  async apply(policy: ValidatingAdmissionPolicy, bindings: readonly ValidatingAdmissionPolicyBinding[]): Promise<void> {
    const { stores } = this.#deciding;
    const matched = matchResources(policy.spec?.matchConstraints, this.#attributes, stores);
    if (!matched) return;
    let source: Served | undefined;
    try {
      source = policy.spec?.paramKind && paramSource(stores, policy.spec.paramKind);
    } catch (error) {
      this.#misconfigured(policy, undefined, error);
      return;
    }
    const { namespace, resource } = this.#attributes;
    const inNamespace = namespace !== '' && !(resource.group === '' && resource.plural === 'namespaces');
    const subject = {
      attributes: this.#attributes,
      matched,
      namespaceObject: inNamespace ? namespaceOf(namespace, stores) : undefined,
      answers: this.#answers,
    };
    for (const binding of bindings) {
      if (!matchResources(binding.spec?.matchResources, this.#attributes, stores)) continue;
      await this.#bound(policy, binding, source, subject);
    }
  }

  async #bound(
    policy: ValidatingAdmissionPolicy,
    binding: ValidatingAdmissionPolicyBinding,
    source: Served | undefined,
    subject: Subject,
  ): Promise<void> {
    let params: readonly (KubeObject | undefined)[];
    try {
      params = collectParams(source, binding.spec?.paramRef, this.#attributes.namespace);
    } catch (error) {
      this.#misconfigured(policy, binding.metadata.name, error);
      return;
    }
    for (const one of params) {
      const { walk } = this.#attributes;
      walk.enter('validating', `ValidatingAdmissionPolicy/${policy.metadata.name}/${binding.metadata.name}`);
      const decisions = await withAnswers(this.#answers, () => decisionsOf(policy, subject, one));
      for (const decision of decisions) this.#enforce(policy.metadata.name, binding, decision);
      const { annotations, errors } = await withAnswers(this.#answers, () => annotate(policy, subject, one));
      for (const [key, value] of annotations) this.#attributes.walk.annotate(key, value);
      for (const message of errors) this.#enforce(policy.metadata.name, binding, { message });
      if (this.denials.length === 0) walk.pass();
    }
  }

  #enforce(policy: string, { metadata, spec }: ValidatingAdmissionPolicyBinding, decision: Decision): void {
    const binding = metadata.name;
    const { message } = decision;
    const actions = spec?.validationActions ?? [];
    if (actions.includes('Deny')) this.denials.push({ ...decision, policy, binding });
    if (actions.includes('Warn'))
      this.#attributes.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`,
      );
    if (!actions.includes('Audit')) return;
    const key = 'validation.policy.admission.k8s.io/validation_failure';
    const failures = this.#audit.get(key) ?? [];
    failures.push({ message, policy, binding, expressionIndex: 0, validationActions: actions });
    this.#audit.set(key, failures);
    this.#attributes.walk.annotate(key, JSON.stringify(failures));
  }
}

const CODES: { readonly [reason: string]: number } = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function refuse(attributes: AdmissionAttributes, { message, reason = 'Invalid', policy, binding }: Denial): never {
  const by = binding === undefined ? '' : ` with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`;
  throw refusal(attributes, text, reason, CODES[reason] ?? 422);
}

/** @fidelity full */
export function validatingPolicies(deciding: Deciding): AdmissionPlugin {
  const { stores, load } = deciding;
  return {
    name: 'ValidatingAdmissionPolicy',
    async validate(attributes) {
      if (isExempt(attributes.resource)) return;
      const bindings = stores.of(validatingAdmissionPolicyBindings).storage.list();
      if (bindings.length === 0) return;
      const policies = stores.of(validatingAdmissionPolicies);
      await loadCel(load);
      const byPolicy = new Map<string, ValidatingAdmissionPolicyBinding[]>();
      for (const { value } of bindings) {
        const name = value.spec?.policyName ?? '';
        byPolicy.set(name, [...(byPolicy.get(name) ?? []), value]);
      }
      const request = new Request(deciding, attributes);
      for (const [name, bound] of [...byPolicy].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const policy = policies.find(undefined, name);
        if (policy) await request.apply(policy, bound);
      }
      const [first] = request.denials;
      if (first) refuse(attributes, first);
    },
  };
}
