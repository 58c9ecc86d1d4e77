import { expect, test } from 'vitest';
import { replay } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { recordings } from './journals.ts';

const host = nodeHost();

test.each(Object.entries(recordings))('%s: twice the same trace', { timeout: 120_000 }, async (_name, recording) => {
  const first = await replay(recording, host);
  const second = await replay(recording, host);
  expect(first.events).toBeGreaterThan(1000);
  expect(second).toEqual(first);
});

test('another seed gives another trace', { timeout: 120_000 }, async () => {
  const { shell } = recordings;
  if (!shell) throw new Error('no recording');
  const other = { ...shell, options: { ...shell.options, seed: 6 } };
  expect((await replay(other, host)).hash).not.toBe((await replay(shell, host)).hash);
});
