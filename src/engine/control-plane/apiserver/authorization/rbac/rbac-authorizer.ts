/**
 * RBAC: a request is allowed when one of the user's rules allows it.
 * @upstream plugin/pkg/auth/authorizer/rbac/rbac.go
 */
import type { PolicyRule } from '#engine/api';
import type { AuthorizationDecision, Authorizer } from '../authorizer.ts';
import { ruleAllows } from './evaluation.ts';
import type { GrantedRule, RuleResolver } from './rule-resolver.ts';

const aggregated = (errors: readonly string[]): string =>
  errors.length === 1 ? (errors[0] as string) : `[${[...new Set(errors)].join(', ')}]`;

const NO: AuthorizationDecision = Object.freeze({ allowed: false });

/** @fidelity full */
export function createRbacAuthorizer(resolver: RuleResolver): Authorizer {
  return {
    authorize(attributes) {
      const { granted, errors } = resolver.rulesFor(attributes.user, attributes.namespace);
      for (const { rule, decision } of granted) if (ruleAllows(rule, attributes)) return decision;
      return errors.length === 0 ? NO : { allowed: false, reason: `RBAC: ${aggregated(errors)}` };
    },
    rulesFor(user, namespace) {
      const { granted, errors } = resolver.rulesFor(user, namespace);
      return {
        resourceRules: granted.filter(({ rule }) => (rule.resources?.length ?? 0) > 0).map(resourceRule),
        nonResourceRules: granted.filter(({ rule }) => (rule.nonResourceURLs?.length ?? 0) > 0).map(pathRule),
        incomplete: errors.length > 0,
        ...(errors.length > 0 && { evaluationError: aggregated(errors) }),
      };
    },
  };
}

const resourceRule = ({ rule: { verbs, apiGroups, resources, resourceNames } }: GrantedRule) => ({
  verbs,
  ...(apiGroups && { apiGroups }),
  ...(resources && { resources }),
  ...(resourceNames && { resourceNames }),
});

const pathRule = ({ rule: { verbs, nonResourceURLs } }: { readonly rule: PolicyRule }) => ({
  verbs,
  ...(nonResourceURLs && { nonResourceURLs }),
});
