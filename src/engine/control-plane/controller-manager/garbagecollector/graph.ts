/** Who depends on whom, as the watches tell it. @upstream pkg/controller/garbagecollector/graph_builder.go, graph.go */
import { apiVersionOf, type Resource } from '#engine/api';
import type { KubeObject, OwnerReference } from '#engine/apimachinery';

/** What identifies an object in the graph. An owner known by reference only has no resource yet. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
}

export interface GraphNode {
  identity: Identity;
  resource: Resource | undefined;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  beingDeleted: boolean;
  /** It waits, as a foreground deletion does, until its blocking dependents are gone. */
  deletingDependents: boolean;
  /** Known only because somebody names it as owner; no watch has shown it. */
  virtual: boolean;
}

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** Where the graph sends nodes that need work, by uid. */
export interface GraphQueues {
  attemptToDelete(uid: string): void;
  attemptToOrphan(uid: string): void;
}

const hasFinalizer = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) ?? false;

/** The deletion with that finalizer began with this change. */
function deletionStarts(previous: KubeObject | undefined, object: KubeObject, finalizer: string): boolean {
  if (object.metadata.deletionTimestamp === undefined || !hasFinalizer(object, finalizer)) return false;
  return previous?.metadata.deletionTimestamp === undefined || !hasFinalizer(previous, finalizer);
}

/** @fidelity full */
export class OwnerGraph {
  private readonly nodes = new Map<string, GraphNode>();

  constructor(
    private readonly queues: GraphQueues,
    /** Called with the identity of an owner that is gone while somebody still depends on it. */
    private readonly ownerGone: (identity: Identity) => void,
    /** Called when an object names an owner of another namespace. */
    private readonly invalidNamespace: (dependent: Identity, owner: OwnerReference) => void,
  ) {}

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  get size(): number {
    return this.nodes.size;
  }

  added(resource: Resource, object: KubeObject): void {
    const uid = object.metadata.uid ?? '';
    const known = this.nodes.get(uid);
    const identity = identityOf(resource, object);
    if (known) {
      known.identity = identity;
      known.resource = resource;
      known.virtual = false;
      this.updated(undefined, object);
      return;
    }
    const node: GraphNode = {
      identity,
      resource,
      owners: object.metadata.ownerReferences ?? [],
      dependents: new Set(),
      beingDeleted: object.metadata.deletionTimestamp !== undefined,
      deletingDependents: object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND),
      virtual: false,
    };
    this.nodes.set(uid, node);
    this.linkOwners(node, node.owners);
    this.transition(undefined, object, node);
  }

  updated(previous: KubeObject | undefined, object: KubeObject): void {
    const before = previous?.metadata;
    const { ownerReferences, deletionTimestamp, finalizers, uid = '' } = object.metadata;
    const sameOwners = before !== undefined && before.ownerReferences === ownerReferences;
    if (sameOwners && before.deletionTimestamp === deletionTimestamp && before.finalizers === finalizers) return;
    const node = this.nodes.get(uid);
    if (!node) return;
    if (!sameOwners) this.changeOwners(node, ownerReferences ?? []);
    if (deletionTimestamp !== undefined) node.beingDeleted = true;
    this.transition(previous, object, node);
  }

  /** A watch saw it go, or (for a virtual node) the server said it does not exist. */
  deleted(uid: string): void {
    const node = this.nodes.get(uid);
    if (!node) return;
    this.nodes.delete(uid);
    for (const { uid: owner } of node.owners) this.nodes.get(owner)?.dependents.delete(node);
    if (node.dependents.size > 0) this.ownerGone(node.identity);
    for (const dependent of node.dependents) this.queues.attemptToDelete(dependent.identity.uid);
    for (const { uid: owner } of node.owners) {
      if (this.nodes.get(owner)?.deletingDependents) this.queues.attemptToDelete(owner);
    }
  }

  private transition(previous: KubeObject | undefined, object: KubeObject, node: GraphNode): void {
    if (deletionStarts(previous, object, ORPHAN)) this.queues.attemptToOrphan(node.identity.uid);
    else if (deletionStarts(previous, object, FOREGROUND)) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) this.queues.attemptToDelete(dependent.identity.uid);
      this.queues.attemptToDelete(node.identity.uid);
    }
  }

  private changeOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = new Map(node.owners.map((owner) => [owner.uid, owner]));
    const after = new Map(owners.map((owner) => [owner.uid, owner]));
    node.owners = owners;
    for (const [uid, owner] of before) {
      const now = after.get(uid);
      // An owner in foreground deletion may have waited for this one.
      if (owner.blockOwnerDeletion && !now?.blockOwnerDeletion && this.nodes.has(uid)) this.queues.attemptToDelete(uid);
      if (!now) this.nodes.get(uid)?.dependents.delete(node);
    }
    this.linkOwners(
      node,
      owners.filter(({ uid }) => !before.has(uid)),
    );
  }

  private linkOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    let doubtful = false;
    for (const owner of owners) {
      let target = this.nodes.get(owner.uid);
      if (!target) {
        target = virtualNode(owner, node.identity.namespace);
        this.nodes.set(owner.uid, target);
        this.queues.attemptToDelete(owner.uid);
      } else if (isElsewhere(target.identity, node.identity)) {
        if (!target.virtual) this.invalidNamespace(node.identity, owner);
        doubtful = true;
      } else if (!isNamed(owner, target.identity)) doubtful = true;
      target.dependents.add(node);
    }
    // The server is asked whether what the reference names exists.
    if (doubtful) this.queues.attemptToDelete(node.identity.uid);
  }
}

/** A namespaced owner owns only within its namespace. */
const isElsewhere = (owner: Identity, dependent: Identity): boolean =>
  owner.namespace !== undefined && owner.namespace !== dependent.namespace;

const isNamed = (reference: OwnerReference, { apiVersion, kind, name }: Identity): boolean =>
  reference.apiVersion === apiVersion && reference.kind === kind && reference.name === name;

const identityOf = (resource: Resource, { metadata }: KubeObject): Identity => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid ?? '',
});

const virtualNode = ({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined): GraphNode => ({
  identity: { apiVersion, kind, name, uid, namespace },
  resource: undefined,
  owners: [],
  dependents: new Set(),
  beingDeleted: false,
  deletingDependents: false,
  virtual: true,
});
