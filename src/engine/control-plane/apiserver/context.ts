/** What travels with a request through the filters to the endpoint. */
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { RequestInfo } from './request-info.ts';
import type { UserInfo } from './user-info.ts';
import type { Walk } from './walk.ts';

export type { UserInfo } from './user-info.ts';

/** One request on its way. `warnings` collects Warning headers; everything else is settled before an endpoint sees it. */
export interface ApiContext {
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly warnings: string[];
  /** What is remembered of the request's way. */
  readonly walk: Walk;
}

export type ApiHandler = (context: ApiContext) => Promise<HttpResponse>;
