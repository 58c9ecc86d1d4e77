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
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { type Invocation, invocations, namespaceObjectOf } from './binding.ts';
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
import { isExempt } from './match.ts';
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

const PLUGIN = 'ValidatingAdmissionPolicy';

interface Deciding {
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
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

  async apply(invocation: Invocation<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>): Promise<void> {
    const { policy, binding, matched, param, misconfigured } = invocation;
    const { name } = policy.metadata;
    const { walk } = this.#attributes;
    if (misconfigured !== undefined) {
      if (policy.spec?.failurePolicy === 'Ignore') return;
      this.denials.push({ message: misconfigured, policy: name, binding: binding?.metadata.name });
    }
    if (misconfigured !== undefined || !binding) return;
    walk.enter('validating', `${PLUGIN}/${name}/${binding.metadata.name}`);
    const subject = {
      attributes: this.#attributes,
      matched,
      namespaceObject: namespaceObjectOf(this.#attributes, this.#deciding.stores),
      answers: this.#answers,
    };
    const decisions = await withAnswers(this.#answers, () => decisionsOf(policy, subject, param));
    for (const decision of decisions) this.#enforce(name, binding, decision);
    const { annotations, errors } = await withAnswers(this.#answers, () => annotate(policy, subject, param));
    for (const [key, value] of annotations) walk.annotate(key, value);
    for (const message of errors) this.#enforce(name, binding, { message });
    if (this.denials.length === 0) walk.pass();
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
    name: PLUGIN,
    async validate(attributes) {
      if (isExempt(attributes.resource)) return;
      const bindings = stores.of(validatingAdmissionPolicyBindings).storage.list();
      if (bindings.length === 0) return;
      await loadCel(load);
      const request = new Request(deciding, attributes);
      const bound = bindings.map(({ value }) => value);
      for (const invocation of invocations(stores, validatingAdmissionPolicies, bound, attributes))
        await request.apply(invocation);
      const [first] = request.denials;
      if (first) refuse(attributes, first);
    },
  };
}
