import { describe, expect, it } from 'vitest';
import { createRng, Loop, type World } from '#engine/sim';
import { startController } from './controller.ts';
import type { InformerFactory } from './shared-informer.ts';
import { TokenBucket, WorkQueue } from './work-queue.ts';

const newLoop = () => new Loop({ settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} }, 0);

describe('WorkQueue', () => {
  it('holds a key once, and again after work when it was added meanwhile', () => {
    let ready = 0;
    const queue = new WorkQueue(newLoop(), 'q', () => ready++);
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect([queue.length, ready]).toEqual([2, 2]);
    expect(queue.take()).toBe('a');
    queue.add('a');
    queue.add('a');
    expect([queue.take(), queue.take()]).toEqual(['b', undefined]);
    queue.done('a');
    queue.done('b');
    expect([queue.take(), queue.take()]).toEqual(['a', undefined]);
  });

  it('doubles the delay of a failing key from 5 ms to 1,000 s and forgets', async () => {
    const loop = newLoop();
    const times: number[] = [];
    const queue = new WorkQueue(loop, 'q', () => {
      times.push(loop.now());
      const key = queue.take() as string;
      queue.done(key);
      if (times.length < 20) queue.addRateLimited(key);
    });
    queue.addRateLimited('a');
    await loop.runUntil(Number.POSITIVE_INFINITY);
    const delays = times.map((time, i) => time - (times[i - 1] ?? 0));
    expect(delays.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(delays.slice(-2)).toEqual([1_000_000, 1_000_000]);
    queue.forget('a');
    expect(queue.requeues('a')).toBe(0);
  });

  it('keeps the shortest of several delays', async () => {
    const loop = newLoop();
    const times: number[] = [];
    const queue = new WorkQueue(loop, 'q', () => times.push(loop.now()));
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    await loop.runUntil(Number.POSITIVE_INFINITY);
    expect(times).toEqual([100]);
  });
});

describe('TokenBucket', () => {
  it('lets a burst through and then the rate', async () => {
    const loop = newLoop();
    const bucket = new TokenBucket(loop, 10, 2);
    expect([bucket.reserve(), bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 0, 100, 200]);
    await loop.runUntil(1000);
    expect(bucket.tryAccept()).toBe(true);
  });
});

describe('startController', () => {
  it('reconciles what happens together once, retries refusals, obeys requeueAfter and stops', async () => {
    const loop = newLoop();
    const world: World = { clock: loop, rng: createRng(1), trace: loop };
    const none = {
      informer: () => expect.unreachable(),
      synced: () => Promise.resolve(),
    } as unknown as InformerFactory;
    const stop = new AbortController();
    const calls: string[] = [];
    const controller = startController(
      world,
      none,
      {
        name: 'test',
        workers: 1,
        reconcile: (key) => {
          calls.push(`${loop.now()} ${key}`);
          if (calls.length === 1) return Promise.reject(new Error('refused'));
          return Promise.resolve(calls.length === 2 ? { requeueAfterMs: 1000 } : undefined);
        },
      },
      stop.signal,
    );
    for (let i = 0; i < 5; i++) controller.queue.add('a');
    await loop.runUntil(5000);
    expect(calls).toEqual(['0 a', '5 a', '1005 a']);
    stop.abort();
    await controller.stopped;
    controller.queue.add('a');
    await loop.runUntil(9000);
    expect(calls).toHaveLength(3);
  });
});
