/** May this user do that? Asked once per request, and by the access review kinds. */
import type { UserInfo } from '../context.ts';

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

/** Decides; RBAC will be one. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): AuthorizationDecision | Promise<AuthorizationDecision>;
  rulesFor?(user: UserInfo, namespace: string): SubjectRules | Promise<SubjectRules>;
}

const SUPERUSER_GROUP = 'system:masters';

/** What every authenticated user, and in part everyone, may do even before RBAC has a say. */
const DISCOVERY_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const AUTHENTICATED_PATHS = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...DISCOVERY_PATHS];

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

const SELF_REVIEWS: { readonly [groupResource: string]: true } = {
  'authorization.k8s.io/selfsubjectaccessreviews': true,
  'authorization.k8s.io/selfsubjectrulesreviews': true,
  'authentication.k8s.io/selfsubjectreviews': true,
};

/**
 * system:masters may everything; discovery, health and self reviews are open as the bootstrap roles open them; the rest asks `next`.
 * @upstream plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 * @fidelity partial: the bootstrap roles system:discovery, system:public-info-viewer and system:basic-user are built in until RBAC stands
 */
export function createBaseAuthorizer(next?: Authorizer): Authorizer {
  return {
    authorize(attributes) {
      const { user } = attributes;
      if (user.groups.includes(SUPERUSER_GROUP)) return { allowed: true };
      const authenticated = user.groups.includes('system:authenticated');
      if (!attributes.isResourceRequest && attributes.verb === 'get') {
        const open = authenticated ? AUTHENTICATED_PATHS : DISCOVERY_PATHS;
        if (open.some((pattern) => pathMatches(pattern, attributes.path))) {
          return authenticated
            ? byRole('system:discovery', 'system:authenticated')
            : byRole('system:public-info-viewer', 'system:unauthenticated');
        }
      }
      if (
        authenticated &&
        attributes.verb === 'create' &&
        SELF_REVIEWS[`${attributes.apiGroup}/${attributes.resource}`]
      ) {
        return byRole('system:basic-user', 'system:authenticated');
      }
      return next ? next.authorize(attributes) : { allowed: false };
    },
    async rulesFor(user, namespace) {
      const base = baseRules(user);
      const more = await next?.rulesFor?.(user, namespace);
      return more
        ? {
            ...more,
            resourceRules: [...base.resourceRules, ...more.resourceRules],
            nonResourceRules: [...base.nonResourceRules, ...more.nonResourceRules],
          }
        : base;
    },
  };
}

/** The reason RBAC gives for what a bootstrap role allows. */
const byRole = (role: string, group: string): AuthorizationDecision => ({
  allowed: true,
  reason: `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(role)} of ClusterRole ${JSON.stringify(role)} to Group ${JSON.stringify(group)}`,
});

function baseRules(user: UserInfo): SubjectRules {
  const authenticated = user.groups.includes('system:authenticated');
  const everything = user.groups.includes(SUPERUSER_GROUP);
  return {
    resourceRules: [
      ...(everything ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : []),
      ...(authenticated
        ? [
            {
              verbs: ['create'],
              apiGroups: ['authorization.k8s.io'],
              resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
            },
            { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
          ]
        : []),
    ],
    nonResourceRules: [
      { verbs: ['get'], nonResourceURLs: DISCOVERY_PATHS },
      ...(everything ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : []),
      ...(authenticated ? [{ verbs: ['get'], nonResourceURLs: [...AUTHENTICATED_PATHS].sort() }] : []),
    ],
    incomplete: false,
  };
}
