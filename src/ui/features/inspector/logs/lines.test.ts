import { expect, it } from 'vitest';
import { KEEP_LINES, LogLines } from './lines.ts';

it('puts pieces together, and the lines of several containers in order of time', () => {
  const log = new LogLines();
  log.take('a', '2026-01-01T00:00:01Z on');
  log.take('a', 'e\n2026-01-01T00:00:03Z three\n');
  log.take('b', '2026-01-01T00:00:02Z two\n2026-01-01T00:00:04Z no end');
  log.end('b');
  expect(log.read().map(({ container, text }) => `${container} ${text}`)).toEqual([
    'a one',
    'b two',
    'a three',
    'b no end',
  ]);
});

it('forgets the oldest', () => {
  const log = new LogLines();
  for (let i = 0; i < KEEP_LINES + 10; i++) log.take('a', `2026-01-01T00:00:00Z ${i}\n`);
  expect(log.read()).toHaveLength(KEEP_LINES);
  expect(log.read()[0]?.text).toBe('10');
  expect(log.dropped).toBe(true);
});
