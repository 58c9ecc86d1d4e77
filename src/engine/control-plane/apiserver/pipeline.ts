/**
 * The walk of a request: who asks, as whom, may they, and then the endpoint. Upstream's order of filters.
 * @upstream staging/src/k8s.io/apiserver/pkg/server/config.go DefaultBuildHandlerChain
 */
import { StatusError, statusErrors } from '#engine/apimachinery';
import { EtcdError } from '#engine/control-plane/etcd';
import type { Handler, HttpRequest, HttpResponse } from '#engine/http';
import { InvariantError, type World } from '#engine/sim';
import type { Authorizer } from './authorization/authorizer.ts';
import type { ApiHandler, UserInfo } from './context.ts';
import { plainError } from './endpoints/plain-error.ts';
import { respondJson } from './endpoints/respond.ts';
import { authorizationAttributes, authorize } from './filters/authorization.ts';
import { impersonatedUser, impersonates } from './filters/impersonation.ts';
import type { Classify } from './flow-control/classifier.ts';
import type { Fairness, Seat } from './flow-control/fairness.ts';
import { requestInfoOf } from './request-info.ts';
import { traceOf } from './traces.ts';
import { Walk, type WalkFlow } from './walk.ts';

export interface Pipeline {
  readonly world: World;
  readonly authenticate: (request: HttpRequest, walk: Walk) => UserInfo | Promise<UserInfo>;
  readonly classify: Classify;
  readonly fairness: Fairness;
  readonly authorizer: Authorizer;
  readonly endpoint: ApiHandler;
}

const NOBODY: UserInfo = Object.freeze({ username: '', groups: Object.freeze([]) });

/** The server's Handler: it answers every request, and never rejects but for a bug of ours. */
export function createPipeline({ world, authenticate, classify, fairness, authorizer, endpoint }: Pipeline): Handler {
  return async (request) => {
    const info = requestInfoOf(request);
    // Warnings reach the client even when the request fails after they were given.
    const warnings: string[] = [];
    const walk = new Walk(request, info, world.clock);
    let user = NOBODY;
    let response: HttpResponse;
    let seat: Seat | undefined;
    try {
      const authenticating = authenticate(request, walk);
      user = authenticating instanceof Promise ? await authenticating : authenticating;
      walk.user = user;
      const impersonator = user;
      if (impersonates(request.headers)) {
        walk.enter('impersonation');
        user = (await impersonatedUser(request, user, info, authorizer)) ?? user;
        walk.user = user;
        if (user !== impersonator) walk.impersonator = impersonator;
      }
      walk.enter('priority');
      walk.flow = classify(user, info);
      const asked = walk.flow && fairness.seatFor(walk.flow, user, info);
      const granted = asked instanceof Promise ? await asked : asked;
      if (typeof granted === 'string') response = sentAway(walk, granted);
      else {
        seat = granted;
        if (seat?.queue !== undefined) walk.queued = { queue: seat.queue, ms: seat.waitedMs };
        walk.enter('authorization');
        const authorizing = authorize(authorizer, authorizationAttributes(user, info), walk);
        if (authorizing !== undefined) await authorizing;
        walk.enter('endpoint');
        response = await endpoint({ request, info, user, warnings, walk });
      }
    } catch (error) {
      response = errorResponse(error, world, walk);
    }
    seat?.free();
    if (walk.flow) response = withFlow(response, walk.flow);
    if (warnings.length > 0) {
      response = { ...response, warnings };
      walk.warnings = warnings;
    }
    world.trace.emit('apiserver.request', traceOf(request, info, user, response, walk));
    return response;
  };
}

/** There is no seat, and no place to wait for one. */
function sentAway(walk: Walk, why: string): HttpResponse {
  walk.refusal = `${TOO_MANY} (${why})`;
  return {
    status: 429,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'retry-after': '1',
      'x-content-type-options': 'nosniff',
    },
    body: { kind: 'text', text: `${TOO_MANY}\n` },
  };
}

const TOO_MANY = 'Too many requests, please try again later.';

/** Says where the request was put, as upstream does to everybody. */
function withFlow(response: HttpResponse, { flowSchemaUid, priorityLevelUid }: WalkFlow): HttpResponse {
  const headers = {
    ...response.headers,
    'x-kubernetes-pf-flowschema-uid': flowSchemaUid,
    'x-kubernetes-pf-prioritylevel-uid': priorityLevelUid,
  };
  return { ...response, headers };
}

/** Any refusal as a Status. */
function errorResponse(error: unknown, world: World, walk: Walk): HttpResponse {
  const { status } = statusErrorOf(error, world);
  walk.refusal = status.message;
  const code = status.code ?? 500;
  const response = respondJson(code, status);
  const retry = status.details?.retryAfterSeconds;
  return retry ? { ...response, headers: { ...response.headers, 'retry-after': String(retry) } } : response;
}

/** A broken invariant is no answer: it stops the world. Other bugs of ours are a 500 and a trace. */
function statusErrorOf(error: unknown, world: World): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof InvariantError) throw error;
  if (error instanceof EtcdError) return plainError(error.message);
  const message = error instanceof Error ? error.message : String(error);
  world.trace.emit('apiserver.panic', { message, stack: error instanceof Error ? (error.stack ?? '') : '' });
  return statusErrors.internal(message);
}
