/** A Node with the Pods on it (bound and assumed) and their sums, kept up to date pod by pod. */
import type { Node, Taint } from '#engine/api';
import { type HostPort, hasAffinity, type PodInfo } from './pod-info.ts';
import { allocatableOf, type ResourceVector } from './resource-vector.ts';

/** Running sums; only NodeInfo writes them. */
interface Sums {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  readonly scalars: Map<string, number>;
}

const none: readonly never[] = Object.freeze([]);

const zero = (): Sums => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map() });

/**
 * @upstream pkg/scheduler/framework/types.go NodeInfo
 */
export class NodeInfo {
  node: Node;
  readonly name: string;
  /** Of the Node's spec, at hand for every Pod that looks. */
  unschedulable: boolean;
  taints: readonly Taint[];
  allocatable: ResourceVector & { readonly pods: number };
  /** Everything asked for by the Pods here. */
  readonly requested: Sums = zero();
  /** The same with defaults for Pods that ask for nothing. */
  readonly scored = { milliCpu: 0, memory: 0 };
  /** In order of arrival, with upstream's swap on removal: preemption lists victims in this order. */
  readonly pods: PodInfo[] = [];
  readonly podsWithAffinity: PodInfo[] = [];
  readonly podsWithRequiredAntiAffinity: PodInfo[] = [];
  /** `protocol port` -> addresses in use. */
  private readonly ports = new Map<string, string[]>();
  /** Grows with every change. */
  generation = 0;

  constructor(node: Node) {
    this.node = node;
    this.name = node.metadata.name;
    this.unschedulable = node.spec.unschedulable ?? false;
    this.taints = node.spec.taints ?? none;
    this.allocatable = allocatableOf(node.status.allocatable);
  }

  setNode(node: Node): void {
    if (node.status.allocatable !== this.node.status.allocatable)
      this.allocatable = allocatableOf(node.status.allocatable);
    this.node = node;
    this.unschedulable = node.spec.unschedulable ?? false;
    this.taints = node.spec.taints ?? none;
    this.generation++;
  }

  addPod(pod: PodInfo): void {
    this.pods.push(pod);
    if (hasAffinity(pod)) this.podsWithAffinity.push(pod);
    if (pod.requiredAntiAffinity.length > 0) this.podsWithRequiredAntiAffinity.push(pod);
    this.sum(pod, 1);
    for (const port of pod.hostPorts) this.takePort(port);
  }

  /** False when the Pod is not here. */
  removePod(pod: PodInfo): boolean {
    const index = this.pods.findIndex((candidate) => candidate.uid === pod.uid);
    if (index < 0) return false;
    // What was added is what is taken away, however the object has changed since.
    const known = this.pods[index] as PodInfo;
    takeOut(this.pods, index);
    if (hasAffinity(known)) takeOut(this.podsWithAffinity, this.podsWithAffinity.indexOf(known));
    if (known.requiredAntiAffinity.length > 0) {
      takeOut(this.podsWithRequiredAntiAffinity, this.podsWithRequiredAntiAffinity.indexOf(known));
    }
    this.sum(known, -1);
    for (const port of known.hostPorts) this.freePort(port);
    return true;
  }

  private sum(pod: PodInfo, sign: 1 | -1): void {
    const { requests } = pod;
    this.requested.milliCpu += sign * requests.milliCpu;
    this.requested.memory += sign * requests.memory;
    this.requested.ephemeralStorage += sign * requests.ephemeralStorage;
    if (requests.scalars) {
      for (const [name, amount] of requests.scalars) {
        this.requested.scalars.set(name, (this.requested.scalars.get(name) ?? 0) + sign * amount);
      }
    }
    this.scored.milliCpu += sign * pod.scored.milliCpu;
    this.scored.memory += sign * pod.scored.memory;
    this.generation++;
  }

  private takePort({ protocol, port, ip }: HostPort): void {
    const key = `${protocol} ${port}`;
    const list = this.ports.get(key);
    if (list) list.push(ip);
    else this.ports.set(key, [ip]);
  }

  private freePort({ protocol, port, ip }: HostPort): void {
    const list = this.ports.get(`${protocol} ${port}`);
    const index = list?.indexOf(ip) ?? -1;
    if (list && index >= 0) list.splice(index, 1);
  }

  /** The port cannot be opened beside those in use: the wildcard address takes it on every address. */
  portConflicts({ protocol, port, ip }: HostPort): boolean {
    const list = this.ports.get(`${protocol} ${port}`);
    if (!list || list.length === 0) return false;
    return ip === '0.0.0.0' || list.includes('0.0.0.0') || list.includes(ip);
  }

  /** A copy to try things on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const pod of this.pods) copy.addPod(pod);
    return copy;
  }
}

/** Removes by moving the last into the gap, as upstream does. */
function takeOut<T>(list: T[], index: number): void {
  if (index < 0) return;
  const last = list.pop() as T;
  if (index < list.length) list[index] = last;
}
