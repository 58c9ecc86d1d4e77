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
import { loadCel } from '../../cel-library.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { type Invocation, invocations, namespaceObjectOf } from './binding.ts';
import type { Declared } from './environment.ts';
import {
  Answers,
  aggregate,
  type Deciding,
  type Evaluated,
  Evaluation,
  EvaluationStopped,
  meetsConditions,
  type Prepared,
  prepare,
  preparing,
  type Subject,
  withAnswers,
} from './evaluation.ts';
import { isExempt } from './match.ts';
import { refusal } from './refusal.ts';

/** Programs by the policy's spec: a policy that is changed has another. */
const prepared = preparing((spec: NonNullable<ValidatingAdmissionPolicy['spec']>, declared: Declared) => ({
  validations: (spec.validations ?? []).map(({ expression, messageExpression }) => ({
    ...prepare(expression, declared, 'bool'),
    message: messageExpression
      ? prepare(messageExpression, { ...declared, hasAuthorizer: false }, 'string')
      : undefined,
  })),
  annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
    key,
    ...prepare(valueExpression, declared, 'string or null'),
  })),
}));

type Ready = ReturnType<typeof prepared>;

interface Decision {
  readonly message: string;
  readonly reason?: string;
  /** Which validation said so. */
  readonly index: number;
}

/** One reason to refuse. */
interface Denial {
  readonly message: string;
  readonly reason?: string;
  readonly policy: string;
  readonly binding: string | undefined;
}

/** What evaluating a policy has come to. */
interface Verdict {
  readonly decisions: readonly Decision[];
  readonly annotations: readonly (readonly [key: string, value: string])[];
  /** Annotations that failed: they refuse whatever the binding's actions are. */
  readonly failures: readonly string[];
}

const MAX_MESSAGE = 5 * 1024;
const MAX_ANNOTATION = 10 * 1024;
const NOTHING: Verdict = { decisions: [], annotations: [], failures: [] };
const encoder = new TextEncoder();

/** The words of a validation that failed: its expression's, its own, or the expression itself. */
function messageFor(said: Evaluated | undefined, own: string, expression: string): string {
  if (said && !('error' in said) && typeof said.value === 'string') {
    const text = said.value.trim();
    if (text !== '' && encoder.encode(text).length <= MAX_MESSAGE && !text.includes('\n')) return text;
  }
  return own.trim() || `failed expression: ${expression.trim()}`;
}

/** Evaluates one after the other; the words for a budget that is used up instead. */
function evaluateAll<T>(
  evaluation: Evaluation,
  list: readonly T[],
  preparedOf: (item: T) => Prepared | undefined,
): readonly (Evaluated | undefined)[] | string {
  try {
    return list.map((item) => {
      const one = preparedOf(item);
      return one && evaluation.evaluate(one);
    });
  } catch (error) {
    if (error instanceof EvaluationStopped) return error.message;
    throw error;
  }
}

/** Validations, then the messages of all of them from what is left of the budget; both evaluate variables for themselves. */
function decide(
  { spec = {} }: ValidatingAdmissionPolicy,
  { composed, validations }: Ready,
  subject: Subject,
  params: KubeObject | undefined,
): readonly Decision[] | string {
  const evaluation = new Evaluation(subject, params, composed);
  const results = evaluateAll(evaluation, validations, (one) => one);
  if (typeof results === 'string') return results;
  const mute = { ...subject, answers: undefined };
  const messages = evaluateAll(
    new Evaluation(mute, params, composed, evaluation.budget),
    validations,
    (one) => one.message,
  );
  const failsOpen = spec.failurePolicy === 'Ignore';
  return results.flatMap((result, index): readonly Decision[] => {
    const said = spec.validations?.[index];
    const failed = (message: string) => (failsOpen ? [] : [{ message, index }]);
    if (!result || !said) return [];
    if ('error' in result) return failed(result.error);
    if (typeof messages === 'string') return failed(`failed messageExpression: ${messages}`);
    if (result.value === true) return [];
    const message = messageFor(messages[index], said.message ?? '', said.expression);
    return [{ message, index, ...(said.reason && { reason: said.reason }) }];
  });
}

function judge(policy: ValidatingAdmissionPolicy, subject: Subject, params: KubeObject | undefined): Verdict {
  const ready = prepared(policy.spec);
  const failsOpen = policy.spec?.failurePolicy === 'Ignore';
  const failed = (message: string): Verdict => ({ ...NOTHING, decisions: failsOpen ? [] : [{ message, index: 0 }] });
  const { matches, errors } = meetsConditions(ready.conditions, subject, params);
  if (errors.length > 0) return failed(aggregate(errors));
  if (!matches) return NOTHING;
  const decisions = decide(policy, ready, subject, params);
  if (typeof decisions === 'string') return failed(decisions);
  const evaluation = new Evaluation({ ...subject, answers: undefined }, params, ready.composed);
  const results = evaluateAll(evaluation, ready.annotations, (one) => one);
  if (typeof results === 'string') return failed(results);
  const annotations: (readonly [string, string])[] = [];
  const failures: string[] = [];
  for (const [index, result] of results.entries()) {
    if (!result) continue;
    if ('error' in result) failures.push(result.error);
    else if (typeof result.value === 'string' && result.value.trim() !== '')
      annotations.push([ready.annotations[index]?.key ?? '', result.value.trim().slice(0, MAX_ANNOTATION)]);
  }
  return { decisions, annotations, failures: failsOpen ? [] : failures };
}

const PLUGIN = 'ValidatingAdmissionPolicy';
const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';

class Request {
  readonly #deciding: Deciding;
  readonly #attributes: AdmissionAttributes;
  readonly #answers: Answers;
  /** What policies say to the audit log: the distinct values of all their bindings. */
  readonly #annotations = new Map<string, Set<string>>();
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
    const verdict = await withAnswers(this.#answers, () => judge(policy, subject, param));
    for (const decision of verdict.decisions) this.#enforce(name, binding, decision);
    for (const [key, value] of verdict.annotations) this.#annotate(`${name}/${key}`, value);
    for (const message of verdict.failures)
      this.denials.push({ message, policy: name, binding: binding.metadata.name });
    if (this.denials.length === 0) walk.pass();
  }

  #annotate(key: string, value: string): void {
    const values = this.#annotations.get(key) ?? new Set();
    this.#annotations.set(key, values.add(value));
    this.#attributes.walk.annotate(key, [...values].join(', '));
  }

  #enforce(policy: string, { metadata, spec }: ValidatingAdmissionPolicyBinding, decision: Decision): void {
    const binding = metadata.name;
    const { message, index, reason } = decision;
    const { walk } = this.#attributes;
    const actions = spec?.validationActions ?? [];
    if (actions.includes('Deny')) this.denials.push({ message, policy, binding, ...(reason && { reason }) });
    if (actions.includes('Warn'))
      this.#attributes.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`,
      );
    // An annotation is written once: what fails later finds the key taken.
    if (!actions.includes('Audit') || walk.annotations?.has(FAILURES)) return;
    const failure = { message, policy, binding, expressionIndex: index, validationActions: actions };
    walk.annotate(FAILURES, JSON.stringify([failure]));
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
      for (const invocation of invocations(stores, validatingAdmissionPolicies, bound, attributes)) {
        await invocation.matched.prepare?.([attributes.object, attributes.oldObject]);
        await request.apply(invocation);
      }
      const [first] = request.denials;
      if (first) refuse(attributes, first);
    },
  };
}
