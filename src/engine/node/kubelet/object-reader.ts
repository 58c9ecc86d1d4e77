/** ConfigMaps, Secrets and tokens that Pods on this Node use: fetched when needed, remembered for a while. */

import type { Resource } from '#engine/api';
import {
  type ConfigMap,
  configMaps,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  type Secret,
  secrets,
  serviceAccounts,
} from '#engine/api';
import { isNotFound, type KubeObject, StatusError } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { NetError } from '#engine/http';
import type { Clock, Millis } from '#engine/sim';

/** How long an answer is believed. @upstream pkg/kubelet/util/manager/cache_based_manager.go */
const TTL_MS = 60_000;

/** A reference that cannot be resolved; `message` is what the user sees. */
export class UnresolvedReference extends Error {
  override readonly name = 'UnresolvedReference';
}

interface Cached {
  readonly object: Promise<KubeObject>;
  readonly at: Millis;
}

export class ObjectReader {
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly clock: Clock,
    private readonly client: Client,
  ) {}

  configMap(namespace: string, name: string, maxAgeMs = TTL_MS): Promise<ConfigMap> {
    return this.read(configMaps, namespace, name, maxAgeMs);
  }

  secret(namespace: string, name: string, maxAgeMs = TTL_MS): Promise<Secret> {
    return this.read(secrets, namespace, name, maxAgeMs);
  }

  /** Always asked anew: what is bound now counts. Rejects with what the server said. */
  claim(namespace: string, name: string): Promise<PersistentVolumeClaim> {
    return this.client.get(persistentVolumeClaims, { namespace, name });
  }

  volume(name: string): Promise<PersistentVolume> {
    return this.client.get(persistentVolumes, { name });
  }

  /** A token for a Pod, bound to it. */
  async token(namespace: string, account: string, body: unknown): Promise<string> {
    try {
      const answer = await this.client.createSubresource(serviceAccounts, { namespace, name: account }, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        ...(body as object),
      });
      return (answer as { readonly status?: { readonly token?: string } }).status?.token ?? '';
    } catch (error) {
      throw unreadable(error, error instanceof Error ? error.message : '');
    }
  }

  private async read<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
    maxAgeMs: Millis,
  ): Promise<T> {
    const key = `${resource.plural}/${namespace}/${name}`;
    const known = this.cache.get(key);
    const now = this.clock.now();
    if (known && now - known.at < maxAgeMs) return (await known.object) as T;
    const object = this.client.get(resource, { namespace, name });
    this.cache.set(key, { object, at: now });
    try {
      return await object;
    } catch (error) {
      if (this.cache.get(key)?.object === object) this.cache.delete(key);
      throw unreadable(error, `${resource.singular} "${name}" not found`);
    }
  }
}

/** The kubelet's caches name an absent object by its kind, not by its resource. */
function unreadable(error: unknown, notFound: string): unknown {
  if (isNotFound(error)) return new UnresolvedReference(notFound);
  if (error instanceof StatusError || error instanceof NetError) return new UnresolvedReference(error.message);
  return error;
}
