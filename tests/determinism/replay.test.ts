import { expect, test } from 'vitest';
import { replay } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { recordings } from './journals.ts';

const { settle } = nodeHost();

test.each(Object.entries(recordings))('%s: twice the same trace', { timeout: 120_000 }, async (_name, recording) => {
  const first = await replay(recording, settle);
  const second = await replay(recording, settle);
  expect(first.events).toBeGreaterThan(1000);
  expect(second).toEqual(first);
});

test('another seed gives another trace', { timeout: 120_000 }, async () => {
  const { shell } = recordings;
  if (!shell) throw new Error('no recording');
  const other = { ...shell, options: { ...shell.options, seed: 6 } };
  expect((await replay(other, settle)).hash).not.toBe((await replay(shell, settle)).hash);
});
