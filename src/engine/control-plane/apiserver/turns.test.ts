import { expect, test } from 'vitest';
import { createRng, Loop } from '#engine/sim';
import { inTurns } from './turns.ts';

function stage(perTurn: number) {
  let macrotasks = 0;
  const settle = () =>
    new Promise<void>((resolve) =>
      setImmediate(() => {
        macrotasks++;
        resolve();
      }),
    );
  const loop = new Loop({ settle, trace: () => undefined }, 0);
  const begun: { readonly request: number; readonly macrotask: number; readonly at: number }[] = [];
  const handle = inTurns(
    { clock: loop, rng: createRng(1), trace: loop },
    async (request: number) => {
      begun.push({ request, macrotask: macrotasks, at: loop.now() });
      await Promise.resolve();
      return request;
    },
    perTurn,
  );
  return { loop, begun, handle };
}

test('a storm begins in turns, in its order, at one instant', async () => {
  const { loop, begun, handle } = stage(10);
  const answers: Promise<number>[] = [];
  loop.after(5, 'storm', () => {
    for (let request = 0; request < 35; request++) answers.push(handle(request));
  });
  await loop.runUntil(100);
  const order = Array.from({ length: 35 }, (_, index) => index);
  expect(begun.map(({ request }) => request)).toEqual(order);
  expect(await Promise.all(answers)).toEqual(order);
  expect(new Set(begun.map(({ at }) => at))).toEqual(new Set([5]));
  const tasks = [...new Set(begun.map(({ macrotask }) => macrotask))];
  expect(tasks.map((task) => begun.filter(({ macrotask }) => macrotask === task).length)).toEqual([10, 10, 10, 5]);
});

test('one after the other never waits, though no time passes', async () => {
  const { begun, handle } = stage(2);
  for (let request = 0; request < 9; request++) expect(await handle(request)).toBe(request);
  expect(begun).toHaveLength(9);
});
