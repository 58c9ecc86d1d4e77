/** Pods that preemption promised a Node, until they are bound or given up. @upstream pkg/scheduler/backend/queue/nominator.go */
import type { PodInfo } from './pod-info.ts';

export class Nominator {
  private readonly nodeOf = new Map<string, string>();
  private readonly byNode = new Map<string, Map<string, PodInfo>>();

  get isEmpty(): boolean {
    return this.nodeOf.size === 0;
  }

  podsOn(node: string): readonly PodInfo[] {
    const pods = this.byNode.get(node);
    return pods ? [...pods.values()] : [];
  }

  nominatedNode(uid: string): string | undefined {
    return this.nodeOf.get(uid);
  }

  /** `node` '' only forgets. */
  set(pod: PodInfo, node: string): void {
    this.delete(pod.uid);
    if (node === '') return;
    this.nodeOf.set(pod.uid, node);
    let pods = this.byNode.get(node);
    if (!pods) {
      pods = new Map();
      this.byNode.set(node, pods);
    }
    pods.set(pod.uid, pod);
  }

  delete(uid: string): void {
    const node = this.nodeOf.get(uid);
    if (node === undefined) return;
    this.nodeOf.delete(uid);
    const pods = this.byNode.get(node);
    pods?.delete(uid);
    if (pods?.size === 0) this.byNode.delete(node);
  }

  /** A newer version of the Pod: what its status says counts, and an earlier promise holds while the status says nothing. */
  update(previous: PodInfo, pod: PodInfo): void {
    const said = pod.pod.status.nominatedNodeName ?? '';
    const before = previous.pod.status.nominatedNodeName ?? '';
    const held = this.nodeOf.get(previous.uid);
    this.delete(previous.uid);
    if (said !== '') this.set(pod, said);
    else if (before === '' && held !== undefined) this.set(pod, held);
  }
}
