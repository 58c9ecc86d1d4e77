/**
 * kube-apiserver: one Handler over one etcd.
 * @upstream pkg/controlplane/instance.go
 */

import type { Resource } from '#engine/api';
import { deepFreeze, type KubeObject, StatusError, statusErrors } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import type { Handler, HttpResponse, Net } from '#engine/http';
import type { World } from '#engine/sim';
import { createAdmissionChain } from './admission/admission.ts';
import type { Authorizer } from './authorization/authorizer.ts';
import type { ApiContext } from './context.ts';
import type { Server, Stores } from './endpoints/endpoint.ts';
import { respondJson } from './endpoints/respond.ts';
import { route } from './endpoints/router.ts';
import { Store } from './registry/generic/store.ts';
import { strategies } from './registry/provisional.ts';
import type { Strategy } from './registry/strategy.ts';
import { requestInfoOf } from './request-info.ts';
import { EventLeases } from './storage/event-leases.ts';
import { prefixOf } from './storage/prefix.ts';

/** Someone with a static bearer token. */
export interface StaticUser {
  readonly token: string;
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

export interface ApiServerOptions {
  readonly etcd: Etcd;
  readonly users?: readonly StaticUser[];
  /** Default true. */
  readonly anonymous?: boolean;
  /** Asked for everyone but system:masters. */
  readonly authorizer?: Authorizer;
  /** Default: every strategy of the registry. */
  readonly strategies?: readonly Strategy[];
  readonly serviceClusterIpRange?: string;
  readonly serviceNodePortRange?: { readonly first: number; readonly last: number };
  /** How kubelets are reached for logs, exec, attach and port-forward. */
  readonly net?: Net;
  readonly advertiseAddress?: string;
  readonly advertisePort?: number;
  readonly eventTtlSeconds?: number;
  readonly compactionIntervalMs?: number;
  /** Deep-freeze what is stored: tests and development. */
  readonly freeze?: boolean;
}

export interface ApiServer {
  readonly handler: Handler;
}

/** @fidelity partial: no RBAC, webhooks, CustomResourceDefinitions or aggregation yet */
export function createApiServer(world: World, options: ApiServerOptions, _signal?: AbortSignal): ApiServer {
  const server: Server = { world, stores: createStores(world, options), admission: createAdmissionChain([]) };
  const handler: Handler = async (request) => {
    const info = requestInfoOf(request);
    const context: ApiContext = {
      request,
      info,
      user: { username: 'system:admin', groups: ['system:masters'] },
      warnings: [],
    };
    return answer(await attempt(() => route(server, context)), context);
  };
  return { handler };
}

function answer(response: HttpResponse, context: ApiContext): HttpResponse {
  return context.warnings.length > 0 ? { ...response, warnings: context.warnings } : response;
}

async function attempt(serve: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await serve();
  } catch (error) {
    const status = error instanceof StatusError ? error.status : statusErrors.internal(String(error)).status;
    return respondJson(status.code ?? 500, deepFreeze(status));
  }
}

function createStores(world: World, options: ApiServerOptions): Stores {
  const stores = new Map<string, Store>();
  for (const strategy of options.strategies ?? strategies) {
    const { group, plural } = strategy.resource;
    const nodeName = strategy.fieldSelectors?.['spec.nodeName'];
    const store = new Store({
      world,
      etcd: options.etcd,
      strategy,
      prefix: prefixOf(strategy.resource),
      freeze: options.freeze ?? false,
      ...(nodeName && { index: { field: 'spec.nodeName', value: nodeName } }),
      ...(group === '' &&
        plural === 'events' && { leases: new EventLeases(world, options.etcd, options.eventTtlSeconds ?? 3600) }),
    });
    stores.set(`${group}/${plural}`, store);
  }
  const find = (group: string, plural: string) => stores.get(`${group}/${plural}`);
  return {
    find,
    of: <T extends KubeObject>(resource: Resource<T>) => find(resource.group, resource.plural) as unknown as Store<T>,
    all: () => [...stores.values()],
  };
}
