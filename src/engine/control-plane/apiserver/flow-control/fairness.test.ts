import { expect, it } from 'vitest';
import * as cel from '#engine/cel';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest, type Net } from '#engine/http';
import { createRng, Loop, type TraceEvent, type World } from '#engine/sim';
import type { ApiServerOptions } from '../options.ts';
import { createApiServer } from '../server.ts';
import { dealt } from './queues.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const GROUP = '/apis/flowcontrol.apiserver.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';

/** A server whose Services answer only after a while: what waits for them keeps its seat. */
async function start(answerMs: number, level: object) {
  const traces: TraceEvent[] = [];
  const loop = new Loop({ settle, trace: (event) => void traces.push(event) }, 1_767_225_600_000);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const net: Net = {
    addresses: ['10.0.0.1'],
    listen: () => ({ close: () => undefined }),
    lookup: () => Promise.resolve([]),
    fetch: async () => {
      await loop.sleep(answerMs, 'test.answer');
      return { status: 503, headers: {} };
    },
  };
  const users = [
    { token: 'admin', username: 'admin', groups: ['system:masters'] },
    { token: 'jane', username: 'jane', groups: ['busy'] },
    { token: 'joe', username: 'joe', groups: ['busy'] },
  ];
  const load = (async () => cel) as unknown as ApiServerOptions['load'];
  const { handler } = createApiServer(world, { etcd: createEtcd(world), freeze: true, users, load, net });
  const call = async (token: string, method: string, url: string, value?: object) => {
    const body = value !== undefined && { body: { kind: 'json' as const, value } };
    const response = await handler(
      httpRequest(method, url, { headers: { authorization: `Bearer ${token}` }, ...body }),
    );
    return { code: response.status, headers: response.headers, body: response.body };
  };
  const make = async (url: string, value: object) => expect((await call('admin', 'POST', url, value)).code).toBe(201);
  await make(`${GROUP}/prioritylevelconfigurations`, {
    metadata: { name: 'tiny' },
    // 1 of 246 shares of 600 seats: three.
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, borrowingLimitPercent: 0, ...level } },
  });
  await make(`${GROUP}/flowschemas`, {
    metadata: { name: 'busy' },
    spec: {
      priorityLevelConfiguration: { name: 'tiny' },
      matchingPrecedence: 50,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'busy' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }],
        },
      ],
    },
  });
  await make('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'busy' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'busy' }],
  });
  await make('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name: 'slow' },
    webhooks: [
      {
        name: 'slow.example.com',
        clientConfig: { url: 'https://slow.example.com/' },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        timeoutSeconds: 30,
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  await loop.runUntil(loop.now() + 100);
  const began = loop.now();
  const create = async (token: string, name: string) => {
    const { code, headers } = await call(token, 'POST', MAPS, { metadata: { name } });
    return [code, (loop.now() - began) / 1000, headers['retry-after']];
  };
  const page = async (name: string) => {
    const { code, body } = await call('admin', 'GET', `/debug/api_priority_and_fairness/${name}`);
    expect([code, body?.kind]).toEqual([200, 'text']);
    return (body as { readonly text: string }).text.split('\n');
  };
  const conditions = async (name: string) => {
    const { body } = await call('admin', 'GET', `${GROUP}/flowschemas/${name}`);
    const { status } = (body as unknown as { value: { status: { conditions: readonly object[] } } }).value;
    return status.conditions;
  };
  return { loop, call, create, page, conditions, traces };
}

const queuing = (queues: number, queueLengthLimit: number) => ({
  limitResponse: { type: 'Queue', queuing: { queues, handSize: 1, queueLengthLimit } },
});

it('a level serves as many as it has seats; others wait in their queue, and what finds it full is sent away', async () => {
  const { loop, create, page, traces } = await start(5_000, queuing(1, 1));
  const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => create('jane', name)));
  await loop.runUntil(loop.now() + 1000);
  const levels = await page('dump_priority_levels');
  expect(levels[0]).toBe('PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests');
  expect(levels.find((line) => line.startsWith('tiny,'))?.split(/,\s+/)).toEqual([
    'tiny',
    '1',
    'false',
    'false',
    '1',
    '3',
  ]);
  expect(levels.find((line) => line.startsWith('exempt,'))).toContain('<none>');
  expect((await page('dump_requests?includeRequestDetails=1'))[1]).toMatch(
    /^tiny, +busy, +0, +0, +jane, +2026-01-01T00:00:00Z, +1, +0, +0s, +jane, +create, +\/api\/v1\/namespaces\/default\/configmaps, +default, +, +v1, +configmaps, +$/,
  );
  await loop.runUntil(loop.now() + 20_000);
  expect(await all).toEqual(
    [
      [201, 5],
      [201, 5],
      [201, 5],
      [201, 10],
      [429, 0, '1'],
    ].map((one) => [...one, undefined].slice(0, 3)),
  );
  const walks = traces.flatMap(({ type, detail }) =>
    type === 'apiserver.request' ? [(detail as { walk: { queued?: object; refusal?: string } }).walk] : [],
  );
  expect(walks.filter(({ queued }) => queued).map(({ queued }) => queued)).toEqual([{ queue: 0, ms: 5000 }]);
  expect(walks.map(({ refusal }) => refusal).filter(Boolean)).toEqual([
    'Too many requests, please try again later. (queue-full)',
  ]);
});

it('who waits longer than a quarter of the time that a request may take is sent away', async () => {
  const { loop, create } = await start(25_000, queuing(1, 10));
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => create('jane', name)));
  await loop.runUntil(loop.now() + 60_000);
  expect((await all).map(([code, at]) => [code, at])).toEqual([
    [201, 25],
    [201, 25],
    [201, 25],
    [429, 15],
  ]);
});

it('flows take turns: who comes with one request does not wait for another one with many', async () => {
  const { loop, create } = await start(2_000, queuing(64, 50));
  const jane = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => create('jane', name)));
  const joe = create('joe', 'z');
  await loop.runUntil(loop.now() + 30_000);
  expect((await joe)[1]).toBe(4);
  expect((await jane).map(([, at]) => at)).toEqual([2, 2, 2, 4, 4, 6, 6, 6]);
});

it('a level that rejects lets nobody wait; one without a limit borrows what others do not need', async () => {
  const rejecting = await start(2_000, { limitResponse: { type: 'Reject' } });
  const refused = Promise.all(['a', 'b', 'c', 'd'].map((name) => rejecting.create('jane', name)));
  await rejecting.loop.runUntil(rejecting.loop.now() + 10_000);
  expect((await refused).map(([code]) => code)).toEqual([201, 201, 201, 429]);
  const borrowing = await start(2_000, { limitResponse: { type: 'Reject' }, borrowingLimitPercent: 100 });
  const lent = Promise.all([...'abcdefg'].map((name) => borrowing.create('jane', name)));
  await borrowing.loop.runUntil(borrowing.loop.now() + 10_000);
  expect((await lent).map(([code]) => code)).toEqual([201, 201, 201, 201, 201, 201, 429]);
});

it('a schema says when its level is gone', async () => {
  const { loop, call, conditions } = await start(0, queuing(1, 1));
  const told = { type: 'Dangling', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const reference = 'This FlowSchema references the PriorityLevelConfiguration object named "tiny"';
  expect(await conditions('busy')).toEqual([
    { ...told, status: 'False', reason: 'Found', message: `${reference} and it exists` },
  ]);
  await call('admin', 'DELETE', `${GROUP}/prioritylevelconfigurations/tiny`);
  await loop.runUntil(loop.now() + 100);
  expect(await conditions('busy')).toEqual([
    { ...told, status: 'True', reason: 'NotFound', message: `${reference} but there is no such object` },
  ]);
});

it('hands are dealt without doubles, and by the hash alone', () => {
  for (const hash of [0n, 1n, 0xffff_ffff_ffff_ffffn, 0x0123_4567_89ab_cdefn]) {
    const hand = dealt(hash, 128, 6);
    expect(new Set(hand).size).toBe(6);
    expect(hand.every((card) => card >= 0 && card < 128)).toBe(true);
    expect(dealt(hash, 128, 6)).toEqual(hand);
  }
  expect(dealt(0n, 5, 5)).toEqual([0, 1, 2, 3, 4]);
});
