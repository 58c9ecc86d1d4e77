import { describe, expect, test } from 'vitest';
import { createRng, formatMicroTime, formatTime, Loop, parseTime, type TraceEvent } from './index.ts';

const host = (log: TraceEvent[] = []) => ({
  settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
  trace: (event: TraceEvent) => void log.push(event),
});

describe('the loop', () => {
  test('rings in (time, seq) order and finishes every promise reaction before the clock moves', async () => {
    const loop = new Loop(host(), 0);
    const seen: string[] = [];
    loop.after(5, 'b', () => void loop.sleep(0, 'nested').then(() => seen.push(`nested@${loop.now()}`)));
    loop.after(5, 'c', () => seen.push(`c@${loop.now()}`));
    const longChain = async () => {
      for (let i = 0; i < 100; i++) await Promise.resolve();
      seen.push(`a@${loop.now()}`);
    };
    loop.after(1, 'a', () => void longChain());
    await loop.runUntil(10);
    expect(seen).toEqual(['a@1', 'c@5', 'nested@5']);
    expect(loop.now()).toBe(10);
  });

  test('a cancelled timer never rings, and an aborted sleep ends at once', async () => {
    const loop = new Loop(host(), 0);
    const stop = new AbortController();
    const timer = loop.after(1, 'never', () => expect.unreachable());
    let woke = -1;
    void loop.sleep(100, 'long', stop.signal).then(() => {
      woke = loop.now();
    });
    loop.after(3, 'stop', () => stop.abort());
    timer.cancel();
    await loop.runUntil(50);
    expect(woke).toBe(3);
    expect(loop.nextDue).toBeUndefined();
  });

  test('stops at the end of the instant in which a predicate holds', async () => {
    const loop = new Loop(host(), 0);
    let n = 0;
    const tick = () => {
      n++;
      loop.after(10, 'tick', tick);
    };
    tick();
    expect(await loop.runUntil(1000, () => n === 4)).toBe(true);
    expect(loop.now()).toBe(30);
  });

  test('input from outside waits for the end of the instant, one at a time', async () => {
    const loop = new Loop(host(), 0);
    const seen: string[] = [];
    const input = (name: string) => () => {
      seen.push(name);
      loop.after(0, 'echo', () => seen.push(`${name}, done`));
    };
    loop.post('one', input('one'));
    loop.post('two', input('two'));
    loop.after(0, 'first', () => seen.push('what was due'));
    await loop.settle();
    expect(seen).toEqual(['what was due', 'one', 'one, done', 'two', 'two, done']);
  });

  test('a bug stops the world, for good', async () => {
    const loop = new Loop(host(), 0);
    loop.after(1, 'bug', () => {
      throw new Error('broken');
    });
    await expect(loop.runUntil(5)).rejects.toThrow('broken');
    await expect(loop.step()).rejects.toThrow('broken');
  });
});

test('a fork of the stream depends on seed and name only', () => {
  const a = createRng(7);
  a.next();
  expect(a.fork('x').next()).toBe(createRng(7).fork('x').next());
  expect(a.fork('x').next()).not.toBe(a.fork('y').next());
});

test.each(['1970-01-01T00:00:00Z', '2026-02-28T23:59:59Z', '2024-02-29T12:00:00Z', '1969-12-31T23:59:58Z'])(
  '%s',
  (text) => {
    const at = parseTime(text) as number;
    expect(at).toBe(Date.parse(text));
    expect(formatTime(at)).toBe(text);
    expect(formatMicroTime(at + 5)).toBe(`${text.slice(0, -1)}.005000Z`);
  },
);

test.each(['2023-02-29T00:00:00Z', '2023-13-01T00:00:00Z', 'today', '2023-01-01'])('%s is no instant', (text) => {
  expect(parseTime(text)).toBeUndefined();
});
