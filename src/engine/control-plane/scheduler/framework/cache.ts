/** The scheduler's picture of Nodes and the Pods on them, running ahead of the API by the Pods it has just placed. */
import type { Node, Pod } from '#engine/api';
import { NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import type { Snapshot } from './plugin.ts';
import { type PodInfo, podInfoOf } from './pod-info.ts';

interface PodState {
  info: PodInfo;
  node: string;
  /** Placed here by us, not yet seen from the API. */
  assumed: boolean;
}

interface ImageState {
  /** As the first Node reported it, for all: images of one name differ by platform. */
  readonly sizeBytes: number;
  readonly nodes: Set<string>;
}

/**
 * Upstream copies changed Nodes into a snapshot before each cycle, because binding runs in other threads. Here a cycle
 * happens within one synchronous turn, so the cache itself is the snapshot: nothing is copied at all.
 * Assumed Pods do not expire, as upstream's default (a ttl of 0).
 * @upstream pkg/scheduler/backend/cache/cache.go
 * @fidelity full
 */
export class SchedulerCache implements Snapshot {
  private readonly infos = new Map<string, NodeInfo>();
  private readonly tree = new NodeTree();
  private readonly pods = new Map<string, PodState>();
  private readonly images = new Map<string, ImageState>();
  private readonly withAffinity = new Set<NodeInfo>();
  private readonly withAntiAffinity = new Set<NodeInfo>();
  private ordered: readonly NodeInfo[] | undefined;

  get nodes(): readonly NodeInfo[] {
    this.ordered ??= this.tree
      .list()
      .map((name) => this.infos.get(name))
      .filter((info) => info !== undefined);
    return this.ordered;
  }

  get nodesWithAffinityPods(): Iterable<NodeInfo> {
    return this.withAffinity;
  }

  get nodesWithRequiredAntiAffinityPods(): Iterable<NodeInfo> {
    return this.withAntiAffinity;
  }

  /** Only Nodes that exist; Pods may be known for one that does not (yet). */
  get(name: string): NodeInfo | undefined {
    return this.tree.has(name) ? this.infos.get(name) : undefined;
  }

  image(node: NodeInfo, name: string): { readonly sizeBytes: number; readonly numNodes: number } | undefined {
    const state = this.images.get(name);
    return state?.nodes.has(node.name) ? { sizeBytes: state.sizeBytes, numNodes: state.nodes.size } : undefined;
  }

  addNode(node: Node): NodeInfo {
    const { name } = node.metadata;
    const info = this.infos.get(name);
    if (info) {
      this.updateImages(info.node, node);
      if (this.tree.has(name)) this.tree.remove(info.node);
      info.setNode(node);
      this.tree.add(node);
      this.ordered = undefined;
      return info;
    }
    const fresh = new NodeInfo(node);
    this.infos.set(name, fresh);
    this.tree.add(node);
    this.updateImages(undefined, node);
    this.ordered = undefined;
    return fresh;
  }

  updateNode(node: Node): NodeInfo {
    const info = this.infos.get(node.metadata.name);
    if (!info || !this.tree.has(info.name)) return this.addNode(node);
    if (this.tree.update(info.node, node)) this.ordered = undefined;
    this.updateImages(info.node, node);
    info.setNode(node);
    return info;
  }

  /** The Node's Pods stay known until they are deleted: their deletions arrive later. */
  removeNode(node: Node): void {
    const info = this.infos.get(node.metadata.name);
    if (!info) return;
    this.tree.remove(info.node);
    this.updateImages(info.node, undefined);
    this.ordered = undefined;
    if (info.pods.length === 0) this.infos.delete(info.name);
  }

  private updateImages(previous: Node | undefined, node: Node | undefined): void {
    const before = previous?.status.images;
    const after = node?.status.images;
    if (before === after) return;
    for (const image of before ?? []) {
      for (const name of image.names ?? []) {
        const state = this.images.get(name);
        state?.nodes.delete(previous?.metadata.name ?? '');
        if (state?.nodes.size === 0) this.images.delete(name);
      }
    }
    for (const image of after ?? []) {
      for (const name of image.names ?? []) {
        let state = this.images.get(name);
        if (!state) {
          state = { sizeBytes: image.sizeBytes ?? 0, nodes: new Set() };
          this.images.set(name, state);
        }
        state.nodes.add(node?.metadata.name ?? '');
      }
    }
  }

  isAssumed(uid: string): boolean {
    return this.pods.get(uid)?.assumed ?? false;
  }

  podNode(uid: string): string | undefined {
    return this.pods.get(uid)?.node;
  }

  /** Counts the Pod on the Node before the API knows. */
  assume(info: PodInfo, node: string): void {
    this.put(info, node, true);
  }

  /** Takes an assumed Pod back: it could not be bound. */
  forget(uid: string): void {
    if (this.pods.get(uid)?.assumed) this.drop(uid);
  }

  /** The API says the Pod is on its Node: confirms an assumption, or corrects it. */
  addPod(pod: Pod): void {
    this.drop(pod.metadata.uid ?? '');
    this.put(podInfoOf(pod), pod.spec.nodeName ?? '', false);
  }

  removePod(uid: string): void {
    this.drop(uid);
  }

  private put(info: PodInfo, nodeName: string, assumed: boolean): void {
    this.drop(info.uid);
    let node = this.infos.get(nodeName);
    if (!node) {
      node = new NodeInfo({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName }, spec: {}, status: {} });
      this.infos.set(nodeName, node);
    }
    node.addPod(info);
    this.pods.set(info.uid, { info, node: nodeName, assumed });
    this.index(node);
  }

  private drop(uid: string): void {
    const state = this.pods.get(uid);
    if (!state) return;
    this.pods.delete(uid);
    const node = this.infos.get(state.node);
    if (!node) return;
    node.removePod(state.info);
    this.index(node);
    if (node.pods.length === 0 && !this.tree.has(node.name)) this.infos.delete(node.name);
  }

  private index(node: NodeInfo): void {
    place(this.withAffinity, node, node.podsWithAffinity.length > 0);
    place(this.withAntiAffinity, node, node.podsWithRequiredAntiAffinity.length > 0);
  }
}

function place(set: Set<NodeInfo>, node: NodeInfo, belongs: boolean): void {
  if (belongs) set.add(node);
  else set.delete(node);
}
