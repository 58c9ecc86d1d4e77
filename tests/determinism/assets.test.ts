import { expect, test } from 'vitest';
import { createCluster, replay } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { recordings } from './journals.ts';

const host = nodeHost();

/** A host that brings its assets over a slow network. */
const far = (asked: string[]) => ({
  settle: host.settle,
  async load(asset: string) {
    asked.push(asset);
    await new Promise((resolve) => setTimeout(resolve, 30));
    return host.load?.(asset);
  },
});

test('the same trace, whether assets are at hand or arrive later', { timeout: 120_000 }, async () => {
  const { shell } = recordings;
  if (!shell) throw new Error('no recording');
  const explained = { at: shell.until, input: { type: 'command', line: 'kubectl explain pod.spec' } } as const;
  const recording = { ...shell, journal: [...shell.journal, explained], until: shell.until + 10_000 };
  const asked: string[] = [];
  const late = await replay(recording, far(asked));
  expect(asked.slice(-3)).toEqual(['cli', 'aggregation', 'openapi']);
  expect(late).toEqual(await replay(recording, host));
});

test('a cluster gets ready without any asset but its components and keys', async () => {
  const asked: string[] = [];
  const cluster = await createCluster({ ...far(asked), trace: () => undefined });
  expect(await cluster.loop.runUntil(cluster.loop.now() + 600_000, () => cluster.ready)).toBe(true);
  expect(new Set(asked)).toEqual(new Set(['addons', 'apiserver', 'controllers', 'proxy', 'scheduler', 'x509']));
});
