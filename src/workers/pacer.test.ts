import { expect, test, vi } from 'vitest';
import { Loop } from '#engine/sim';
import { Pacer } from './pacer.ts';

const host = { settle: () => new Promise<void>((resolve) => setImmediate(resolve)), trace: () => undefined };
const turn = (ms: number) => new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));

function start() {
  const loop = new Loop(host, 0);
  const rung: number[] = [];
  const tick = () => {
    rung.push(loop.now());
    loop.after(1000, 'tick', tick);
  };
  loop.after(1000, 'tick', tick);
  let rests = 0;
  const pacer = new Pacer(loop, 1, turn, () => rests++);
  const stop = new AbortController();
  const run = pacer.run(stop.signal);
  const end = async () => {
    stop.abort();
    await run;
  };
  return { loop, pacer, rung, end, rests: () => rests };
}

test('runs to an instant at full speed, and then time passes as before', async () => {
  const { loop, pacer, rung, end, rests } = start();
  expect(await pacer.runUntil(3_600_000, () => false)).toBe(false);
  expect(loop.now()).toBe(3_600_000);
  expect(rung).toHaveLength(3600);
  await turn(60);
  expect(loop.now()).toBeGreaterThan(3_600_000);
  expect(loop.now()).toBeLessThan(3_605_000);
  expect(rests()).toBeGreaterThan(1);
  await end();
});

test('runs to a condition and stays paused when it was', async () => {
  const { loop, pacer, rung, end } = start();
  pacer.pause();
  expect(await pacer.runUntil(1e9, () => rung.length === 7)).toBe(true);
  await turn(50);
  expect(loop.now()).toBe(7000);
  expect(pacer.state.paused).toBe(true);
  await end();
});

test('a pause ends a run, and so does the next one', async () => {
  const { pacer, end } = start();
  const first = pacer.runUntil(Number.MAX_SAFE_INTEGER, () => false);
  const second = pacer.runUntil(Number.MAX_SAFE_INTEGER, () => false);
  expect(await first).toBe(false);
  pacer.pause();
  expect(await second).toBe(false);
  await end();
});

test('time in which the worker did not run is not made up for', async () => {
  const { loop, end } = start();
  await turn(50);
  const before = loop.now();
  const wall = performance.now.bind(performance);
  const asleep = vi.spyOn(performance, 'now').mockImplementation(() => wall() + 3_600_000);
  await turn(80);
  expect(loop.now() - before).toBeLessThan(10_000);
  asleep.mockRestore();
  await end();
});
