import { expect, it } from 'vitest';
import { deployments, events, pods, replicaSets } from '#engine/api';
import { deployment, startCluster } from './cluster.ts';

it('creates Pods, reports progress and scales', async () => {
  const { client, run } = startCluster();
  await client.create(deployments, deployment('web', 3));
  await run(10);
  const web = await client.get(deployments, { namespace: 'default', name: 'web' });
  expect(web.status).toMatchObject({
    observedGeneration: web.metadata.generation,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
  });
  expect(web.status.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'Available True MinimumReplicasAvailable',
    'Progressing True NewReplicaSetAvailable',
  ]);
  const messages = (await client.list(events)).items.map(
    (event) => `${event.source?.component} ${event.reason} ${event.message}`,
  );
  const [set] = (await client.list(replicaSets)).items;
  expect(messages).toContain(
    `deployment-controller ScalingReplicaSet Scaled up replica set ${set?.metadata.name} from 0 to 3`,
  );
  expect(messages.filter((message) => message.includes('Created pod: '))).toHaveLength(3);
  await client.patch(deployments, { namespace: 'default', name: 'web' }, 'merge', { spec: { replicas: 1 } });
  await run(10);
  expect((await client.list(pods)).items).toHaveLength(1);
});

it('rolls out a new template without losing availability, keeps history, and rolls back', async () => {
  const { client, run } = startCluster({ readyAfterMs: 500 });
  await client.create(deployments, deployment('web', 4));
  await run(10);
  const name = { namespace: 'default', name: 'web' };
  const set = (image: string) =>
    client.patch(deployments, name, 'merge', { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } });
  await set('nginx:2');
  await run(30);
  let sets = (await client.list(replicaSets)).items;
  expect(sets.map(({ spec }) => spec.replicas).sort()).toEqual([0, 4]);
  await set('nginx');
  await run(30);
  sets = (await client.list(replicaSets)).items;
  expect(sets).toHaveLength(2);
  const annotations = sets.map(({ metadata }) => metadata.annotations ?? {});
  expect(annotations.map((each) => each['deployment.kubernetes.io/revision']).sort()).toEqual(['2', '3']);
  expect(annotations.map((each) => each['deployment.kubernetes.io/revision-history'])).toContain('1');
  const web = await client.get(deployments, name);
  expect(web.status).toMatchObject({
    observedGeneration: web.metadata.generation,
    updatedReplicas: 4,
    availableReplicas: 4,
  });
});
