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
  readonly path?: string | undefined;
  /** `deployments`, `deployments/scale`. */
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  /** For a create, the name that the object got. */
  readonly name?: string | undefined;
  /** Absent for the core group, and for reads. */
  readonly group?: string | undefined;
  /** The caller's `User-Agent`. */
  readonly agent?: string | undefined;
  /** `Kubectl-Session`: which run of kubectl asked. */
  readonly session?: string | undefined;
  readonly uid?: string | undefined;
  /** resourceVersion of the object after the write. */
  readonly version?: string | undefined;
  /** Why it was refused, in the server's words. */
  readonly message?: string | undefined;
  readonly dryRun?: true | undefined;
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
  const { verb, subresource, resource } = info;
  if (!info.isResourceRequest) return { user: user.username, verb, path: info.path, code, walk };
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const namespace = info.namespace || undefined;
  if (!WRITES.has(verb))
    return { user: user.username, verb, resource: what, namespace, name: info.name || undefined, code, walk };
  const { headers, query } = request;
  const answered = (response.body?.kind === 'json' ? response.body.value : undefined) as Answered | undefined;
  const metadata = answered?.metadata;
  const refused = code >= 400;
  // Absent members are there as undefined: one shape for all, and JSON leaves them out.
  return {
    user: user.username,
    verb,
    resource: what,
    namespace,
    // The answer to a POST of a subresource may be about another object: a Binding, a Status.
    name: info.name || metadata?.name || undefined,
    code,
    group: info.apiGroup || undefined,
    agent: headers['user-agent'] || undefined,
    session: headers['kubectl-session'] || undefined,
    uid: refused ? undefined : metadata?.uid || undefined,
    version: refused ? undefined : metadata?.resourceVersion || undefined,
    message: refused ? answered?.message || undefined : undefined,
    dryRun: query.size > 0 && query.has('dryRun') ? true : undefined,
    walk,
  };
}
