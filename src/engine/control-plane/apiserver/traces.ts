/** What the API server tells the outside about a request: its audit line, as small as it can be. Nothing of it returns into the engine. */
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { UserInfo } from './context.ts';
import type { RequestInfo } from './request-info.ts';
import type { Walk } from './walk.ts';

/**
 * `apiserver.request`, one per answered request. Reads carry who, what and the code only; whatever may have changed something also says
 * which version it made, and by which program.
 * @upstream staging/src/k8s.io/apiserver/pkg/apis/audit/types.go Event
 */
export interface RequestTrace {
  readonly user: string;
  readonly verb: string;
  readonly code: number;
  /** Of a request that is about no resource. */
  readonly path?: string;
  /** `deployments`, `deployments/scale`. */
  readonly resource?: string;
  readonly namespace?: string;
  /** For a create, the name that the object got. */
  readonly name?: string;
  /** Absent for the core group, and for reads. */
  readonly group?: string;
  /** The caller's `User-Agent`. */
  readonly agent?: string;
  /** `Kubectl-Session`: which run of kubectl asked. */
  readonly session?: string;
  readonly uid?: string;
  /** resourceVersion of the object after the write. */
  readonly version?: string;
  /** Why it was refused, in the server's words. */
  readonly message?: string;
  readonly dryRun?: true;
  /** The way it took; no part of the trace's digest. */
  readonly walk: Walk;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

interface Answered {
  readonly metadata?: { readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
  readonly kind?: string;
  readonly message?: string;
}

/** The audit line of a request that has been answered. */
export function traceOf(
  request: HttpRequest,
  info: RequestInfo,
  user: UserInfo,
  response: HttpResponse,
  walk: Walk,
): RequestTrace {
  const code = response.status;
  const { verb, subresource, namespace, resource } = info;
  if (!info.isResourceRequest) return { user: user.username, verb, path: info.path, code, walk };
  const what = {
    user: user.username,
    verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    ...(namespace && { namespace }),
  };
  if (!WRITES.has(verb)) return { ...what, ...(info.name && { name: info.name }), code, walk };
  const { headers, query } = request;
  const answered = (response.body?.kind === 'json' ? response.body.value : undefined) as Answered | undefined;
  const metadata = answered?.metadata;
  // The answer to a POST of a subresource may be about another object: a Binding, a Status.
  const name = info.name || metadata?.name;
  const refused = code >= 400;
  return {
    ...what,
    ...(name && { name }),
    code,
    ...(info.apiGroup && { group: info.apiGroup }),
    ...(headers['user-agent'] && { agent: headers['user-agent'] }),
    ...(headers['kubectl-session'] && { session: headers['kubectl-session'] }),
    ...(!refused && metadata?.uid && { uid: metadata.uid }),
    ...(!refused && metadata?.resourceVersion && { version: metadata.resourceVersion }),
    ...(refused && answered?.message && { message: answered.message }),
    ...(query.has('dryRun') && { dryRun: true as const }),
    walk,
  };
}
