/** Addresses of Services from the server's own range and from further ServiceCIDRs. */
import { expect, test } from 'vitest';
import { TestServer } from './server.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const RANGES = '/apis/networking.k8s.io/v1/servicecidrs';

interface Answered {
  readonly message?: string;
  readonly spec: { readonly clusterIP: string };
}

function start() {
  const server = new TestServer({ serviceClusterIpRange: '10.96.0.0/28' });
  let made = 0;
  return {
    server,
    async expose(clusterIP?: string): Promise<string> {
      const spec = { ports: [{ port: 80 }], ...(clusterIP !== undefined && { clusterIP }) };
      const { status, body } = await server.call('POST', SERVICES, { metadata: { name: `s${made++}` }, spec });
      const answered = body as Answered;
      return status === 201 ? answered.spec.clusterIP : `${status} ${answered.message}`;
    },
    range: (name: string, cidr: string) =>
      server.call('POST', RANGES, { metadata: { name }, spec: { cidrs: [cidr] } }).then(({ status }) => status),
  };
}

test('when the own range is full, another one has addresses; when that goes, it has none', async () => {
  const { server, expose, range } = start();
  const own: string[] = [];
  for (let i = 0; i < 13; i++) own.push(await expose());
  // Fourteen hosts, of which one is the API server's.
  expect(new Set(own).size).toBe(13);
  expect(own.every((address) => /^10\.96\.0\.([2-9]|1[0-4])$/.test(address))).toBe(true);
  expect(await expose()).toMatch(/^500 .*failed to allocate a serviceIP: range is full$/);
  const outside = 'failed to allocate IP 10.97.0.5: the provided network does not match the current range';
  expect(await expose('10.97.0.5')).toContain(outside);
  expect(await range('more', '10.97.0.0/24')).toBe(201);
  expect(await expose('10.97.0.5')).toBe('10.97.0.5');
  expect(await expose('10.97.0.5')).toContain('provided IP is already allocated');
  expect(await expose()).toMatch(/^10\.97\.0\.\d+$/);
  expect((await server.call('GET', '/apis/networking.k8s.io/v1/ipaddresses/10.97.0.5')).status).toBe(200);
  expect((await server.call('DELETE', `${RANGES}/more`)).status).toBe(200);
  expect(await expose('10.97.0.6')).toMatch(/does not match the current range/);
});

test('ranges that overlap share their addresses; one that is not ready gives none', async () => {
  const { server, expose, range } = start();
  expect(await range('wide', '10.98.0.0/16')).toBe(201);
  expect(await expose('10.98.0.7')).toBe('10.98.0.7');
  expect(await range('narrow', '10.98.0.0/24')).toBe(201);
  expect(await expose('10.98.0.7')).toContain('provided IP is already allocated');
  const ready = (status: string) => ({
    status: {
      conditions: [{ type: 'Ready', status, reason: 'Test', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  });
  const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
  for (const name of ['wide', 'narrow'])
    expect((await server.call('PATCH', `${RANGES}/${name}/status`, ready('False'), merge)).status).toBe(200);
  expect(await expose('10.98.0.8')).toMatch(/does not match the current range/);
  await server.call('PATCH', `${RANGES}/narrow/status`, ready('True'), merge);
  expect(await expose('10.98.0.8')).toBe('10.98.0.8');
});
