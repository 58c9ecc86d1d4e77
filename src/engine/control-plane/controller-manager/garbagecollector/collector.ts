/** Deletes what nobody owns any more. @upstream pkg/controller/garbagecollector/garbagecollector.go */
import { apiVersionOf, type Resource } from '#engine/api';
import {
  type DeletionPropagation,
  isConflict,
  isNotFound,
  type KubeObject,
  type OwnerReference,
} from '#engine/apimachinery';
import { type Client, LruMap } from '#engine/client-go';
import type { World } from '#engine/sim';
import { decided } from '../traces.ts';
import { FOREGROUND, type GraphNode, type Identity, ORPHAN, type OwnerGraph } from './graph.ts';

/** The kind of an owner is not served (yet): tried again with back-off. */
class UnknownKindError extends Error {
  override readonly name = 'UnknownKindError';
  constructor({ apiVersion, kind }: Pick<Identity, 'apiVersion' | 'kind'>) {
    super(`unable to get REST mapping for ${apiVersion}/${kind}.`);
  }
}

/** Still not shown by a watch: look again. */
class NotObservedError extends Error {
  override readonly name = 'NotObservedError';
}

/** The same uid may be named wrongly: in another namespace, as another kind. */
const absentKey = ({ apiVersion, kind, name, uid }: OwnerReference | Identity, namespace: string | undefined): string =>
  [uid, apiVersion, kind, namespace ?? '', name].join('|');

interface Owners {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
}

export class Collector {
  /** Owners known to be gone, by all that identifies them: spares a question to the server for each of their dependents. */
  private readonly absent = new LruMap<true>(500);
  private resources = new Map<string, Resource>();

  constructor(
    private readonly world: Pick<World, 'trace'>,
    private readonly client: Client,
    private readonly graph: OwnerGraph,
    private readonly wake: (uid: string) => void,
  ) {}

  /** Kinds of groups that do not answer now (`stale`, by group and version) are still there. */
  serve(resources: readonly Resource[], stale: readonly string[]): void {
    const kept = [...this.resources.values()].filter((resource) => stale.includes(apiVersionOf(resource)));
    this.resources = new Map(
      [...kept, ...resources].map((resource) => [`${apiVersionOf(resource)}/${resource.kind}`, resource]),
    );
  }

  ownerGone(identity: Identity): void {
    this.absent.set(absentKey(identity, identity.namespace), true);
  }

  /** Rejects when the node must be looked at again. */
  async attemptToDelete(uid: string): Promise<void> {
    const node = this.graph.get(uid);
    if (!node) return;
    if (node.beingDeleted && !node.deletingDependents) return;
    const latest = await this.read(node);
    if (!latest) {
      if (node.virtual) this.graph.deleted(uid);
      return;
    }
    await this.decide(node, latest);
    if (node.virtual && this.graph.get(uid) === node) throw new NotObservedError(`${node.identity.name} not observed`);
  }

  async attemptToOrphan(uid: string): Promise<void> {
    const node = this.graph.get(uid);
    if (!node) return;
    for (const dependent of node.dependents) await this.dropOwners(dependent, [uid]);
    await this.removeFinalizer(node, ORPHAN);
  }

  private async decide(node: GraphNode, latest: KubeObject): Promise<void> {
    if (node.deletingDependents) {
      await this.awaitDependents(node);
      return;
    }
    const references = latest.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const { solid, dangling, waiting } = await this.classify(node, references);
    if (solid.length > 0) {
      const dropped = [...dangling, ...waiting].map(({ uid }) => uid);
      if (dropped.length > 0) await this.dropOwners(node, dropped);
      return;
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      // Two objects that wait for each other would wait for ever.
      if ([...node.dependents].some((dependent) => dependent.deletingDependents)) await this.unblock(node, references);
      this.tell(node, references);
      await this.remove(node, latest, 'Foreground');
      return;
    }
    const { finalizers = [] } = latest.metadata;
    const policy = finalizers.includes(ORPHAN)
      ? 'Orphan'
      : finalizers.includes(FOREGROUND)
        ? 'Foreground'
        : 'Background';
    this.tell(node, references);
    await this.remove(node, latest, policy);
  }

  private tell({ identity: { kind, name, namespace } }: GraphNode, references: readonly OwnerReference[]): void {
    decided(this.world, {
      controller: 'garbagecollector',
      about: { kind, namespace, name },
      did: 'delete',
      owners: references.map((owner) => `${owner.kind}/${owner.name}`),
    });
  }

  /** Foreground deletion: the object goes when nothing that blocks it is left. */
  private async awaitDependents(node: GraphNode): Promise<void> {
    const { uid } = node.identity;
    const blocking = [...node.dependents].filter(({ owners }) =>
      owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0) await this.removeFinalizer(node, FOREGROUND);
    else for (const dependent of blocking) if (!dependent.deletingDependents) this.wake(dependent.identity.uid);
  }

  private async classify(node: GraphNode, references: readonly OwnerReference[]): Promise<Owners> {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of references) {
      const owner = await this.owner(node, reference);
      if (!owner) dangling.push(reference);
      else if (owner.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes(FOREGROUND)) {
        waiting.push(reference);
      } else solid.push(reference);
    }
    return { solid, dangling, waiting };
  }

  /** The owner as the server has it; undefined when it is gone. */
  private async owner(node: GraphNode, reference: OwnerReference): Promise<KubeObject | undefined> {
    const resource = this.resourceFor(reference);
    const namespace = resource.namespaced ? node.identity.namespace : undefined;
    const key = absentKey(reference, namespace);
    if (this.absent.get(key)) return undefined;
    const owner = await this.get(resource, namespace, reference.name);
    if (owner?.metadata.uid === reference.uid) return owner;
    this.absent.set(key, true);
    return undefined;
  }

  private resourceFor(identity: Pick<Identity, 'apiVersion' | 'kind'>): Resource {
    const resource = this.resources.get(`${identity.apiVersion}/${identity.kind}`);
    if (!resource) throw new UnknownKindError(identity);
    return resource;
  }

  private async read(node: GraphNode): Promise<KubeObject | undefined> {
    const resource = node.resource ?? this.resourceFor(node.identity);
    const { namespace, name, uid } = node.identity;
    const latest = await this.get(resource, resource.namespaced ? namespace : undefined, name);
    return latest?.metadata.uid === uid ? latest : undefined;
  }

  private async get(resource: Resource, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    try {
      return await this.client.get(resource, { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async remove(node: GraphNode, latest: KubeObject, propagationPolicy: DeletionPropagation): Promise<void> {
    const { uid, resourceVersion } = latest.metadata;
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
    await this.ignoringAbsence(() =>
      this.client.delete(this.resourceOf(node), this.nameOf(node), { preconditions, propagationPolicy }),
    );
  }

  private async dropOwners(node: GraphNode, owners: readonly string[]): Promise<void> {
    const ownerReferences = owners.map((uid) => ({ $patch: 'delete', uid }));
    await this.patch(node, { metadata: { ownerReferences, uid: node.identity.uid } });
  }

  private async unblock(node: GraphNode, references: readonly OwnerReference[]): Promise<void> {
    const ownerReferences = references.map((reference) => ({ ...reference, blockOwnerDeletion: false }));
    await this.patch(node, { metadata: { ownerReferences, uid: node.identity.uid } });
  }

  private async patch(node: GraphNode, body: unknown): Promise<void> {
    await this.ignoringAbsence(() => this.client.patch(this.resourceOf(node), this.nameOf(node), 'strategic', body));
  }

  private async removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const latest = await this.read(node);
      const { finalizers = [], resourceVersion } = latest?.metadata ?? {};
      if (!finalizers.includes(finalizer)) return;
      const left = finalizers.filter((each) => each !== finalizer);
      const body = { metadata: { resourceVersion, finalizers: left.length > 0 ? left : null } };
      try {
        await this.ignoringAbsence(() => this.client.patch(this.resourceOf(node), this.nameOf(node), 'merge', body));
        return;
      } catch (error) {
        if (!isConflict(error) || tries >= 5) throw error;
      }
    }
  }

  private readonly resourceOf = (node: GraphNode): Resource => node.resource ?? this.resourceFor(node.identity);

  private nameOf(node: GraphNode): { readonly namespace?: string | undefined; readonly name: string } {
    const { namespace, name } = node.identity;
    return this.resourceOf(node).namespaced ? { namespace, name } : { name };
  }

  private async ignoringAbsence(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
