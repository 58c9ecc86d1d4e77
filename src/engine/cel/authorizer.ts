/**
 * Asking the authorizer from an expression. Answers come from whoever evaluates; one that is not there yet ends the
 * evaluation with `AuthorizationNeeded`, to be asked for and evaluated again.
 * @upstream staging/src/k8s.io/apiserver/pkg/cel/library/authz.go
 */
import { isDns1123Label, isDns1123Subdomain } from '#engine/apimachinery';
import type { CelFunction } from './arithmetic.ts';
import { CelError, Opaque, type Value } from './values.ts';

/** One question to the authorizer. */
export interface AuthorizationQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Another one to ask for: namespace and name. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  /** Why there is no answer. */
  readonly error?: string;
}

/** Answers at once, or throws AuthorizationNeeded. */
export type Ask = (question: AuthorizationQuestion) => AuthorizationAnswer;

/** The evaluation needs an answer that has to be waited for. */
export class AuthorizationNeeded extends Error {
  readonly question: AuthorizationQuestion;
  constructor(question: AuthorizationQuestion) {
    super('authorization needed');
    this.question = question;
  }
}

const PREFIX = 'kubernetes.authorization.';

interface Check {
  readonly ask: Ask;
  readonly question: Omit<AuthorizationQuestion, 'verb'>;
}

/** The value of the variable `authorizer`. */
export const authorizerValue = (ask: Ask): Value =>
  new Opaque(`${PREFIX}Authorizer`, { ask, question: {} } satisfies Check);

/** The value of the variable `authorizer.requestResource`. */
export const resourceCheckValue = (ask: Ask, question: Omit<AuthorizationQuestion, 'verb'>): Value =>
  new Opaque(`${PREFIX}ResourceCheck`, { ask, question } satisfies Check);

const is = (value: Value | undefined, type: string): value is Opaque =>
  value instanceof Opaque && value.type === PREFIX + type;

const step =
  (from: string, to: string, field: string, isNeeded = false): CelFunction =>
  (value, text) => {
    if (!is(value, from) || typeof text !== 'string') return undefined;
    if (isNeeded && text.trim() === '') throw new CelError(`${field} must not be empty`);
    const { ask, question } = value.content as Check;
    return new Opaque(PREFIX + to, { ask, question: { ...question, [field]: text } } satisfies Check);
  };

const check: CelFunction = (value, verb) => {
  if (!(is(value, 'PathCheck') || is(value, 'ResourceCheck')) || typeof verb !== 'string') return undefined;
  const { ask, question } = value.content as Check;
  return new Opaque(`${PREFIX}Decision`, ask({ ...question, verb }));
};

const ofDecision =
  (answer: (decision: AuthorizationAnswer) => Value): CelFunction =>
  (value) =>
    is(value, 'Decision') ? answer(value.content as AuthorizationAnswer) : undefined;

export const AUTHORIZER: { readonly [name: string]: CelFunction } = {
  path: step('Authorizer', 'PathCheck', 'path', true),
  group: step('Authorizer', 'GroupCheck', 'group'),
  resource: step('GroupCheck', 'ResourceCheck', 'resource', true),
  subresource: step('ResourceCheck', 'ResourceCheck', 'subresource'),
  namespace: step('ResourceCheck', 'ResourceCheck', 'namespace'),
  name: step('ResourceCheck', 'ResourceCheck', 'name'),
  fieldSelector: step('ResourceCheck', 'ResourceCheck', 'fieldSelector'),
  labelSelector: step('ResourceCheck', 'ResourceCheck', 'labelSelector'),
  serviceAccount: (value, namespace, name) => {
    if (!is(value, 'Authorizer') || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
    if (isDns1123Subdomain(name).length > 0) throw new CelError('Invalid service account name');
    if (isDns1123Label(namespace).length > 0) throw new CelError('Invalid service account namespace');
    const { ask, question } = value.content as Check;
    return new Opaque(`${PREFIX}Authorizer`, { ask, question: { ...question, serviceAccount: { namespace, name } } });
  },
  check,
  errored: ofDecision(({ error }) => error !== undefined),
  error: ofDecision(({ error }) => error ?? ''),
  allowed: ofDecision(({ allowed }) => allowed),
  reason: ofDecision(({ reason }) => reason),
};
