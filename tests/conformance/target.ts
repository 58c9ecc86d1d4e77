/** The cluster the API recordings were made on: an API server and a few controllers, nothing else. */
import { createClient } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { runControllerManager } from '#engine/control-plane/controller-manager';
import { createEtcd } from '#engine/control-plane/etcd';
import type { Handler } from '#engine/http';
import { createRng, Loop, parseTime } from '#engine/sim';
import { loadAsset } from '../../src/workers/node/assets.ts';
import { type Answer, answer, type Exchange, send } from './exchange.ts';

const CONTROLLERS = [
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
  'resourcequota-controller',
  'clusterrole-aggregation-controller',
  'validatingadmissionpolicy-status-controller',
  'service-cidr-controller',
];

const USERS = [
  { token: 'admin', username: 'admin', uid: '1', groups: ['system:masters'] },
  { token: 'alice', username: 'alice', uid: '2', groups: ['developers'] },
  { token: 'bob', username: 'bob', uid: '3', groups: ['developers', 'qa'] },
  { token: 'carol', username: 'carol', uid: '4', groups: [] },
];

/** Virtual milliseconds within which every answer must come. */
const PATIENCE_MS = 60_000;

export class Target {
  private constructor(
    readonly loop: Loop,
    readonly handler: Handler,
    private readonly stopped: AbortController,
  ) {}

  /** A fresh cluster with the namespaces that every case may use. */
  static async start(namespaces: readonly string[] = ['lab', 'lab-b']): Promise<Target> {
    const host = { settle: () => new Promise<void>((resolve) => setImmediate(resolve)), trace: () => {} };
    const loop = new Loop(host, parseTime('2026-01-01T00:00:00Z') as number);
    const world = { clock: loop, rng: createRng(1), trace: loop };
    const stopped = new AbortController();
    const { handler } = createApiServer(
      world,
      { etcd: createEtcd(world), users: USERS, freeze: true, advertisePort: 36_443, load: loadAsset },
      stopped.signal,
    );
    const target = new Target(loop, handler, stopped);
    const client = createClient(handler, { token: 'admin', userAgent: 'kube-controller-manager' });
    const manager = { controllers: CONTROLLERS, leaderElect: false, cel: () => loadAsset('cel') };
    runControllerManager(world, client, manager, stopped.signal).catch((error) => loop.fail(error));
    for (const name of namespaces) await target.namespace(name);
    return target;
  }

  stop(): void {
    this.stopped.abort();
  }

  /** Creates a namespace and waits for what its controllers put into it. */
  async namespace(name: string, labels?: unknown): Promise<void> {
    const metadata = { name, ...(labels !== undefined && { labels }) };
    await this.play({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata },
      code: 201,
    });
    for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
      for (let i = 0; i < 50; i++) {
        const { code } = await this.play({ method: 'GET', path: `/api/v1/namespaces/${name}/${path}`, code: 200 });
        if (code === 200) break;
        await this.pass(100);
      }
    }
  }

  pass(ms: number): Promise<unknown> {
    return this.loop.runUntil(this.loop.now() + ms);
  }

  play(exchange: Exchange): Promise<Answer> {
    return this.until(answer(this.handler, exchange));
  }

  /** Opens a watch; frames are collected until `close`. */
  async watch(exchange: Exchange): Promise<{
    readonly code: number;
    readonly frames: unknown[];
    readonly answer: Answer | undefined;
    close(): void;
  }> {
    const response = await this.until(send(this.handler, exchange));
    if (response.body?.kind !== 'stream' || response.body.framing !== 'json') {
      return { code: response.status, frames: [], answer: await this.play(exchange), close: () => {} };
    }
    const { frames: source } = response.body;
    const frames: unknown[] = [];
    source.forEach((frame) => void frames.push(frame)).catch((error) => this.loop.fail(error));
    return { code: response.status, frames, answer: undefined, close: () => source.cancel() };
  }

  private async until<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const finished = promise.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    if (!(await this.loop.runUntil(this.loop.now() + PATIENCE_MS, () => done)))
      throw new Error('no answer within a virtual minute');
    return finished;
  }
}
