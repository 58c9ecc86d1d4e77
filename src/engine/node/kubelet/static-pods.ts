/** Static Pods and their mirrors in the API. @upstream pkg/kubelet/config/common.go, pkg/kubelet/pod/mirror_client.go */
import { type Node, type Pod, pods } from '#engine/api';
import { isAlreadyExists } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { fnv1a32, formatMicroTime, type World } from '#engine/sim';
import { isRemote } from './node-agent.ts';
import { CONFIG_HASH, CONFIG_MIRROR, CONFIG_SEEN, CONFIG_SOURCE, STATIC_SOURCE } from './types.ts';

/** A manifest of a file as a Pod of this Node: named after it, with a uid made of its content. */
export function staticPod(manifest: Pod, nodeName: string, seenAt: string): Pod {
  const hash = contentHash(JSON.stringify(manifest) + nodeName);
  const { spec } = manifest;
  return {
    ...manifest,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...manifest.metadata,
      name: `${manifest.metadata.name}-${nodeName}`,
      namespace: manifest.metadata.namespace ?? 'default',
      uid: hash,
      annotations: {
        ...manifest.metadata.annotations,
        [CONFIG_HASH]: hash,
        [CONFIG_SEEN]: seenAt,
        [CONFIG_SOURCE]: STATIC_SOURCE,
      },
    },
    spec: {
      ...spec,
      containers: spec.containers.map(withDefaults),
      restartPolicy: spec.restartPolicy ?? 'Always',
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
      dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
      nodeName,
      tolerations: [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
    status: { phase: 'Pending' },
  };
}

const withDefaults = (container: Pod['spec']['containers'][number]) => ({
  ...container,
  imagePullPolicy:
    container.imagePullPolicy ?? (/:latest$|^[^:@]*$/.test(container.image ?? '') ? 'Always' : 'IfNotPresent'),
});

function contentHash(text: string): string {
  let hash = '';
  for (const salt of ['0', '1', '2', '3'])
    hash += fnv1a32(salt + text)
      .toString(16)
      .padStart(8, '0');
  return hash;
}

/** Keeps one mirror Pod in the API for each static Pod, as long as the API can be reached. */
export class Mirrors {
  private readonly byName = new Map<string, Pod>();
  private readonly creating = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly node: () => Node | undefined,
    private readonly signal: AbortSignal,
  ) {}

  of(pod: Pod): Pod | undefined {
    return this.byName.get(nameOf(pod));
  }

  /** The API has this mirror. */
  observed(mirror: Pod): void {
    this.byName.set(nameOf(mirror), mirror);
  }

  gone(mirror: Pod): void {
    this.byName.delete(nameOf(mirror));
  }

  /** Makes the mirror of a static Pod be there and be current. */
  async ensure(pod: Pod): Promise<void> {
    const key = nameOf(pod);
    const mirror = this.byName.get(key);
    if (this.signal.aborted || this.creating.has(key)) return;
    if (
      mirror &&
      mirror.metadata.annotations?.[CONFIG_MIRROR] === pod.metadata.uid &&
      !mirror.metadata.deletionTimestamp
    )
      return;
    this.creating.add(key);
    try {
      if (mirror) await this.delete(mirror);
      else await this.create(pod);
    } finally {
      this.creating.delete(key);
    }
  }

  /** The static Pod has gone, or somebody deletes the mirror: it goes at once. */
  async delete(mirror: Pod): Promise<void> {
    const { namespace, name, uid = '' } = mirror.metadata;
    try {
      await this.client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isRemote(error)) throw error;
    }
  }

  private async create(pod: Pod): Promise<void> {
    const node = this.node();
    if (!node) return;
    const { uid, ...metadata } = pod.metadata;
    const owner = {
      apiVersion: 'v1',
      kind: 'Node',
      name: node.metadata.name,
      uid: node.metadata.uid ?? '',
      controller: true,
    };
    const { status: _status, ...rest } = pod;
    try {
      const mirror = await this.client.create(pods, {
        ...rest,
        metadata: {
          ...metadata,
          annotations: { ...metadata.annotations, [CONFIG_MIRROR]: uid ?? '' },
          ownerReferences: [owner],
        },
      });
      this.observed(mirror);
    } catch (error) {
      if (!isRemote(error)) throw error;
      if (isAlreadyExists(error)) return;
      this.world.clock.after(5_000, 'kubelet/mirror-retry', () => void this.ensure(pod));
    }
  }
}

export const nameOf = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;
export const seenNow = (world: World): string => formatMicroTime(world.clock.now());
