/** One generic client for every resource, over any Handler: in process, over a port, over HTTP to a real cluster. */

import type { Resource } from '#engine/api';
import type { DeleteOptions, Draft, KubeList, KubeObject, WatchEvent } from '#engine/apimachinery';
import type { HttpResponse, Source } from '#engine/http';

export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface ListOptions {
  /** Absent or '' lists every namespace. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** For apply patches: take over fields that another manager owns. */
  readonly force?: boolean;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Every method rejects with StatusError when the server refuses, with NetError when nobody answers. */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<KubeList<T>>;
  /** Frames until the server or `signal` ends the watch. */
  watch<T extends KubeObject>(resource: Resource<T>, options?: WatchOptions): Promise<Source<WatchEvent<T>>>;
  /** The namespace is `object.metadata.namespace`. */
  create<T extends KubeObject>(resource: Resource<T>, object: Draft<T>, options?: WriteOptions): Promise<T>;
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName & { readonly subresource?: string },
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T>;
  delete<T extends KubeObject>(resource: Resource<T>, name: ObjectName, options?: DeleteOptions): Promise<unknown>;
  deleteCollection<T extends KubeObject>(
    resource: Resource<T>,
    list?: ListOptions,
    options?: DeleteOptions,
  ): Promise<unknown>;
  /** POST to a subresource: binding, eviction, token. */
  createSubresource(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: unknown,
    options?: WriteOptions,
  ): Promise<unknown>;
  /** Anything else: discovery, OpenAPI, logs, exec, raw paths. Rejects with StatusError for a code of 400 and above. */
  request(
    method: string,
    url: string,
    rest?: {
      readonly headers?: { readonly [name: string]: string };
      readonly body?: unknown;
      readonly signal?: AbortSignal;
    },
  ): Promise<HttpResponse>;
}
