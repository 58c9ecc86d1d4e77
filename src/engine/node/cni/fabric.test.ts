import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bodyText, dnsReply, httpRequest, type Net, NetError, Pipe, textResponse } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createFabric } from './fabric.ts';

function world(): World & { readonly clock: Loop } {
  const loop = new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, 0);
  return { clock: loop, rng: createRng(1), trace: loop };
}

function cluster() {
  const w = world();
  const fabric = createFabric(w, { connectTimeoutMs: 10_000, sameNodeMs: 0.25, crossNodeMs: 0.5 });
  const [n1, n2] = ['10.0.0.1', '10.0.0.2'].map((address, i) =>
    fabric.addNode({ name: `node-${i + 1}`, addresses: [address] }),
  );
  n1?.configure(['10.244.1.0/24']);
  n2?.configure(['10.244.2.0/24']);
  if (!n1 || !n2) throw new Error('two nodes');
  const a = n1.attachPod({ namespace: 'd', name: 'a', hostNetwork: false });
  const b = n2.attachPod({ namespace: 'd', name: 'b', hostNetwork: false });
  return { w, fabric, n1, n2, a, b };
}

/** What a request comes to, and how long it took. */
async function outcome(w: ReturnType<typeof world>, work: () => Promise<unknown>): Promise<readonly [string, number]> {
  const start = w.clock.now();
  let result: string | undefined;
  let at = 0;
  work().then(
    (value) => {
      result = String(value);
      at = w.clock.now();
    },
    (error: unknown) => {
      result = error instanceof NetError ? `${error.code} ${error.message}` : String(error);
      at = w.clock.now();
    },
  );
  await w.clock.runUntil(start + 200_000, () => result !== undefined);
  return [result ?? 'pending', at - start];
}

const get = async (net: Net, url: string) => bodyText((await net.fetch(httpRequest('GET', url))).body);

describe('addresses and routes', () => {
  test('a Pod reaches another by address, and the server sees who asks', async () => {
    const { w, a, b } = cluster();
    expect(a.addresses).toEqual(['10.244.1.2']);
    b.net.listen(80, async (request) => textResponse(200, `hello ${request.peer?.address}`));
    expect(await outcome(w, () => get(a.net, 'http://10.244.2.2/'))).toEqual(['hello 10.244.1.2', 0.5]);
  });

  test.each([
    [
      'a closed port refuses',
      'http://10.244.2.2:81/',
      'ECONNREFUSED dial tcp 10.244.2.2:81: connect: connection refused',
    ],
    [
      'an unused Pod address has no host',
      'http://10.244.2.99/',
      'EHOSTUNREACH dial tcp 10.244.2.99:80: connect: no route to host',
    ],
    ['an address of nobody times out', 'http://192.0.2.1/', 'ETIMEDOUT dial tcp 192.0.2.1:80: i/o timeout'],
    ['a name without resolver is unknown', 'http://web/', 'ENOTFOUND Temporary failure in name resolution'],
  ])('%s', async (_, url, expected) => {
    const { w, a } = cluster();
    expect((await outcome(w, () => get(a.net, url)))[0]).toBe(expected);
  });

  test('an address is not reused at once', () => {
    const { n1, a } = cluster();
    a.detach();
    expect(n1.attachPod({ namespace: 'd', name: 'c', hostNetwork: false }).addresses).toEqual(['10.244.1.3']);
  });

  test('host network shares the ports of the Node and gives them back', () => {
    const { n1 } = cluster();
    const first = n1.attachPod({ namespace: 'd', name: 'x', hostNetwork: true });
    first.net.listen(80, async () => textResponse(200, ''));
    expect(() => n1.net.listen(80, async () => textResponse(200, ''))).toThrow('address already in use');
    first.detach();
    n1.net.listen(80, async () => textResponse(200, ''));
  });
});

describe('rules', () => {
  const endpoint = { chain: 'KUBE-SEP-1', address: '10.244.2.2', port: 80 };
  const target = { service: 'd/web', chain: 'KUBE-SVC-1', endpoints: [endpoint], reject: false, masquerade: false };

  test('ClusterIP, NodePort with masquerade, and a Service without endpoints', async () => {
    const { w, fabric, n1, a, b } = cluster();
    b.net.listen(80, async (request) => textResponse(200, String(request.peer?.address)));
    n1.forwarding.install({
      virtual: new Map([
        ['TCP 10.96.0.9:80', target],
        ['TCP 10.96.0.10:80', { ...target, endpoints: [], reject: true }],
      ]),
      nodePorts: new Map([['TCP 30080', { ...target, masquerade: true }]]),
    });
    const outside = fabric.addOutside({ name: 'desk', addresses: ['198.51.100.1'] });
    expect((await outcome(w, () => get(a.net, 'http://10.96.0.9/')))[0]).toBe('10.244.1.2');
    expect((await outcome(w, () => get(outside.net, 'http://10.0.0.1:30080/')))[0]).toBe('10.0.0.1');
    expect((await outcome(w, () => get(a.net, 'http://10.96.0.10/')))[0]).toContain('ECONNREFUSED');
    expect((await outcome(w, () => get(b.net, 'http://10.96.0.9/')))[0]).toContain('ETIMEDOUT');
  });

  test('choices are uniform, and affinity sticks', () => {
    const { n1 } = cluster();
    const endpoints = ['a', 'b', 'c'].map((chain) => ({ chain, address: chain, port: 1 }));
    n1.forwarding.install({
      virtual: new Map([
        ['TCP 1:1', { ...target, endpoints }],
        ['TCP 1:2', { ...target, endpoints, affinitySeconds: 10 }],
      ]),
      nodePorts: new Map(),
    });
    const pick = (port: number, at: number) => {
      const verdict = n1.forwarding.virtual('TCP', '1', port, 'me', at);
      return verdict?.kind === 'forward' ? verdict.endpoint.chain : '';
    };
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) counts.set(pick(1, 0), (counts.get(pick(1, 0)) ?? 0) + 1);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
    const first = pick(2, 0);
    for (let i = 1; i < 20; i++) expect(pick(2, i * 9_000)).toBe(first);
  });
});

describe('faults', () => {
  test('a cut times out, a slow link is slower, and healing heals', async () => {
    const { w, fabric, a, b } = cluster();
    b.net.listen(80, async () => textResponse(200, 'ok'));
    fabric.cut('node-1', 'node-2');
    expect(await outcome(w, () => get(a.net, 'http://10.244.2.2/'))).toEqual([
      'ETIMEDOUT dial tcp 10.244.2.2:80: i/o timeout',
      10_000,
    ]);
    fabric.heal('node-1', 'node-2');
    fabric.slow('pod:d/a', '*', 100);
    expect(await outcome(w, () => get(a.net, 'http://10.244.2.2/'))).toEqual(['ok', 100.5]);
  });

  test('a connection attempt outlives a short cut', async () => {
    const { w, fabric, a, b } = cluster();
    b.net.listen(80, async () => textResponse(200, 'ok'));
    fabric.cut('node-1', 'node-2');
    w.clock.after(2_000, 'heal', () => fabric.heal());
    // Sent again after 1 s and, since that was lost too, 2 s later.
    expect(await outcome(w, () => get(a.net, 'http://10.244.2.2/'))).toEqual(['ok', 3_000.5]);
  });

  test.each([
    [10_000, 'one two'],
    [60_000, 'one then ECONNRESET'],
  ])('a stream stalls for a cut of %d ms', async (ms, expected) => {
    const { w, fabric, a, b } = cluster();
    const pipe = new Pipe<Uint8Array>();
    b.net.listen(80, async () => ({
      status: 200,
      headers: {},
      body: { kind: 'stream', framing: 'bytes', frames: pipe },
    }));
    const seen: string[] = [];
    const read = async () => {
      const response = await a.net.fetch(httpRequest('GET', 'http://10.244.2.2/'));
      if (response.body?.kind !== 'stream' || response.body.framing !== 'bytes') throw new Error('stream');
      await response.body.frames.forEach((frame) => {
        seen.push(new TextDecoder().decode(frame));
      });
    };
    const done = read().catch((error: unknown) =>
      seen.push('then', error instanceof NetError ? error.code : String(error)),
    );
    await w.clock.runUntil(1_000);
    pipe.push(new TextEncoder().encode('one'));
    await w.clock.settle();
    fabric.cut('node-1', 'node-2');
    pipe.push(new TextEncoder().encode('two'));
    await w.clock.runUntil(1_000 + ms);
    expect(seen[1]).not.toBe('two');
    fabric.heal();
    pipe.close();
    await w.clock.settle();
    await done;
    expect(seen.join(' ')).toBe(expected);
  });

  test('a Node without power answers nobody', async () => {
    const { w, n2, a, b } = cluster();
    b.net.listen(80, async () => textResponse(200, 'ok'));
    n2.power(false);
    expect((await outcome(w, () => get(a.net, 'http://10.244.2.2/')))[0]).toContain('i/o timeout');
  });
});

test('a request to a process that dies is reset, one to a machine that vanishes waits', async () => {
  const { w, a, b } = cluster();
  const never = () => new Promise<never>(() => undefined);
  const listener = b.net.listen(80, never);
  w.clock.after(1_000, 'kill', () => listener.abort?.());
  expect(await outcome(w, () => get(a.net, 'http://10.244.2.2/'))).toEqual([
    'ECONNRESET read: connection reset by peer',
    1_000,
  ]);
  b.net.listen(81, never);
  w.clock.after(1_000, 'crash', () => b.vanish());
  expect(await outcome(w, () => get(a.net, 'http://10.244.2.2:81/'))).toEqual([
    'ECONNRESET read: connection reset by peer',
    46_000,
  ]);
  expect((await outcome(w, () => get(a.net, 'http://10.244.2.2:81/')))[0]).toContain('no route to host');
});

test('names: search domains by ndots, through the nameserver', async () => {
  const { w, n1, n2 } = cluster();
  const asked: string[] = [];
  n2.net.listen(
    53,
    async (request) => {
      const name = request.query.get('name') ?? '';
      asked.push(name);
      return dnsReply(
        name === 'web.d.svc.cluster.local.'
          ? { status: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds: 5, data: '10.244.2.2' }] }
          : { status: 'NXDOMAIN', answers: [] },
      );
    },
    { protocol: 'UDP' },
  );
  const resolver = { nameservers: ['10.0.0.2'], searches: ['x.svc.cluster.local', 'svc.cluster.local'], ndots: 5 };
  const pod = n1.attachPod({ namespace: 'x', name: 'p', hostNetwork: false, resolver });
  expect((await outcome(w, () => pod.net.lookup('web.d')))[0]).toBe('10.244.2.2');
  expect(asked).toEqual(['web.d.x.svc.cluster.local.', 'web.d.svc.cluster.local.']);
  expect((await outcome(w, () => pod.net.lookup('no.such')))[0]).toBe('ENOTFOUND Name or service not known');
});
