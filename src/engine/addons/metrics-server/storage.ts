/**
 * The two latest readings of Nodes and containers, and the rates between them.
 * @upstream sigs.k8s.io/metrics-server pkg/storage
 */
import type { Millis } from '#engine/sim';

/** One reading. */
export interface MetricsPoint {
  /** Absent for Nodes. */
  readonly startTime?: Millis;
  readonly at: Millis;
  readonly cpuNanos: number;
  readonly memoryBytes: number;
}

export interface PodPoints {
  readonly namespace: string;
  readonly name: string;
  readonly containers: ReadonlyMap<string, MetricsPoint>;
}

/** One round's readings. */
export interface Batch {
  readonly nodes: Map<string, MetricsPoint>;
  /** By `namespace/name`. */
  readonly pods: Map<string, PodPoints>;
}

export interface Usage {
  readonly at: Millis;
  readonly windowMs: Millis;
  readonly nanoCores: number;
  readonly memoryBytes: number;
}

export interface PodUsage {
  readonly at: Millis;
  readonly windowMs: Millis;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

/** A container younger than this is not counted from its start: too few figures to say anything. */
const FRESH_MS = 10_000;

/** Undefined: the counters went back. */
function usageBetween(last: MetricsPoint, before: MetricsPoint): Usage | undefined {
  if ((last.startTime ?? 0) < (before.startTime ?? 0) || last.cpuNanos < before.cpuNanos) return undefined;
  const windowMs = last.at - before.at;
  const nanoCores = Math.floor((last.cpuNanos - before.cpuNanos) / (windowMs / 1000));
  return { at: last.at, windowMs, nanoCores, memoryBytes: last.memoryBytes };
}

/** The reading that a new one is compared with: the latest, or the one before while nothing new came. */
function earlier(
  point: MetricsPoint,
  last: MetricsPoint | undefined,
  before: MetricsPoint | undefined,
): MetricsPoint | undefined {
  if (!last) return undefined;
  if (point.at > last.at) return last;
  return before && before.at < point.at ? before : undefined;
}

export class MetricsStorage {
  private last: Batch = { nodes: new Map(), pods: new Map() };
  private before: Batch = { nodes: new Map(), pods: new Map() };

  constructor(private readonly resolutionMs: Millis) {}

  /** Whether anything can be said: after the second round. */
  get ready(): boolean {
    return this.before.nodes.size > 0 || this.before.pods.size > 0;
  }

  store(batch: Batch): void {
    const nodes = new Map<string, MetricsPoint>();
    for (const [name, point] of batch.nodes) {
      const found = earlier(point, this.last.nodes.get(name), this.before.nodes.get(name));
      if (found) nodes.set(name, found);
    }
    const pods = new Map<string, PodPoints>();
    for (const [key, pod] of batch.pods) {
      const containers = this.containersBefore(key, pod);
      if (containers.size > 0) pods.set(key, { ...pod, containers });
    }
    this.last = batch;
    this.before = { nodes, pods };
  }

  private containersBefore(key: string, pod: PodPoints): ReadonlyMap<string, MetricsPoint> {
    const found = new Map<string, MetricsPoint>();
    for (const [name, point] of pod.containers) {
      const { startTime = 0, at } = point;
      const age = at - startTime;
      if (startTime < at && age < this.resolutionMs && age >= FRESH_MS) {
        found.set(name, { ...point, at: startTime, cpuNanos: 0 });
        continue;
      }
      const last = this.last.pods.get(key)?.containers.get(name);
      // A container that has started since is another one.
      if (!last || startTime >= last.at) continue;
      const before = earlier(point, last, this.before.pods.get(key)?.containers.get(name));
      if (before) found.set(name, before);
    }
    return found;
  }

  node(name: string): Usage | undefined {
    const [last, before] = [this.last.nodes.get(name), this.before.nodes.get(name)];
    return last && before && usageBetween(last, before);
  }

  /** Nothing is said of a Pod before all its containers are known. */
  pod(key: string): PodUsage | undefined {
    const [last, before] = [this.last.pods.get(key), this.before.pods.get(key)];
    if (!last || !before) return undefined;
    const containers: (Usage & { readonly name: string })[] = [];
    for (const [name, point] of last.containers) {
      const previous = before.containers.get(name);
      if (!previous) return undefined;
      const usage = usageBetween(point, previous);
      if (usage) containers.push({ name, ...usage });
    }
    const earliest = containers.toSorted((a, b) => a.at - b.at)[0];
    return { at: earliest?.at ?? 0, windowMs: earliest?.windowMs ?? 0, containers };
  }
}
