/** What looks at the cluster from outside: each view has an observer of its own, so that it can look at another instant than the others. */
import { type Cluster, isLooking, type Observer } from '#engine/cluster';
import { type HttpRequest, type HttpResponse, jsonResponse } from '#engine/http';
import type { Millis } from '#engine/sim';
import type { Past } from './protocol.ts';
import type { Nudged } from './terminals.ts';

/** Nobody changes the past. Followed logs are read as they are now. */
const PAST: HttpResponse = jsonResponse(403, {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Forbidden',
  message: 'you look at the past, which cannot be changed: return to live first',
  code: 403,
});

export class Views {
  private readonly observers = new Map<string, Observer>();

  /** @param boot when the cluster was made */
  constructor(
    private readonly cluster: Cluster,
    private readonly boot: Millis,
    private readonly nudged: Nudged,
  ) {}

  /** What a view reads comes from its observer; deeds are the administrator's, and go into the cluster as input. */
  handle(view: string, request: HttpRequest): Promise<HttpResponse> {
    const observer = this.observer(view);
    if (isLooking(request)) return observer.handler(request);
    if (observer.at !== undefined && request.method !== 'GET') return Promise.resolve(PAST);
    const headers = { authorization: `Bearer ${this.cluster.adminToken}`, ...request.headers };
    return this.nudged(({ apiserver }) => apiserver({ ...request, headers }));
  }

  goTo(view: string, at: Millis | undefined): Millis | undefined {
    return this.observer(view).goTo(at);
  }

  past(): Past {
    const { history, loop, answers } = this.cluster;
    return { boot: this.boot, oldest: history.oldest, now: loop.now(), answers };
  }

  private observer(view: string): Observer {
    const known = this.observers.get(view);
    if (known) return known;
    const observer = this.cluster.observe();
    this.observers.set(view, observer);
    return observer;
  }
}
