import { describe, expect, it } from 'vitest';
import {
  configMaps,
  controllerRevisions,
  type DaemonSet,
  daemonSets,
  deployments,
  endpointSlices,
  endpoints,
  events,
  leases,
  type Node,
  namespaces,
  nodes,
  pods,
  replicaSets,
  type Service,
  serviceAccounts,
  services,
} from '#engine/api';
import { controllerRef, isNotFound, type KubeObject } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { runControllerManager } from '#engine/control-plane/controller-manager';
import { formatMicroTime } from '#engine/sim';
import { deployment, startCluster } from './cluster.ts';

const exists = async (read: Promise<unknown>): Promise<boolean> => {
  try {
    await read;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

const node = (name: string, labels = {}): Node =>
  ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {}, status: {} }) as unknown as Node;

async function addNodes(client: Client, ...names: string[]): Promise<void> {
  for (const name of names) await client.create(nodes, node(name));
}

describe('namespaces', () => {
  it('get a service account and the CA, and go with everything in them', async () => {
    const { client, run } = startCluster();
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await run(1);
    expect(await exists(client.get(serviceAccounts, { namespace: 'shop', name: 'default' }))).toBe(true);
    const ca = await client.get(configMaps, { namespace: 'shop', name: 'kube-root-ca.crt' });
    expect(Object.keys(ca.data ?? {})).toEqual(['ca.crt']);
    const web = deployment('web', 2);
    await client.create(deployments, { ...web, metadata: { ...web.metadata, namespace: 'shop' } });
    await client.create(configMaps, {
      metadata: { namespace: 'shop', name: 'held', finalizers: ['example.com/hold'] },
    });
    await run(5);
    await client.delete(namespaces, { name: 'shop' });
    await run(10);
    const terminating = await client.get(namespaces, { name: 'shop' });
    expect(terminating.status.phase).toBe('Terminating');
    const conditions = new Map(terminating.status.conditions?.map(({ type, message }) => [type, message]));
    expect(conditions.get('NamespaceFinalizersRemaining')).toBe(
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    expect(conditions.get('NamespaceContentRemaining')).toBe(
      'Some resources are remaining: configmaps. has 1 resource instances',
    );
    await client.patch(configMaps, { namespace: 'shop', name: 'held' }, 'merge', { metadata: { finalizers: null } });
    await run(30);
    expect(await exists(client.get(namespaces, { name: 'shop' }))).toBe(false);
  });
});

describe('the garbage collector', () => {
  const owned = (name: string, owner: KubeObject, extra = {}) => ({
    metadata: { namespace: 'default', name, ownerReferences: [controllerRef(owner)], ...extra },
  });

  it('deletes in the background, in the foreground, or leaves orphans', async () => {
    const { client, run } = startCluster({ kubelet: false });
    const left = async () =>
      (await client.list(configMaps, { namespace: 'default' })).items.map(({ metadata }) => metadata.name);
    const make = async (prefix: string) => {
      const a = await client.create(configMaps, { metadata: { namespace: 'default', name: `${prefix}-a` } });
      const b = await client.create(configMaps, owned(`${prefix}-b`, a));
      await client.create(configMaps, owned(`${prefix}-c`, b));
      await run(1);
    };
    await make('background');
    await client.delete(
      configMaps,
      { namespace: 'default', name: 'background-a' },
      { propagationPolicy: 'Background' },
    );
    await run(2);
    expect((await left()).filter((name) => name.startsWith('background'))).toEqual([]);
    await make('foreground');
    await client.delete(
      configMaps,
      { namespace: 'default', name: 'foreground-a' },
      { propagationPolicy: 'Foreground' },
    );
    expect(await left()).toContain('foreground-a');
    await run(2);
    expect((await left()).filter((name) => name.startsWith('foreground'))).toEqual([]);
    await make('orphan');
    await client.delete(configMaps, { namespace: 'default', name: 'orphan-a' }, { propagationPolicy: 'Orphan' });
    await run(2);
    expect((await left()).filter((name) => name.startsWith('orphan'))).toEqual(['orphan-b', 'orphan-c']);
    const orphan = await client.get(configMaps, { namespace: 'default', name: 'orphan-b' });
    expect(orphan.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('deletes what names an owner that never was, and keeps what names an unknown kind', async () => {
    const { client, run } = startCluster({ kubelet: false });
    const absent = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nope', uid: '11111111-1111-1111-1111-111111111111' };
    const unknown = { apiVersion: 'example.com/v1', kind: 'Nothing', name: 'nope', uid: '2' };
    await client.create(configMaps, { metadata: { namespace: 'default', name: 'x', ownerReferences: [absent] } });
    await client.create(configMaps, { metadata: { namespace: 'default', name: 'y', ownerReferences: [unknown] } });
    await run(10);
    expect(await exists(client.get(configMaps, { namespace: 'default', name: 'x' }))).toBe(false);
    expect(await exists(client.get(configMaps, { namespace: 'default', name: 'y' }))).toBe(true);
  });

  it('deletes what names an owner of another namespace, and leaves that owner its own', async () => {
    const { client, run } = startCluster({ kubelet: false });
    await client.create(namespaces, { metadata: { name: 'other' } });
    const owner = await client.create(configMaps, { metadata: { namespace: 'default', name: 'owner' } });
    await client.create(configMaps, owned('mine', owner));
    await run(1);
    const metadata = { namespace: 'other', name: 'stray', ownerReferences: [controllerRef(owner)] };
    await client.create(configMaps, { metadata });
    await run(5);
    expect(await exists(client.get(configMaps, { namespace: 'other', name: 'stray' }))).toBe(false);
    expect(await exists(client.get(configMaps, { namespace: 'default', name: 'mine' }))).toBe(true);
    const { items } = await client.list(events, { namespace: 'other' });
    expect(items.map(({ reason }) => reason)).toContain('OwnerRefInvalidNamespace');
  });

  it('takes a Deployment with all it made', async () => {
    const { client, run } = startCluster();
    await client.create(deployments, deployment('web', 5));
    await run(5);
    await client.delete(deployments, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Foreground' });
    await run(5);
    for (const resource of [deployments, replicaSets, pods]) {
      expect((await client.list<KubeObject>(resource, { namespace: 'default' })).items).toEqual([]);
    }
  });
});

describe('endpoints', () => {
  it('follow the Pods behind a Service', async () => {
    const { client, run } = startCluster();
    await addNodes(client, 'node-1', 'node-2', 'node-3');
    const service = {
      metadata: { namespace: 'default', name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    };
    await client.create(services, service as unknown as Service);
    await run(1);
    const slices = async () =>
      (await client.list(endpointSlices, { labelSelector: 'kubernetes.io/service-name=web' })).items;
    expect((await slices()).map((slice) => (slice.endpoints ?? []).length)).toEqual([0]);
    await client.create(deployments, deployment('web', 150));
    await run(5);
    const all = await slices();
    expect(all.map((slice) => slice.endpoints?.length).sort()).toEqual([100, 50]);
    expect(all[0]?.metadata.labels).toMatchObject({
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(all[0]?.endpoints?.[0]).toMatchObject({
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod' },
    });
    expect(all[0]?.ports).toEqual([{ name: '', protocol: 'TCP', port: 8080 }]);
    const old = await client.get(endpoints, { namespace: 'default', name: 'web' });
    expect(old.subsets?.[0]?.addresses).toHaveLength(150);
    await client.delete(services, { namespace: 'default', name: 'web' });
    await run(5);
    expect(await slices()).toEqual([]);
    expect(await exists(client.get(endpoints, { namespace: 'default', name: 'web' }))).toBe(false);
  });
});

describe('daemonsets', () => {
  const agent = (image: string) =>
    ({
      metadata: { namespace: 'default', name: 'agent' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image }] } },
      },
    }) as unknown as DaemonSet;

  it('run on every Node that fits, roll over and remember', async () => {
    const { client, run } = startCluster({ bindTo: 'affinity', readyAfterMs: 300 });
    await addNodes(client, 'node-1', 'node-2', 'node-3');
    await client.create(daemonSets, agent('a'));
    await run(5);
    const name = { namespace: 'default', name: 'agent' };
    expect((await client.get(daemonSets, name)).status).toMatchObject({
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
    });
    const images = async () => (await client.list(pods)).items.map(({ spec }) => spec.containers[0]?.image);
    await client.patch(daemonSets, name, 'merge', {
      spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } },
    });
    await run(20);
    expect(await images()).toEqual(['b', 'b', 'b']);
    expect((await client.list(controllerRevisions)).items.map(({ revision }) => revision).sort()).toEqual([1, 2]);
    await addNodes(client, 'node-4');
    await run(3);
    expect(await images()).toHaveLength(4);
    await client.delete(daemonSets, name);
    await run(3);
    expect(await images()).toEqual([]);
    expect((await client.list(controllerRevisions)).items).toEqual([]);
  });
});

describe('nodes', () => {
  const ready = (now: number) => ({
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: formatMicroTime(now).replace(/\..*/, 'Z'),
      },
    ],
  });

  it('that fall silent are tainted, and their Pods leave after what they tolerate', async () => {
    const { client, loop, run } = startCluster({ bindTo: 'first' });
    await addNodes(client, 'node-1', 'node-2', 'node-3');
    const beat = async (...names: string[]) => {
      for (const name of names) {
        const current = await client.get(nodes, { name });
        await client.updateStatus(nodes, { ...current, status: { ...current.status, ...ready(loop.now()) } });
      }
    };
    const beats = async (seconds: number, ...names: string[]) => {
      for (let i = 0; i < seconds; i += 10) {
        await beat(...names);
        await run(10);
      }
    };
    await beats(20, 'node-1', 'node-2', 'node-3');
    expect((await client.list(nodes)).items.map(({ spec }) => spec.podCIDR).sort()).toEqual([
      '10.244.0.0/24',
      '10.244.1.0/24',
      '10.244.2.0/24',
    ]);
    const tolerations = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 30,
    }));
    const spec = { containers: [{ name: 'c', image: 'i' }], tolerations };
    await client.create(pods, { metadata: { namespace: 'default', name: 'web' }, spec });
    await beats(60, 'node-2', 'node-3');
    const lost = await client.get(nodes, { name: 'node-1' });
    expect(lost.status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    });
    expect(lost.spec.taints?.map(({ key, effect }) => `${key}:${effect}`).sort()).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ]);
    expect(await exists(client.get(pods, { namespace: 'default', name: 'web' }))).toBe(true);
    await beats(40, 'node-2', 'node-3');
    expect(await exists(client.get(pods, { namespace: 'default', name: 'web' }))).toBe(false);
    const messages = (await client.list(events)).items.map(({ reason, message }) => `${reason}: ${message}`);
    expect(messages).toContain('NodeNotReady: Node node-1 status is now: NodeNotReady');
    expect(messages).toContain('NodeNotReady: Node is not ready');
    expect(messages).toContain('TaintManagerEviction: Marking for deletion Pod default/web');
    await beat('node-1');
    await beats(10, 'node-1', 'node-2', 'node-3');
    expect((await client.get(nodes, { name: 'node-1' })).spec.taints ?? []).toEqual([]);
  });

  it('that are gone lose their Pods after a quarantine', async () => {
    const { client, run } = startCluster({ bindTo: 'first', holdPods: true });
    await addNodes(client, 'node-1', 'node-2');
    await run(1);
    await client.create(pods, {
      metadata: { namespace: 'default', name: 'web' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    await run(5);
    await client.delete(nodes, { name: 'node-1' });
    await run(30);
    expect(await exists(client.get(pods, { namespace: 'default', name: 'web' }))).toBe(true);
    await run(50);
    expect(await exists(client.get(pods, { namespace: 'default', name: 'web' }))).toBe(false);
  });
});

describe('leader election', () => {
  it('lets one lead, and the next when the first is silent', async () => {
    const { client, world, run, stop } = startCluster({ leaderElect: true, identity: 'first' });
    await run(2);
    const second = new AbortController();
    const lease = async () =>
      (await client.get(leases, { namespace: 'kube-system', name: 'kube-controller-manager' })).spec;
    const first = await lease();
    expect(first.holderIdentity).toMatch(/^first_/);
    void runControllerManager(world, client, { identity: 'second' }, second.signal);
    await run(20);
    expect((await lease()).holderIdentity).toBe(first.holderIdentity);
    expect((await lease()).renewTime).not.toBe(first.renewTime);
    stop.abort();
    await run(10);
    expect((await lease()).holderIdentity).toBe(first.holderIdentity);
    await run(15);
    const taken = await lease();
    expect(taken.holderIdentity).toMatch(/^second_/);
    expect(taken.leaseTransitions).toBe(1);
    const { items } = await client.list(events, { namespace: 'kube-system' });
    expect(items.map(({ message }) => message)).toContain(`${taken.holderIdentity} became leader`);
    await client.create(deployments, deployment('web', 1));
    await run(2);
    expect((await client.list(replicaSets, { namespace: 'default' })).items).toHaveLength(1);
    second.abort();
  });

  it('stops when the server is silent for too long, and starts again with it', async () => {
    const { client, run, network, requests } = startCluster({ leaderElect: true });
    await run(5);
    network.down = true;
    await run(60);
    requests.length = 0;
    await client.create(deployments, deployment('web', 1));
    await run(5);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    network.down = false;
    await run(40);
    expect((await client.list(pods, { namespace: 'default' })).items).toHaveLength(1);
  });
});
