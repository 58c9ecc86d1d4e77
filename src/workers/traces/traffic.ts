/** Requests as the map shows them: counted by who asks whom and how it ended, and told in batches while somebody watches. */
import type { RequestOnTheWire, RequestTrace } from '#engine/cluster';
import type { TraceEvent } from '#engine/sim';

/** Requests of one kind since the last batch. */
export interface Flow {
  /** `net`: between Pods, Nodes and the workstation; parties as in RequestOnTheWire. `api`: of a user to the API server. */
  readonly kind: 'net' | 'api';
  readonly from: string;
  /** `net`: the party reached. `api`: nothing. */
  readonly to?: string;
  /** `net`: what was dialled, `address:port`. */
  readonly address?: string;
  readonly count: number;
  readonly failed: boolean;
  /** `api`: something was written, so that etcd was asked as well. */
  readonly write?: boolean;
  /** The last of them, for the eye: `GET /healthz -> 200`, `ECONNREFUSED`. */
  readonly sample: string;
}

export interface TrafficBatch {
  readonly flows: readonly Flow[];
  /** Requests of flows beyond the most that one batch tells. */
  readonly more: number;
}

/** Wall milliseconds between batches. */
const BATCH_MS = 120;
const MOST_FLOWS = 200;
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const SERVER_ERROR = 500;

function ofWire(request: RequestOnTheWire): Flow | undefined {
  const { from, to, address, agent, error, status, method, path } = request;
  const failed = error !== undefined || (status ?? 0) >= SERVER_ERROR;
  // Probes come every few seconds for ever: only what they find wrong is news.
  if (agent?.startsWith('kube-probe') && !failed) return undefined;
  return {
    kind: 'net',
    from,
    count: 1,
    failed,
    sample: `${method} ${path} -> ${error ?? status}`,
    ...(to !== undefined && { to }),
    ...(address !== undefined && { address }),
  };
}

function ofApi({ user, verb, resource, path, code }: RequestTrace): Flow {
  return {
    kind: 'api',
    from: user,
    count: 1,
    failed: code >= SERVER_ERROR || code === 401 || code === 403,
    write: WRITES.has(verb),
    sample: `${verb} ${resource ?? path ?? ''} -> ${code}`,
  };
}

export class Traffic {
  private readonly ports = new Set<MessagePort>();
  private flows = new Map<string, Flow>();
  private more = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells batches on the port until it sends anything. Nothing is counted while nobody watches. */
  watch(port: MessagePort): void {
    this.ports.add(port);
    port.onmessage = () => {
      this.ports.delete(port);
      port.close();
    };
  }

  take({ type, detail }: TraceEvent): void {
    if (this.ports.size === 0) return;
    const flow =
      type === 'net.request'
        ? ofWire(detail as RequestOnTheWire)
        : type === 'apiserver.request'
          ? ofApi(detail as RequestTrace)
          : undefined;
    if (flow) this.count(flow);
  }

  private count(flow: Flow): void {
    const key = `${flow.from} ${flow.to} ${flow.address} ${flow.failed} ${flow.write}`;
    const known = this.flows.get(key);
    if (known) this.flows.set(key, { ...flow, count: known.count + 1 });
    else if (this.flows.size < MOST_FLOWS) this.flows.set(key, flow);
    else this.more++;
    this.timer ??= setTimeout(() => this.tell(), BATCH_MS);
  }

  private tell(): void {
    this.timer = undefined;
    const batch: TrafficBatch = { flows: [...this.flows.values()], more: this.more };
    this.flows = new Map();
    this.more = 0;
    for (const port of this.ports) port.postMessage(batch);
  }
}
