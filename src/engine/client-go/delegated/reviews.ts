/** Reviews a server asks for on behalf of its own clients. @upstream staging/src/k8s.io/apiserver/plugin/pkg/authenticator/token/webhook, authorizer/webhook */
import type { Client } from '../client.ts';
import { requestJson } from '../request-json.ts';

export interface DelegatedUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: { readonly [name: string]: readonly string[] };
}

/** Whose bearer token it is; undefined: nobody's. */
export async function reviewToken(client: Client, token: string): Promise<DelegatedUser | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const review = (await requestJson(client, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', body)) as {
    readonly status?: { readonly authenticated?: boolean; readonly user?: DelegatedUser };
  };
  return review.status?.authenticated ? review.status.user : undefined;
}

/** Whether the user may. `attributes`: a SubjectAccessReview's `resourceAttributes` or `nonResourceAttributes`. */
export async function reviewAccess(
  client: Client,
  { username, ...rest }: DelegatedUser,
  attributes: { readonly [kind: string]: { readonly [name: string]: string } },
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const spec = { ...attributes, user: username, ...rest };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  const review = (await requestJson(client, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body)) as {
    readonly status?: { readonly allowed?: boolean; readonly reason?: string };
  };
  return { allowed: review.status?.allowed === true, reason: review.status?.reason ?? '' };
}
