import { describe, expect, test } from 'vitest';
import { createClient } from '#engine/client-go';
import {
  bodyJson,
  bodyText,
  type DnsRecordType,
  type DnsResponse,
  dnsReply,
  type Handler,
  httpRequest,
  jsonResponse,
  type Net,
  NetError,
  Pipe,
} from '#engine/http';
import { createFileSystem, createKernel, createVolume, executable } from '#engine/os';
import { createRng, Loop } from '#engine/sim';
import { createCoreDns } from '../index.ts';

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    hosts {
       10.1.1.1 custom.example.org
       fallthrough
    }
    forward . /etc/resolv.conf
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

const meta = (namespace: string, name: string, more = {}) => ({
  namespace,
  name,
  uid: `${namespace}/${name}`,
  resourceVersion: '1',
  ...more,
});
const web = {
  metadata: meta('default', 'web'),
  spec: { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
};
const objects: { readonly [path: string]: readonly object[] } = {
  '/api/v1/services': [
    web,
    { metadata: meta('default', 'db'), spec: { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] } },
    { metadata: meta('default', 'empty'), spec: { clusterIP: 'None' } },
    { metadata: meta('default', 'ext'), spec: { type: 'ExternalName', externalName: 'example.com' } },
    {
      metadata: meta('default', 'alias'),
      spec: { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' },
    },
  ],
  '/api/v1/namespaces': [{ metadata: { name: 'default', uid: 'd', resourceVersion: '1' } }],
  '/apis/discovery.k8s.io/v1/endpointslices': [
    {
      metadata: meta('default', 'db-x', { labels: { 'kubernetes.io/service-name': 'db' } }),
      addressType: 'IPv4',
      ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.244.1.2'], hostname: 'db-0', conditions: { ready: true } },
        { addresses: ['10.244.1.3'], conditions: { ready: true } },
        { addresses: ['10.244.1.4'], conditions: { ready: false } },
      ],
    },
  ],
};

const api: Handler = (request) => {
  if (request.query.get('watch'))
    return Promise.resolve({ status: 200, headers: {}, body: { kind: 'stream', framing: 'json', frames: new Pipe() } });
  const items = objects[request.path];
  if (!items) throw new Error(request.path);
  return Promise.resolve(
    jsonResponse(200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '5' }, items }),
  );
};

async function boot(corefile = COREFILE, handler: Handler = api) {
  const loop = new Loop({ settle: () => new Promise((resolve) => setImmediate(resolve)), trace: () => undefined }, 0);
  const ports = new Map<number, Handler>();
  let forwarded = 0;
  const net: Net = {
    addresses: ['10.244.0.2'],
    listen: (port, listener) => {
      ports.set(port, listener);
      return { close: () => ports.delete(port) };
    },
    fetch: (request) => {
      forwarded++;
      if (request.authority !== '8.8.8.8:53') return Promise.reject(new NetError('ECONNREFUSED', 'refused'));
      const name = request.query.get('name') ?? '';
      return Promise.resolve(
        dnsReply({ status: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds: 300, data: '93.184.216.34' }] }),
      );
    },
    lookup: () => Promise.reject(new NetError('ENOTFOUND', '')),
  };
  const volume = createVolume(loop);
  const fs = createFileSystem([{ path: '/', volume }]);
  const write = (path: string, text: string) => fs.writeFile(path, new TextEncoder().encode(text), { mode: 0o755 });
  fs.mkdir('/etc/coredns', { recursive: true });
  write('/etc/coredns/Corefile', corefile);
  write('/etc/resolv.conf', 'nameserver 8.8.8.8\n');
  fs.writeFile('/coredns', executable('coredns'), { mode: 0o755 });
  const programs = new Map([['coredns', createCoreDns(createClient(handler))]]);
  const group = createKernel({ clock: loop, trace: loop, rng: createRng(1) }, { programs }).createGroup({
    name: 'dns',
    hostname: 'coredns',
    fs,
    net,
  });
  const out = new Pipe<Uint8Array>(10_000);
  let log = '';
  void out.forEach((bytes) => {
    log += new TextDecoder().decode(bytes);
  });
  const child = group.start(['/coredns', '-conf', '/etc/coredns/Corefile'], { stdout: out });
  await loop.runUntil(100);
  const ask = async (port: number, url: string) => {
    const asked = ports.get(port)?.(httpRequest('GET', url));
    await loop.runUntil(loop.now() + 100);
    return asked;
  };
  const query = async (name: string, type: DnsRecordType = 'A') =>
    (await bodyJson((await ask(53, `/dns-query?name=${name}&type=${type}`))?.body)) as DnsResponse;
  return { loop, ports, child, write, query, ask, log: () => log, forwarded: () => forwarded };
}

describe('records', () => {
  test.each<[string, DnsRecordType, string, readonly string[]]>([
    ['web.default.svc.cluster.local', 'A', 'NOERROR', ['10.96.0.7']],
    ['WEB.default.svc.cluster.local.', 'A', 'NOERROR', ['10.96.0.7']],
    ['web.default.svc.cluster.local', 'AAAA', 'NOERROR', []],
    ['nope.default.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['default.svc.cluster.local', 'A', 'NOERROR', []],
    ['nope.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['svc.cluster.local', 'A', 'NOERROR', []],
    ['x.cluster.local', 'A', 'NXDOMAIN', []],
    ['db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.1.2', '10.244.1.3']],
    ['db-0.db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.1.2']],
    ['10-244-1-3.db.default.svc.cluster.local', 'A', 'NOERROR', ['10.244.1.3']],
    ['empty.default.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', 'NOERROR', ['0 100 80 web.default.svc.cluster.local.']],
    [
      '_sql._tcp.db.default.svc.cluster.local',
      'SRV',
      'NOERROR',
      ['0 50 5432 db-0.db.default.svc.cluster.local.', '0 50 5432 10-244-1-3.db.default.svc.cluster.local.'],
    ],
    ['_nope._tcp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN', []],
    ['10-244-1-9.default.pod.cluster.local', 'A', 'NOERROR', ['10.244.1.9']],
    ['7.0.96.10.in-addr.arpa', 'PTR', 'NOERROR', ['web.default.svc.cluster.local.']],
    ['2.1.244.10.in-addr.arpa', 'PTR', 'NOERROR', ['db-0.db.default.svc.cluster.local.']],
    ['dns-version.cluster.local', 'TXT', 'NOERROR', ['"1.1.0"']],
    ['custom.example.org', 'A', 'NOERROR', ['10.1.1.1']],
    ['example.com', 'A', 'NOERROR', ['93.184.216.34']],
    ['ext.default.svc.cluster.local', 'A', 'NOERROR', ['example.com.', '93.184.216.34']],
    ['alias.default.svc.cluster.local', 'A', 'NOERROR', ['web.default.svc.cluster.local.', '10.96.0.7']],
  ])('%s %s is %s %j', async (name, type, status, data) => {
    const { query } = await boot();
    const response = await query(name, type);
    expect(response.status).toBe(status);
    expect(response.answers.map((record) => record.data)).toEqual(data);
    for (const record of response.answers.filter(({ data: value }) => value.startsWith('10.96')))
      expect(record.ttlSeconds).toBe(30);
  });
});

test('addresses take turns', async () => {
  const { query } = await boot();
  const first = (await query('db.default.svc.cluster.local')).answers[0]?.data;
  expect((await query('db.default.svc.cluster.local')).answers[0]?.data).not.toBe(first);
});

test('what was forwarded is cached and ages', async () => {
  const { loop, query, forwarded } = await boot();
  await query('example.com');
  await loop.runUntil(loop.now() + 10_000);
  expect((await query('example.com')).answers[0]?.ttlSeconds).toBe(290);
  expect(forwarded()).toBe(1);
  await loop.runUntil(loop.now() + 30_000);
  await query('example.com');
  expect(forwarded()).toBe(2);
});

test('health, ready, metrics, and a graceful end', async () => {
  const { loop, ask, child, ports, log } = await boot();
  expect(await bodyText((await ask(8080, '/health'))?.body)).toBe('OK');
  expect((await ask(8181, '/ready'))?.status).toBe(200);
  expect(await bodyText((await ask(9153, '/metrics'))?.body)).toContain('coredns_dns_requests_total');
  expect(log()).toContain('.:53\n[INFO] plugin/reload: Running configuration');
  child.kill('SIGTERM');
  await loop.runUntil(loop.now() + 4000);
  expect(ports.has(53)).toBe(true);
  await loop.runUntil(loop.now() + 2000);
  expect(await child.exited).toEqual({ code: 0 });
  expect(loop.nextDue).toBeUndefined();
});

test('a changed Corefile is loaded, a broken one is not', async () => {
  const { loop, query, write, log } = await boot();
  write('/etc/coredns/Corefile', COREFILE.replace('10.1.1.1', '10.2.2.2'));
  await loop.runUntil(loop.now() + 50_000);
  expect((await query('custom.example.org')).answers[0]?.data).toBe('10.2.2.2');
  write('/etc/coredns/Corefile', '.:53 {\n nope\n}\n');
  await loop.runUntil(loop.now() + 50_000);
  expect(log()).toContain("Unknown directive 'nope'");
  expect((await query('custom.example.org')).answers[0]?.data).toBe('10.2.2.2');
});

test('a wrong Corefile ends the program', async () => {
  const { child, log } = await boot('.:53 {\n  kubernetez cluster.local\n}\n');
  expect(await child.exited).toEqual({ code: 1 });
  expect(log()).toContain("Corefile:2 - Error during parsing: Unknown directive 'kubernetez'");
});

test('without an API it starts unsynced, says so and is not ready', async () => {
  const { loop, query, ask, log } = await boot(COREFILE, () => new Promise(() => undefined));
  await loop.runUntil(6000);
  expect(log()).toContain('starting server with unsynced Kubernetes API');
  expect((await ask(8181, '/ready'))?.status).toBe(503);
  expect((await query('web.default.svc.cluster.local')).status).toBe('SERVFAIL');
  expect((await query('example.com')).status).toBe('NOERROR');
});

test('stub domains: the most specific block answers', async () => {
  const { query } = await boot(
    `${COREFILE}consul.local:53 {\n  errors\n  hosts {\n    10.9.9.9 a.consul.local\n  }\n}\n`,
  );
  expect((await query('a.consul.local')).answers[0]?.data).toBe('10.9.9.9');
  expect((await query('b.consul.local')).status).toBe('SERVFAIL');
});

test('rewrite answers under the asked name', async () => {
  const { query } = await boot(
    COREFILE.replace(
      '    errors\n',
      '    errors\n    rewrite name exact shop.example.org web.default.svc.cluster.local\n',
    ),
  );
  expect((await query('shop.example.org')).answers).toEqual([
    { name: 'shop.example.org.', type: 'A', ttlSeconds: 30, data: '10.96.0.7' },
  ]);
});
