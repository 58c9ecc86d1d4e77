/** An API server on its own, for tests: calls, virtual time, watches. */
import type { ApiServerOptions } from '#engine/control-plane/apiserver';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { createEtcd, type EtcdStore } from '#engine/control-plane/etcd';
import { bodyText, type HttpRequest, httpRequest, type Source } from '#engine/http';
import { createRng, Loop, type TraceEvent, type World } from '#engine/sim';
import { loadAsset } from '../../src/workers/node/assets.ts';

export interface Answer {
  readonly status: number;
  /** What a client on a wire would parse. */
  readonly body: Body;
  readonly warnings: readonly string[];
  readonly headers: { readonly [name: string]: string };
}

/** What these tests look at in answers of any kind; they say themselves what they expect of it. */
interface Body {
  readonly message: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels?: { readonly [name: string]: string };
    readonly annotations?: { readonly [name: string]: string };
    readonly finalizers?: readonly string[];
    readonly continue: string;
    readonly remainingItemCount?: number;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName?: string;
    readonly volumes: readonly { readonly name: string }[];
    readonly containers: readonly { readonly volumeMounts: readonly unknown[] }[];
    readonly clusterIP: string;
    readonly ports: readonly { readonly nodePort?: number }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions: readonly unknown[];
    readonly token: string;
    readonly [field: string]: unknown;
  };
  readonly items: readonly Body[];
  readonly resources: readonly { readonly name: string; readonly storageVersionHash?: string }[];
  readonly data: { readonly [key: string]: string };
}

export interface CallOptions {
  readonly as?: string;
  readonly headers?: { readonly [name: string]: string };
}

export class TestServer {
  readonly loop: Loop;
  readonly world: World;
  readonly etcd: EtcdStore;
  /** Bugs that were answered with a 500. */
  readonly panics: unknown[] = [];
  readonly handler: (request: HttpRequest) => ReturnType<ReturnType<typeof createApiServer>['handler']>;

  constructor(options: Partial<ApiServerOptions> = {}) {
    const host = {
      settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
      trace: ({ type, detail }: TraceEvent) => {
        if (type === 'apiserver.panic') this.panics.push(detail);
      },
    };
    this.loop = new Loop(host, 1_767_225_600_000);
    this.world = { clock: this.loop, rng: createRng(1), trace: this.loop };
    this.etcd = createEtcd(this.world);
    const users = [
      { token: 'admin', username: 'admin', uid: '1', groups: ['system:masters'] },
      { token: 'alice', username: 'alice', uid: '2', groups: ['developers'] },
    ];
    const { handler } = createApiServer(this.world, {
      etcd: this.etcd,
      users,
      freeze: true,
      load: loadAsset,
      ...options,
    });
    this.handler = handler;
  }

  async call(
    method: string,
    url: string,
    value?: unknown,
    { as = 'admin', headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const all = { ...(as !== '' && { authorization: `Bearer ${as}` }), ...headers };
    const body =
      value === undefined
        ? {}
        : {
            body:
              typeof value === 'string' ? ({ kind: 'text', text: value } as const) : ({ kind: 'json', value } as const),
          };
    const response = await this.handler(httpRequest(method, url, { headers: all, ...body }));
    const text = response.body?.kind === 'stream' ? '' : await bodyText(response.body);
    const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : text,
      warnings: response.warnings ?? [],
      headers: response.headers,
    };
  }

  /** A namespace with its default ServiceAccount, as the controllers would make it. */
  async namespace(name: string): Promise<void> {
    await this.call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await this.call('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account);
  }

  /** Frames of a watch, as `TYPE name`, until now. */
  async watch(url: string, headers: { readonly [name: string]: string } = {}): Promise<() => string[]> {
    const response = await this.handler(
      httpRequest('GET', url, { headers: { authorization: 'Bearer admin', ...headers } }),
    );
    if (response.body?.kind !== 'stream')
      throw new Error(`no watch: ${response.status} ${await bodyText(response.body)}`);
    const frames = response.body.frames as Source<{ readonly type: string; readonly object: Body }>;
    return () => {
      const seen: string[] = [];
      for (let frame = frames.tryRead(); frame; frame = frames.tryRead()) {
        const { metadata, message } = frame.object;
        seen.push(`${frame.type} ${metadata?.name ?? message ?? JSON.stringify(metadata?.annotations ?? {})}`);
      }
      return seen;
    };
  }
}

export const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

export const pod = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
