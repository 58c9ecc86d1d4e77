import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type End, Turns } from './turns.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets a few in, and asks the longest to go when another waits long enough', async () => {
  const turns = new Turns(2, 1000);
  const asked: string[] = [];
  const ends = new Map<string, End>();
  const take = async (name: string, signal?: AbortSignal) => {
    ends.set(name, await turns.take(() => asked.push(name), signal));
  };
  await take('a');
  await take('b');
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
  const given = new AbortController();
  const gone = take('gone', given.signal);
  const third = take('c');
  given.abort();
  await expect(gone).rejects.toThrow('canceled');
  expect(asked).toEqual(['a', 'a']);
  ends.get('a')?.();
  ends.get('a')?.();
  await third;
  expect([...ends.keys()]).toEqual(['a', 'b', 'c']);
  const fourth = take('d');
  expect(asked.at(-1)).toBe('b');
  ends.get('b')?.();
  await fourth;
  // Those who came last have their time.
  const fifth = take('e');
  await vi.advanceTimersByTimeAsync(900);
  expect(asked).not.toContain('c');
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.at(-1)).toBe('c');
  ends.get('c')?.();
  await fifth;
});
