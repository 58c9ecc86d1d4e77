import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  controllerRevisions,
  type Pod,
  pods,
  type ReplicationController,
  replicationControllers,
  resourceQuotas,
  type StatefulSet,
  statefulSets,
} from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.boot({ shape: 'hollow', nodes: 2 });
}, 60_000);
afterAll(() => lab.stop());

const NS = 'default';
const container = { name: 'app', image: 'registry.k8s.io/pause:3.10' };
const template = (app: string, extra: object = {}) => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 0, containers: [container], ...extra },
});

const podsOf = async (app: string): Promise<readonly Pod[]> =>
  (await lab.settled(lab.client.list(pods, { namespace: NS, labelSelector: `app=${app}` }))).items;
const names = async (app: string) => (await podsOf(app)).map(({ metadata }) => metadata.name).sort();
const owner = ({ metadata }: KubeObject) => metadata.ownerReferences?.[0];

const controller = (name: string): Promise<ReplicationController> =>
  lab.settled(lab.client.get(replicationControllers, { namespace: NS, name }));
const set = (name: string): Promise<StatefulSet> => lab.settled(lab.client.get(statefulSets, { namespace: NS, name }));

const createController = (name: string, replicas: number) =>
  lab.settled(
    lab.client.create(replicationControllers, {
      metadata: { name, namespace: NS },
      spec: { replicas, selector: { app: name }, template: template(name) },
    }),
  );

const createSet = (name: string, spec: object) =>
  lab.settled(
    lab.client.create(statefulSets, {
      metadata: { name, namespace: NS },
      spec: { serviceName: name, selector: { matchLabels: { app: name } }, template: template(name), ...spec },
    }),
  );

it('a ReplicationController adopts what matches and releases what no longer does', async () => {
  const orphan = {
    metadata: { name: 'orphan', namespace: NS, labels: { app: 'adopt' } },
    spec: { containers: [container] },
  };
  await lab.settled(lab.client.create(pods, orphan));
  const { metadata } = await createController('adopt', 1);
  await lab.pass(2);
  expect(await names('adopt')).toEqual(['orphan']);
  expect(owner((await podsOf('adopt'))[0] as Pod)).toMatchObject({ kind: 'ReplicationController', uid: metadata.uid });
  await lab.ok('kubectl label pod orphan app=released --overwrite');
  await lab.pass(2);
  const [released] = await podsOf('released');
  expect(released && owner(released)).toBeUndefined();
  expect(await names('adopt')).toHaveLength(1);
  expect((await controller('adopt')).status).toEqual({
    replicas: 1,
    fullyLabeledReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    observedGeneration: 1,
  });
});

it('a ReplicationController says that a quota keeps its Pods from being created, until it no longer does', async () => {
  const hard = { pods: '4', replicationcontrollers: '3' };
  await lab.settled(lab.client.create(resourceQuotas, { metadata: { name: 'q', namespace: NS }, spec: { hard } }));
  await lab.pass(2);
  await createController('many', 5);
  await lab.pass(2);
  const used = async () =>
    (await lab.settled(lab.client.get(resourceQuotas, { namespace: NS, name: 'q' }))).status?.used;
  expect(await used()).toMatchObject({ replicationcontrollers: '2', pods: '4' });
  const [failure] = (await controller('many')).status.conditions ?? [];
  expect(failure).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
  expect(failure?.message).toMatch(
    /^pods "many-\w{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4$/,
  );
  await lab.ok('kubectl scale rc many --replicas=2');
  await lab.pass(20);
  expect((await controller('many')).status.conditions).toBeUndefined();
  await lab.ok('kubectl delete quota q');
  await lab.ok('kubectl delete rc many --cascade=background --wait=true');
  await lab.pass(5);
  expect(await names('many')).toEqual([]);
});

it('deleting a ReplicationController by the API alone leaves its Pods, as version v1 always did', async () => {
  await createController('left', 1);
  await lab.pass(2);
  await lab.settled(lab.client.delete(replicationControllers, { namespace: NS, name: 'left' }));
  await lab.pass(5);
  const [pod] = await podsOf('left');
  expect(pod && owner(pod)).toBeUndefined();
});

it('a Pod of a StatefulSet that its Node rejects is made again until the Node takes it', async () => {
  const ports = [{ containerPort: 21017, hostPort: 21017 }];
  const spec = { nodeName: 'node-1', containers: [{ ...container, ports }] };
  await lab.settled(lab.client.create(pods, { metadata: { name: 'before', namespace: NS }, spec }));
  await lab.pass(2);
  await createSet('evicted', { replicas: 1, template: template('evicted', spec) });
  const uids = new Set<string | undefined>();
  for (let i = 0; i < 40 && uids.size < 2; i++) {
    for (const { metadata } of await podsOf('evicted')) uids.add(metadata.uid);
    await lab.pass(0.25);
  }
  expect(uids.size).toBeGreaterThan(1);
  await lab.ok('kubectl delete pod before --now');
  await lab.ok('kubectl wait --for=jsonpath={.status.readyReplicas}=1 sts/evicted --timeout=60s');
});

it('a StatefulSet goes back to an earlier template with the revision of that time', async () => {
  await createSet('web', { replicas: 3 });
  await lab.ok('kubectl rollout status sts/web --timeout=60s');
  const before = (await set('web')).status.currentRevision;
  await lab.ok('kubectl set image sts/web app=registry.k8s.io/pause:3.9');
  await lab.pass(10);
  const after = (await set('web')).status;
  expect(after).toMatchObject({ currentRevision: after.updateRevision, currentReplicas: 3, updatedReplicas: 3 });
  expect(after.currentRevision).not.toBe(before);
  await lab.ok('kubectl rollout undo sts/web');
  await lab.pass(10);
  expect((await set('web')).status.currentRevision).toBe(before);
  const revisions = (
    await lab.settled(lab.client.list(controllerRevisions, { namespace: NS, labelSelector: 'app=web' }))
  ).items;
  expect(revisions.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual([2, 3]);
  expect((await podsOf('web')).map(({ metadata }) => metadata.labels?.['controller-revision-hash'])).toEqual([
    before,
    before,
    before,
  ]);
});

it('an ordered StatefulSet halts while a Pod is not ready, and shrinks from the highest ordinal', async () => {
  const gates = { readinessGates: [{ conditionType: 'example.com/go' }] };
  await createSet('slow', { replicas: 3, template: template('slow', gates) });
  await lab.pass(5);
  expect(await names('slow')).toEqual(['slow-0']);
  const go = async (name: string) => {
    const status = '{"status":{"conditions":[{"type":"example.com/go","status":"True"}]}}';
    await lab.ok(`kubectl patch pod ${name} --subresource=status -p '${status}'`);
    await lab.pass(3);
  };
  await go('slow-0');
  await go('slow-1');
  expect(await names('slow')).toEqual(['slow-0', 'slow-1', 'slow-2']);
  await lab.ok('kubectl scale sts slow --replicas=0');
  await lab.pass(3);
  // slow-2 is the first unhealthy one, so it may go; the others follow in turn.
  expect(await names('slow')).toEqual([]);
});
