/** May this user do that? Asked once per request, and by the access review kinds. */
import type { PolicyRule } from '#engine/api';
import type { UserInfo } from '../user-info.ts';

/** What is to be decided. @upstream staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go */
export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly path: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Neither allowed nor denied is "no opinion", which the server treats as no. `reason` ends up in the 403. */
export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly denied?: boolean;
  readonly reason?: string;
  /** A fault while deciding, such as a binding to a role that is gone. */
  readonly evaluationError?: string;
  /** Who decided. */
  readonly by?: 'masters' | 'node' | 'rbac' | 'webhook';
  /** The rule that allowed. */
  readonly rule?: PolicyRule;
}

/** What SelfSubjectRulesReview lists. */
export interface SubjectRules {
  readonly resourceRules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly nonResourceRules: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs?: readonly string[];
  }[];
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

/** Decides: the Node authorizer, RBAC, or several in a row. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): AuthorizationDecision | Promise<AuthorizationDecision>;
  rulesFor?(user: UserInfo, namespace: string): SubjectRules | Promise<SubjectRules>;
}

const SUPERUSER_GROUP = 'system:masters';

/** system:masters may everything; everyone else asks the others in turn: the first that allows or denies decides. */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return {
    authorize(attributes) {
      if (attributes.user.groups.includes(SUPERUSER_GROUP)) return ALLOWED;
      return firstOpinion(authorizers, attributes);
    },
    async rulesFor(user, namespace) {
      const all: SubjectRules[] = [];
      for (const one of authorizers) {
        const rules = await one.rulesFor?.(user, namespace);
        if (rules) all.push(rules);
      }
      const errors = all.flatMap(({ evaluationError }) => (evaluationError ? [evaluationError] : []));
      return {
        resourceRules: all.flatMap(({ resourceRules }) => resourceRules),
        nonResourceRules: all.flatMap(({ nonResourceRules }) => nonResourceRules),
        incomplete: all.some(({ incomplete }) => incomplete),
        ...(errors.length > 0 && { evaluationError: errors.join(', ') }),
      };
    },
  };
}

const ALLOWED: AuthorizationDecision = Object.freeze({ allowed: true, by: 'masters' });

/** Nearly always synchronous: only a webhook would make it wait. */
function firstOpinion(
  authorizers: readonly Authorizer[],
  attributes: AuthorizationAttributes,
  from = 0,
  reasons = '',
): AuthorizationDecision | Promise<AuthorizationDecision> {
  let said = reasons;
  for (let i = from; i < authorizers.length; i++) {
    const decision = authorizers[i]?.authorize(attributes);
    if (decision instanceof Promise) {
      return decision.then((late) =>
        isOpinion(late) ? late : firstOpinion(authorizers, attributes, i + 1, joined(said, late)),
      );
    }
    if (!decision) continue;
    if (isOpinion(decision)) return decision;
    said = joined(said, decision);
  }
  return { allowed: false, ...(said !== '' && { reason: said }) };
}

const isOpinion = ({ allowed, denied }: AuthorizationDecision): boolean => allowed || denied === true;

const joined = (said: string, { reason = '' }: AuthorizationDecision): string =>
  said !== '' && reason !== '' ? `${said}\n${reason}` : said + reason;
