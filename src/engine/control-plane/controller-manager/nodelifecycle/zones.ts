/** Evictions slow down when a zone loses many Nodes, and stop when all are lost: then the fault is probably ours. @upstream pkg/controller/nodelifecycle/node_lifecycle_controller.go */
import type { Node } from '#engine/api';
import type { Clock } from '#engine/sim';

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

const UNHEALTHY_THRESHOLD = 0.55;
const LARGE_ZONE = 50;
const PER_SECOND = 0.1;
const REDUCED_PER_SECOND = 0.01;

/** @param ready of every Node of the zone, whether it is Ready */
export function zoneState(ready: readonly boolean[]): ZoneState {
  const notReady = ready.filter((each) => !each).length;
  if (notReady > 0 && notReady === ready.length) return 'FullDisruption';
  return notReady > 2 && notReady / ready.length >= UNHEALTHY_THRESHOLD ? 'PartialDisruption' : 'Normal';
}

/** Nodes tainted per second in a zone of that state and size. */
export function evictionRate(state: ZoneState, size: number): number {
  if (state !== 'PartialDisruption') return PER_SECOND;
  return size > LARGE_ZONE ? REDUCED_PER_SECOND : 0;
}

export function zoneKey({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** Nodes of one zone that wait for their NoExecute taint. A Node stays known after it was handled, until it is forgotten. */
export class TaintQueue {
  private readonly known = new Set<string>();
  private waiting: string[] = [];
  private tokens = 1;
  private last: number;
  private perSecond = PER_SECOND;

  constructor(private readonly clock: Clock) {
    this.last = clock.now();
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** False when the Node is known already. */
  add(node: string): boolean {
    if (this.known.has(node)) return false;
    this.known.add(node);
    this.waiting.push(node);
    return true;
  }

  /** The Node may be added again. */
  forget(node: string): void {
    this.known.delete(node);
  }

  remove(node: string): boolean {
    this.waiting = this.waiting.filter((other) => other !== node);
    return this.known.delete(node);
  }

  limit(perSecond: number): void {
    this.refill();
    this.perSecond = perSecond;
    this.tokens = perSecond === 0 ? 0 : Math.min(1, this.tokens);
  }

  /** The next Node, if the rate allows one. */
  next(): string | undefined {
    this.refill();
    if (this.waiting.length === 0 || this.tokens < 1) return undefined;
    this.tokens -= 1;
    return this.waiting.shift();
  }

  private refill(): void {
    const now = this.clock.now();
    this.tokens = Math.min(1, this.tokens + ((now - this.last) / 1000) * this.perSecond);
    this.last = now;
  }
}
