import { expect, it } from 'vitest';
import { serviceCIDRs, services } from '#engine/api';
import { startCluster } from './cluster.ts';

const range = (name: string, cidr: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs: [cidr] },
});

it('a range that goes stays while it has addresses, and ten seconds for servers to learn of it', async () => {
  const { client, run } = startCluster();
  const names = async () => (await client.list(serviceCIDRs)).items.map(({ metadata }) => metadata.name);
  const readiness = async () => {
    const { status } = await client.get(serviceCIDRs, { name: 'more' });
    return status?.conditions?.map((one) => `${one.type} ${one.status} ${one.reason} ${one.message}`);
  };
  await client.create(serviceCIDRs, range('more', '10.97.0.0/24'));
  await client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { clusterIP: '10.97.0.9', ports: [{ port: 80 }] },
  });
  await run(5);
  expect(await readiness()).toEqual(['Ready True  Kubernetes Service CIDR is ready']);
  await client.delete(serviceCIDRs, { name: 'more' });
  await run(30);
  expect(await readiness()).toEqual([
    'Ready False Terminating There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  ]);
  await client.create(serviceCIDRs, range('parent', '10.97.0.0/16'));
  await run(5);
  expect(await names()).toEqual(['kubernetes', 'parent']);
  await client.create(serviceCIDRs, range('brief', '10.99.0.0/24'));
  await run(5);
  await client.delete(serviceCIDRs, { name: 'brief' });
  await run(8);
  expect(await names()).toContain('brief');
  await run(4);
  expect(await names()).not.toContain('brief');
});
