/** The 403 of a request. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/filters/authorization.go */
import { StatusError, statusErrors } from '#engine/apimachinery';
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorization/authorizer.ts';
import type { UserInfo } from '../context.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Walk } from '../walk.ts';

export function authorizationAttributes(user: UserInfo, info: RequestInfo): AuthorizationAttributes {
  const { verb, isResourceRequest, path, apiGroup, apiVersion, resource, subresource, namespace, name } = info;
  return { user, verb, isResourceRequest, path, apiGroup, apiVersion, resource, subresource, namespace, name };
}

/** Throws Forbidden unless the authorizer allows the request; a promise only where the authorizer has to wait. */
export function authorize(
  authorizer: Authorizer,
  attributes: AuthorizationAttributes,
  walk: Walk,
): Promise<void> | undefined {
  walk.attributes = attributes;
  const answer = authorizer.authorize(attributes);
  const decided = (decision: AuthorizationDecision) => {
    walk.decision = decision;
    if (!decision.allowed) throw forbidden(attributes, decision.reason);
  };
  if (answer instanceof Promise) return answer.then(decided);
  decided(answer);
  return undefined;
}

/** @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go */
export function forbidden(attributes: AuthorizationAttributes, reason: string | undefined): StatusError {
  const { user, verb, path, apiGroup, resource, subresource, namespace, name } = attributes;
  const because = reason ? `: ${reason}` : '';
  const who = `User ${JSON.stringify(user.username)}`;
  if (!attributes.isResourceRequest) {
    const { status } = statusErrors.forbidden(
      { group: '', resource: '' },
      '',
      `${who} cannot ${verb} path ${JSON.stringify(path)}${because}`,
    );
    return new StatusError({ ...status, details: {} });
  }
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const why = `${who} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(apiGroup)} ${where}${because}`;
  return statusErrors.forbidden({ group: apiGroup, resource }, name, why);
}
