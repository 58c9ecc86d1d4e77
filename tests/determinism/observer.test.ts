/** Looking never changes the cluster, and what an outside client does with its streams is replayed. */
import { expect, test } from 'vitest';
import { type Cluster, createCluster, replay, resume } from '#engine/cluster';
import { bodyJson, type ChannelFrame, type Handler, type HttpResponse, httpRequest, Pipe } from '#engine/http';
import { applyChanges, ChangeLog, Saved, TraceHash } from '#engine/sim';
import { nodeHost } from '../../src/workers/node/host.ts';

const OPTIONS = { seed: 7, nodes: 2 };
const BOOT = Date.UTC(2026, 0, 1);
const at = (seconds: number) => BOOT + seconds * 1000;
const TIMEOUT = { timeout: 180_000 };

async function start(): Promise<{ cluster: Cluster; hash: TraceHash }> {
  const hash = new TraceHash();
  const cluster = await createCluster(
    nodeHost((event) => hash.add(event)),
    OPTIONS,
  );
  return { cluster, hash };
}

const get = (handler: Handler, path: string, signal?: AbortSignal) =>
  handler(httpRequest('GET', path, signal && { signal }));

function framesOf({ body }: HttpResponse) {
  if (body?.kind !== 'stream') throw new Error('no stream');
  return body.frames as { forEach(take: (frame: unknown) => void): Promise<void>; cancel(): void };
}

async function names(response: HttpResponse): Promise<string[]> {
  const { items } = (await bodyJson(response.body)) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}

/** A Deployment, a look at it if there is one to look, and a Node that dies. */
async function story(cluster: Cluster, look: () => Promise<void>): Promise<void> {
  const { loop } = cluster;
  const wait = async (seconds: number) => {
    while (loop.now() < at(seconds)) {
      await loop.runUntil(Math.min(at(seconds), loop.now() + 1000));
      await look();
    }
  };
  await wait(90);
  const done = cluster.run('kubectl create deployment web --image=nginx --replicas=3');
  await wait(130);
  expect(await done).toBe(0);
  const crashed = cluster.submit({ type: 'fault', fault: { do: 'node.crash', node: 'node-1' } });
  await wait(200);
  await crashed;
}

test('a run with a busy observer and one without are the same run', TIMEOUT, async () => {
  const quiet = await start();
  await story(quiet.cluster, async () => undefined);
  const watched = await start();
  let [round, seen] = [0, 0];
  let open: (() => void)[] = [];
  const look = async () => {
    const { observer } = watched.cluster;
    await get(observer, '/api/v1/pods');
    if (round++ % 3 === 0) {
      for (const close of open) close();
      open = [];
    }
    for (const path of ['/api/v1/pods?watch=true', '/apis/apps/v1/deployments?watch=true', '/api/v1/events?watch=1']) {
      const frames = framesOf(await get(observer, path));
      void frames.forEach(() => {
        seen++;
      });
      open.push(() => frames.cancel());
    }
    const mine = watched.cluster.observe();
    mine.goTo(watched.cluster.loop.now() - 5000);
    await get(mine.handler, '/api/v1/pods');
    mine.close();
  };
  await story(watched.cluster, look);
  expect(seen).toBeGreaterThan(1000);
  expect(watched.cluster.journal.entries()).toEqual(quiet.cluster.journal.entries());
  expect(watched.hash.count).toBe(quiet.hash.count);
  expect(watched.hash.digest()).toBe(quiet.hash.digest());
  quiet.cluster.stop();
  watched.cluster.stop();
});

test('the past is what it was, and the way back is the present', TIMEOUT, async () => {
  const { cluster } = await start();
  await story(cluster, async () => undefined);
  const observer = cluster.observe();
  const pods = '/api/v1/namespaces/default/pods';
  const watched = new Set<string>();
  const frames = framesOf(await get(observer.handler, `${pods}?watch=true`));
  void frames.forEach((frame) => {
    const { type, object } = frame as { type: string; object: { metadata: { name: string } } };
    if (type === 'DELETED') watched.delete(object.metadata.name);
    else watched.add(object.metadata.name);
  });
  const present = await names(await get(observer.handler, pods));
  expect(present).toHaveLength(3);
  for (const [seconds, count] of [
    [80, 0],
    [89.9, 0],
    [120, 3],
    [60, 0],
    [100, 3],
  ] as const) {
    expect(observer.goTo(at(seconds))).toBe(at(seconds));
    expect(await names(await get(observer.handler, pods))).toHaveLength(count);
    await cluster.loop.settle();
    expect(watched.size).toBe(count);
  }
  const table = await observer.handler(
    httpRequest('GET', pods, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } }),
  );
  const { rows } = (await bodyJson(table.body)) as { rows: { cells: string[] }[] };
  expect(rows.map(({ cells }) => cells[4])).toEqual(['10s', '10s', '10s']);
  // What goes on meanwhile is not seen, until the way back.
  const deleted = cluster.run(`kubectl delete pod ${present[0]} --wait=false --grace-period=0 --force`);
  await cluster.loop.runUntil(at(220));
  await deleted;
  expect(watched.has(present[0] as string)).toBe(true);
  expect(observer.goTo(undefined)).toBeUndefined();
  await cluster.loop.settle();
  expect([...watched].sort()).toEqual(await names(await get(observer.handler, pods)));
  expect(watched.has(present[0] as string)).toBe(false);
  // And it is live again.
  const scaled = cluster.run('kubectl scale deployment web --replicas=5');
  await cluster.loop.runUntil(at(240));
  await scaled;
  expect(watched.size).toBe(5);
  expect(observer.goTo(at(-100))).toBe(cluster.history.oldest);
  expect(await names(await get(observer.handler, pods))).toEqual([]);
  cluster.stop();
});

test(
  'a run in which logs were followed and given up, and a shell was typed into, equals its replay',
  TIMEOUT,
  async () => {
    const { cluster, hash } = await start();
    const { loop } = cluster;
    const headers = { authorization: `Bearer ${cluster.adminToken}` };
    await loop.runUntil(at(90));
    const started = cluster.run(
      "kubectl run chatty --image=busybox -- sh -c 'while true; do echo tick; sleep 0.3; done'",
    );
    await loop.runUntil(at(120));
    expect(await started).toBe(0);
    const pod = '/api/v1/namespaces/default/pods/chatty';

    const gone = new AbortController();
    const logs = cluster.apiserver(httpRequest('GET', `${pod}/log?follow=true`, { headers, signal: gone.signal }));
    await loop.runUntil(at(121));
    const lines = framesOf(await logs);
    let text = '';
    void lines.forEach((bytes) => {
      text += new TextDecoder().decode(bytes as Uint8Array);
    });

    const typed = new Pipe<ChannelFrame>();
    const session = cluster.apiserver(
      httpRequest('POST', `${pod}/exec?command=sh&stdin=true&stdout=true`, {
        headers,
        body: { kind: 'stream', framing: 'channel', frames: typed },
      }),
    );
    await loop.runUntil(at(122));
    const printed: string[] = [];
    void framesOf(await session).forEach((frame) => {
      const { channel, data } = frame as ChannelFrame;
      if (channel === 1) printed.push(new TextDecoder().decode(data));
    });
    typed.push({ channel: 0, data: new TextEncoder().encode('echo first; hostname\n') });
    await loop.runUntil(at(125.5));
    typed.push({ channel: 0, data: new TextEncoder().encode('echo second\n') });
    await loop.runUntil(at(127.25));
    gone.abort();
    await loop.runUntil(at(128));
    const before = text;
    typed.close();
    await loop.runUntil(at(150));

    expect(before.length).toBeGreaterThan(50);
    expect(text).toBe(before);
    expect(printed.join('')).toBe('first\nchatty\nsecond\n');
    const journal = cluster.journal.entries();
    expect(journal.map(({ input }) => input.type)).toEqual([
      'command',
      'http',
      'http',
      'http.frames',
      'http.frames',
      'http.cancel',
      'http.end',
    ]);
    cluster.stop();
    const again = await replay(JSON.parse(JSON.stringify({ options: OPTIONS, journal, until: at(150) })), nodeHost());
    expect(again).toEqual({ hash: hash.digest(), events: hash.count });
  },
);

test(
  'marks tell what happened, from the beginning even when asked late; facts and digests tell instants apart',
  TIMEOUT,
  async () => {
    const { cluster } = await start();
    await story(cluster, async () => undefined);
    const { marks, next } = cluster.marks(0);
    const web = marks.filter(({ label }) => label.startsWith('default/web'));
    expect(web.filter(({ kind }) => kind === 'created')).toHaveLength(3);
    expect(web.filter(({ kind }) => kind === 'ready')).toHaveLength(3);
    const told = marks.filter(({ kind }) => ['typed', 'fault'].includes(kind));
    expect(told.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'typed kubectl create deployment web --image=nginx --replicas=3',
      'fault node.crash node-1',
    ]);
    expect(marks).toContainEqual(expect.objectContaining({ kind: 'node', label: 'node-1 NotReady' }));
    const first = web.find(({ kind }) => kind === 'created');
    expect(first?.at).toBeGreaterThan(at(90));
    expect(first?.at).toBeLessThan(at(92));
    const deleted = cluster.run('kubectl delete deployment web');
    await cluster.loop.runUntil(at(240));
    await deleted;
    const more = cluster.marks(next);
    expect(more.marks.map(({ kind }) => kind)).toContain('typed');
    expect(more.next).toBe(next + more.marks.length);

    const facts = (seconds: number) =>
      cluster.factsAt(at(seconds)).filter(({ kind }) => kind === 'Deployment' || kind === 'Pod');
    const deployment = facts(150).find(({ name }) => name === 'web');
    expect(deployment?.fields).toMatchObject({ 'spec.replicas': '3', 'status.readyReplicas': '3' });
    expect(deployment?.fields['spec.template.spec.containers[nginx].image']).toBe('nginx');
    expect(facts(80).some(({ name }) => name === 'web')).toBe(false);
    expect(cluster.digestAt(at(80))).not.toBe(cluster.digestAt(at(150)));

    // A branch: what is replayed up to an instant is what was there, and goes on.
    const recording = { options: OPTIONS, journal: cluster.journal.entries(), until: at(150) };
    const seen: number[] = [];
    const branch = await resume({ ...nodeHost(), trace: () => undefined }, JSON.parse(JSON.stringify(recording)), {
      onProgress: (reached) => seen.push(reached),
    });
    expect(branch.digestAt(at(150))).toBe(cluster.digestAt(at(150)));
    expect(branch.journal.entries()).toEqual(recording.journal.filter((entry) => entry.at <= at(150)));
    expect(seen.length).toBeGreaterThan(10);
    await branch.loop.runUntil(at(240));
    expect(branch.factsAt(at(240)).some(({ kind, name }) => kind === 'Deployment' && name === 'web')).toBe(true);
    expect(cluster.factsAt(at(240)).some(({ kind, name }) => kind === 'Deployment' && name === 'web')).toBe(false);
    const stop = new AbortController();
    const given = resume({ ...nodeHost(), trace: () => undefined }, recording, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(given).rejects.toThrow('enough');
    branch.stop();
    cluster.stop();
  },
);

test('history is bounded, and whoever looks at what is forgotten sees the oldest that is left', TIMEOUT, async () => {
  const cluster = await createCluster(nodeHost(), { ...OPTIONS, historyRevisions: 400 });
  await cluster.loop.runUntil(at(60));
  const observer = cluster.observe();
  observer.goTo(at(20));
  const path = '/api/v1/pods';
  const before = await names(await get(observer.handler, path));
  expect(before.length).toBeGreaterThan(0);
  await cluster.loop.runUntil(at(900));
  const { oldest } = cluster.history;
  expect(oldest).toBeGreaterThan(at(20));
  expect(cluster.history.size).toBeLessThan(420);
  expect(observer.goTo(at(30))).toBe(oldest);
  expect(await names(await get(observer.handler, path))).toEqual(await names(await get(cluster.observer, path)));
  cluster.stop();
});

test('a step of the scrubber costs what differs, with a thousand Pods', TIMEOUT, async () => {
  const cluster = await createCluster(nodeHost(), { seed: 3, nodes: 20, shape: 'hollow' });
  const { loop } = cluster;
  await loop.runUntil(at(60), () => cluster.ready);
  const began = loop.now();
  const created = cluster.run('kubectl create deployment web --image=nginx --replicas=1000');
  await loop.runUntil(began + 60_000);
  expect(await created).toBe(0);
  const observer = cluster.observe();
  const frames = framesOf(await get(observer.handler, '/api/v1/pods?watch=true'));
  let seen = 0;
  void frames.forEach(() => {
    seen++;
  });
  const deleted = cluster.run('kubectl delete pod $(kubectl get pods -o name | head -n 1 | cut -d/ -f2) --wait=false');
  await loop.runUntil(began + 90_000);
  await deleted;
  expect(seen).toBeGreaterThan(1000);
  const step = async (to: number | undefined) => {
    seen = 0;
    const start = performance.now();
    observer.goTo(to);
    await loop.settle();
    return { ms: performance.now() - start, seen };
  };
  await step(began + 30_000);
  const near = await step(began + 89_000);
  expect(near.seen).toBeGreaterThan(0);
  expect(near.seen).toBeLessThan(20);
  expect(near.ms).toBeLessThan(100);
  const far = await step(began - 1000);
  expect(far.seen).toBe(1000);
  const back = await step(undefined);
  expect(back.seen).toBe(1000);
  cluster.stop();
});

test(
  'the past survives a reload: what was before it can be looked at after it, by list and by watch',
  TIMEOUT,
  async () => {
    const before = await createCluster(nodeHost(), OPTIONS, { ledger: new ChangeLog() });
    await before.loop.runUntil(at(90));
    const created = before.run('kubectl create deployment web --image=nginx --replicas=3');
    await before.loop.runUntil(at(110));
    await created;
    const deleted = before.run('kubectl delete deployment web');
    await before.loop.runUntil(at(150));
    await deleted;
    const texts = new Map<string, string>();
    applyChanges(texts, before.changes() ?? { keys: [], values: [], removed: [] });
    before.stop();

    const after = await createCluster(nodeHost(), OPTIONS, { ledger: new ChangeLog(), saved: new Saved(texts) });
    await after.loop.runUntil(after.loop.now() + 20_000);
    expect(after.history.oldest).toBeLessThan(at(10));
    const observer = after.observe();
    const pods = '/api/v1/namespaces/default/pods';
    const watched = new Set<string>();
    void framesOf(await get(observer.handler, `${pods}?watch=true`)).forEach((frame) => {
      const { type, object } = frame as { type: string; object: { metadata: { name: string } } };
      if (type === 'DELETED') watched.delete(object.metadata.name);
      else watched.add(object.metadata.name);
    });
    for (const [seconds, count] of [
      [105, 3],
      [80, 0],
      [105, 3],
      [149, 0],
    ] as const) {
      observer.goTo(at(seconds));
      await after.loop.settle();
      expect(watched.size).toBe(count);
      expect(await names(await get(observer.handler, pods))).toHaveLength(count);
    }
    expect(after.marks(0).marks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['created', 'typed', 'power']));
    expect(after.factsAt(at(105)).filter(({ name }) => name === 'web')).toHaveLength(1);
    after.stop();
  },
);
