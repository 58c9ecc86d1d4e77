import { beforeAll, describe, expect, it } from 'vitest';
import * as x509 from '#engine/apimachinery/x509';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import type { ApiServerOptions } from '../../options.ts';
import { createApiServer } from '../../server.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const load = (async () => x509) as unknown as ApiServerOptions['load'];
const loop = new Loop({ settle, trace: () => undefined }, 1_767_225_600_000);
const world: World = { clock: loop, rng: createRng(1), trace: loop };
const { handler } = createApiServer(world, {
  etcd: createEtcd(world),
  freeze: true,
  load,
  users: [
    { token: 'admin', username: 'admin', groups: ['system:masters'] },
    { token: 'n1', username: 'system:node:n1', groups: ['system:nodes'] },
    // A kubelet that RBAC lets do everything: only admission stands in its way.
    { token: 'free', username: 'system:node:n1', groups: ['system:nodes', 'system:masters'] },
    { token: 'nameless', username: 'system:node:', groups: ['system:nodes', 'system:masters'] },
  ],
});

async function call(token: string, method: string, url: string, value?: object, type = 'application/json') {
  const body = value !== undefined && { body: { kind: 'json' as const, value } };
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const response = await handler(httpRequest(method, url, { headers, ...body }));
  const answer = response.body?.kind === 'json' ? response.body.value : {};
  return { code: response.status, object: answer as { message?: string; metadata: { uid: string } } };
}

const merge = (token: string, url: string, value: object) =>
  call(token, 'PATCH', url, value, 'application/merge-patch+json');

const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';
const TOKEN = '/api/v1/namespaces/default/serviceaccounts/default/token';
const node = (name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name }, ...rest },
});
const uids: { [name: string]: string } = {};

const owner = (rest: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: 'n1',
  uid: uids.n1 ?? '',
  controller: true,
  ...rest,
});
const mirror = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'static',
    annotations: { 'kubernetes.io/config.mirror': 'x' },
    ownerReferences: [owner()],
    ...metadata,
  },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...spec },
});
const pod = (name: string, nodeName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName,
    serviceAccountName: 'default',
    containers: [{ name: 'c', image: 'i' }],
    volumes: [
      { name: 'vault', projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] } },
      { name: 'drive', csi: { driver: 'csi.example.com' } },
    ],
  },
});
const bound = (name: string, audiences: readonly string[], ref: object = {}) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec: { audiences, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid: uids[name], ...ref } },
});

async function make(url: string, object: { readonly metadata: { readonly name: string } }) {
  const { code, object: made } = await call('admin', 'POST', url, object);
  expect(made.message ?? code).toBe(201);
  uids[object.metadata.name] = made.metadata.uid;
}

beforeAll(async () => {
  await make('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  } as { metadata: { name: string } });
  await make(NODES, node('n1'));
  await make(NODES, node('n2'));
  await make(PODS, pod('mine', 'n1'));
  await make(PODS, pod('theirs', 'n2'));
  await make('/apis/storage.k8s.io/v1/csidrivers', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: 'csi.example.com' },
    spec: { tokenRequests: [{ audience: 'drive' }] },
  } as { metadata: { name: string } });
  await make('/api/v1/namespaces/default/persistentvolumeclaims', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'claim' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  } as { metadata: { name: string } });
});

describe('mirror Pods', () => {
  const refused: readonly (readonly [string, () => object, string])[] = [
    [
      'an ordinary Pod',
      () => mirror({}, { annotations: {} }),
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ],
    ['elsewhere', () => mirror({ nodeName: 'n2' }), 'node "n1" can only create pods with spec.nodeName set to itself'],
    [
      'unowned',
      () => mirror({}, { ownerReferences: [] }),
      'node "n1" can only create pods with an owner reference set to itself',
    ],
    [
      'owned twice',
      () => mirror({}, { ownerReferences: [owner(), owner({ name: 'n2', uid: 'y', controller: false })] }),
      'node "n1" can only create pods with a single owner reference set to itself',
    ],
    [
      'not controlled',
      () => mirror({}, { ownerReferences: [owner({ controller: false })] }),
      'node "n1" can only create pods with a controller owner reference set to itself',
    ],
    [
      'blocking',
      () => mirror({}, { ownerReferences: [owner({ blockOwnerDeletion: true })] }),
      'node "n1" must not set blockOwnerDeletion on an owner reference',
    ],
    [
      'of another life of the Node',
      () => mirror({}, { ownerReferences: [owner({ uid: 'old' })] }),
      'node n1 UID mismatch: expected old got ',
    ],
    [
      'with an account',
      () => mirror({ serviceAccountName: 'default' }),
      'node "n1" can not create pods that reference serviceaccounts',
    ],
    [
      'with a secret',
      () => mirror({ imagePullSecrets: [{ name: 's' }] }),
      'node "n1" can not create pods that reference secrets',
    ],
    [
      'with a driver',
      () => mirror({ volumes: [{ name: 'v', csi: { driver: 'csi.example.com' } }] }),
      'node "n1" can not create pods that reference csidrivers (via CSI volumes)',
    ],
    [
      'with a claim',
      () => mirror({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }] }),
      'node "n1" can not create pods that reference persistentvolumeclaims',
    ],
  ];
  it.each(refused)('are refused: %s', async (_, object, message) => {
    const answer = await call('n1', 'POST', PODS, object());
    expect(answer.code).toBe(403);
    expect(answer.object.message).toContain(`pods "static" is forbidden: ${message}`);
  });

  it('are made and deleted by their own Node', async () => {
    expect((await call('n1', 'POST', PODS, mirror())).code).toBe(201);
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 };
    expect((await call('n1', 'DELETE', `${PODS}/static`, options)).code).toBe(200);
  });
});

describe('what a kubelet writes besides', () => {
  const claim = '/api/v1/namespaces/default/persistentvolumeclaims/claim';
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n2' } };
  const leases = (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const cases: readonly (readonly [string, () => ReturnType<typeof call>, string | number])[] = [
    [
      'the status of a Pod elsewhere',
      () => merge('n1', `${PODS}/theirs/status`, { status: { phase: 'Failed' } }),
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    ['the status of its Pod', () => merge('n1', `${PODS}/mine/status`, { status: { phase: 'Running' } }), 200],
    [
      'a Pod',
      () => merge('free', `${PODS}/mine`, { metadata: { labels: { a: 'b' } } }),
      'unexpected operation "UPDATE", node "n1" can only create and delete mirror pods',
    ],
    [
      'the deletion of a Pod elsewhere',
      () => call('n1', 'DELETE', `${PODS}/theirs`),
      'node "n1" can only delete pods with spec.nodeName set to itself',
    ],
    [
      'an eviction elsewhere',
      () =>
        call('n1', 'POST', `${PODS}/theirs/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: 'theirs' },
        }),
      'node n1 can only evict pods with spec.nodeName set to itself',
    ],
    [
      'another Node',
      () => merge('n1', `${NODES}/n2`, { metadata: { labels: { a: 'b' } } }),
      'node "n1" is not allowed to modify node "n2"',
    ],
    ['a label of its own', () => merge('n1', `${NODES}/n1`, { metadata: { labels: { a: 'b' } } }), 200],
    [
      'labels that steer work',
      () =>
        merge('n1', `${NODES}/n1`, {
          metadata: { labels: { 'node-role.kubernetes.io/x': '', 'a.node-restriction.kubernetes.io/y': '' } },
        }),
      'is not allowed to modify labels: a.node-restriction.kubernetes.io/y, node-role.kubernetes.io/x',
    ],
    [
      'taints',
      () => merge('n1', `${NODES}/n1`, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }),
      'node "n1" is not allowed to modify taints',
    ],
    [
      'owners',
      () => merge('n1', `${NODES}/n1`, { metadata: { ownerReferences: [owner()] } }),
      'node "n1" is not allowed to modify ownerReferences',
    ],
    [
      'a Lease in its own room',
      () => call('free', 'POST', leases('default'), lease),
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    [
      'the Lease of another',
      () => call('n1', 'POST', leases('kube-node-lease'), lease),
      'can only access node lease with the same name as the requesting node',
    ],
    ['a claim', () => merge('free', claim, { metadata: { labels: { a: 'b' } } }), 'may only update PVC status'],
    [
      'the phase of a claim',
      () => merge('free', `${claim}/status`, { status: { phase: 'Bound' } }),
      'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
    ],
    ['the size of a claim', () => merge('free', `${claim}/status`, { status: { capacity: { storage: '1Gi' } } }), 200],
    [
      'by a kubelet without a Node',
      () => merge('nameless', `${NODES}/n1`, { metadata: { labels: { c: 'd' } } }),
      'could not determine node from user "system:node:"',
    ],
  ];
  it.each(cases)('%s', async (_, attempt, expected) => {
    const { code, object } = await attempt();
    if (typeof expected === 'number') expect(object.message ?? code).toBe(expected);
    else expect([code, object.message]).toEqual([403, expect.stringMatching(` is forbidden: ${escaped(expected)}$`)]);
  });
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('tokens a kubelet asks for', () => {
  const no = (audience: string) =>
    `audience "${audience}" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience`;
  const cases: readonly (readonly [string, () => object, string | number])[] = [
    ['of a Pod, for the server', () => bound('mine', []), 201],
    ['for a projected audience', () => bound('mine', ['vault']), 201],
    ['for the audience of a driver', () => bound('mine', ['drive']), 201],
    ['for another audience', () => bound('mine', ['bank']), no('bank')],
    ['for two', () => bound('mine', ['vault', 'drive']), 'node may only request 0 or 1 audiences'],
    ['of nobody', () => ({ ...bound('mine', []), spec: {} }), 'node requested token not bound to a pod'],
    [
      'of a Pod without uid',
      () => bound('mine', [], { uid: '' }),
      'node requested token with a pod binding without a uid',
    ],
    [
      'of a Pod elsewhere',
      () => bound('theirs', []),
      'node requested token bound to a pod scheduled on a different node',
    ],
  ];
  it.each(cases)('%s', async (_, request, expected) => {
    const { code, object } = await call('n1', 'POST', TOKEN, request());
    const message = typeof expected === 'number' ? undefined : `serviceaccounts "default" is forbidden: ${expected}`;
    expect([code, object.message]).toEqual([message === undefined ? expected : 403, message]);
  });

  it('are anybody else’s as they like', async () => {
    expect((await call('admin', 'POST', TOKEN, { ...bound('mine', ['bank', 'vault']) })).code).toBe(201);
  });
});
