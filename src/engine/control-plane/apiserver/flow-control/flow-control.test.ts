import { expect, it } from 'vitest';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createApiServer } from '../server.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const load = (): Promise<never> => Promise.reject(new Error('no asset is needed here'));
const FLOWS = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
const LEVELS = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations';
const ACCOUNT = ['system:serviceaccounts', 'system:authenticated'];

function start() {
  const loop = new Loop({ settle, trace: () => undefined }, 1_767_225_600_000);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const users = [
    { token: 'admin', username: 'admin', groups: ['system:masters'] },
    { token: 'jane', username: 'jane', groups: [] },
    { token: 'kubelet', username: 'system:node:n1', groups: ['system:nodes'] },
    { token: 'manager', username: 'system:kube-controller-manager', groups: [] },
    { token: 'system', username: 'system:serviceaccount:kube-system:x', groups: ACCOUNT },
    { token: 'account', username: 'system:serviceaccount:kube-systems:x', groups: ACCOUNT },
  ];
  const { handler } = createApiServer(world, { etcd: createEtcd(world), freeze: true, users, load });
  const call = async (token: string, method: string, url: string, value?: object, type = 'application/json') => {
    const body = value !== undefined && { body: { kind: 'json' as const, value } };
    const headers = { ...(token && { authorization: `Bearer ${token}` }), 'content-type': type };
    const response = await handler(httpRequest(method, url, { headers, ...body }));
    const object = (response.body?.kind === 'json' ? response.body.value : {}) as {
      metadata: { uid: string; annotations: object; generation: number };
      items: readonly { metadata: { name: string; uid: string } }[];
      spec: { matchingPrecedence: number };
    };
    return { code: response.status, headers: response.headers, object };
  };
  const flowOf = async (token: string, method: string, url: string) => {
    const { headers } = await call(token, method, url);
    const named = async (of: string, uid: string | undefined) =>
      (await call('admin', 'GET', of)).object.items.find(({ metadata }) => metadata.uid === uid)?.metadata.name;
    return [
      await named(FLOWS, headers['x-kubernetes-pf-flowschema-uid']),
      await named(LEVELS, headers['x-kubernetes-pf-prioritylevel-uid']),
    ];
  };
  return { loop, call, flowOf };
}

const PODS = '/api/v1/namespaces/default/pods';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';

it.each([
  ['admin', 'GET', PODS, 'exempt', 'exempt'],
  ['', 'GET', '/healthz', 'probes', 'exempt'],
  ['', 'GET', '/healthz/ping', 'probes', 'exempt'],
  ['', 'GET', '/healthzz', 'global-default', 'global-default'],
  ['jane', 'GET', PODS, 'global-default', 'global-default'],
  ['kubelet', 'GET', '/api/v1/nodes/n1', 'system-node-high', 'node-high'],
  ['kubelet', 'GET', PODS, 'system-nodes', 'system'],
  ['manager', 'GET', `${LEASES}/a`, 'system-leader-election', 'leader-election'],
  ['manager', 'GET', LEASES, 'kube-controller-manager', 'workload-high'],
  ['system', 'GET', PODS, 'kube-system-service-accounts', 'workload-high'],
  ['account', 'GET', PODS, 'service-accounts', 'workload-low'],
  ['jane', 'GET', `${PODS}/a/log`, undefined, undefined],
])('%s %s %s is of %s, %s', async (token, method, url, flowSchema, level) => {
  expect(await start().flowOf(token, method, url)).toEqual([flowSchema, level]);
});

const mine = (level: string) => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'mine' },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: 50,
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'jane' } }],
        resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] }],
      },
    ],
  },
});

it('a new FlowSchema counts at once, as far as its rules go and while its level is there', async () => {
  const { call, flowOf } = start();
  expect(await flowOf('jane', 'GET', PODS)).toEqual(['global-default', 'global-default']);
  expect((await call('admin', 'POST', FLOWS, mine('workload-low'))).code).toBe(201);
  expect(await flowOf('jane', 'GET', PODS)).toEqual(['mine', 'workload-low']);
  expect(await flowOf('jane', 'GET', '/api/v1/pods')).toEqual(['global-default', 'global-default']);
  await call('admin', 'DELETE', `${LEVELS}/workload-low`);
  expect(await flowOf('jane', 'GET', PODS)).toEqual(['global-default', 'global-default']);
});

it('what the server needs comes back within a minute; what an operator took over does not change', async () => {
  const { loop, call } = start();
  const merge = (url: string, value: object) => call('admin', 'PATCH', url, value, 'application/merge-patch+json');
  const annotated = (value: string) => ({ annotations: { 'apf.kubernetes.io/autoupdate-spec': value } });
  await call('admin', 'DELETE', `${FLOWS}/catch-all`);
  await call('admin', 'DELETE', `${LEVELS}/workload-low`);
  await merge(`${FLOWS}/service-accounts`, { spec: { matchingPrecedence: 77 } });
  await merge(`${FLOWS}/kube-scheduler`, { metadata: annotated('false'), spec: { matchingPrecedence: 78 } });
  await call('admin', 'POST', FLOWS, { ...mine('system'), metadata: { name: 'mine', ...annotated('true') } });
  expect((await call('admin', 'GET', `${FLOWS}/service-accounts`)).object.spec.matchingPrecedence).toBe(77);
  await loop.runUntil(loop.now() + 61_000);
  const after = async (url: string) => (await call('admin', 'GET', url)).code;
  expect(await Promise.all([after(`${FLOWS}/catch-all`), after(`${LEVELS}/workload-low`)])).toEqual([200, 200]);
  const { object } = await call('admin', 'GET', `${FLOWS}/service-accounts`);
  expect([object.spec.matchingPrecedence, object.metadata.generation]).toEqual([9000, 3]);
  expect((await call('admin', 'GET', `${FLOWS}/kube-scheduler`)).object.spec.matchingPrecedence).toBe(78);
  expect(await after(`${FLOWS}/mine`)).toBe(404);
});
