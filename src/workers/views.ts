/** What looks at the cluster from outside: each view has an observer of its own, so that it can look at another instant than the others. */
import { type Cluster, isLooking, type Observer } from '#engine/cluster';
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { Millis } from '#engine/sim';
import type { Past } from './protocol.ts';
import type { Nudged } from './terminals.ts';

export class Views {
  private readonly observers = new Map<string, Observer>();

  constructor(
    private readonly cluster: Cluster,
    private readonly nudged: Nudged,
  ) {}

  /** What a view reads comes from its observer; deeds are the administrator's, and go into the cluster as input. */
  handle(view: string, request: HttpRequest): Promise<HttpResponse> {
    if (isLooking(request)) return this.observer(view).handler(request);
    const headers = { authorization: `Bearer ${this.cluster.adminToken}`, ...request.headers };
    return this.nudged(({ apiserver }) => apiserver({ ...request, headers }));
  }

  goTo(view: string, at: Millis | undefined): Millis | undefined {
    return this.observer(view).goTo(at);
  }

  past(): Past {
    const { history, loop, answers } = this.cluster;
    return { oldest: history.oldest, now: loop.now(), answers };
  }

  private observer(view: string): Observer {
    const known = this.observers.get(view);
    if (known) return known;
    const observer = this.cluster.observe();
    this.observers.set(view, observer);
    return observer;
  }
}
