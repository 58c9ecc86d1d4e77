/** What a link carries brings back the same cluster: the state's digest says so, and says when it is not. */
import { expect, test } from 'vitest';
import { resume } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { Lab } from '../cluster/lab.ts';

test('captured in the middle of a roll-out, resumed elsewhere: the same digest', { timeout: 120_000 }, async () => {
  const options = { seed: 9, nodes: 3 };
  const lab = await Lab.boot(options);
  await lab.ok('kubectl create deployment web --image=nginx --replicas=4');
  await lab.settled(lab.cluster.submit({ type: 'fetch', method: 'GET', url: 'http://node-1:30000/', headers: {} }));
  await lab.fault({ do: 'node.crash', node: 'node-2' });
  await lab.ok('kubectl set image deployment/web nginx=nginx:1.27');
  await lab.pass(1.5);
  const { journal, until, digest } = await lab.settled(lab.cluster.capture());
  const again = await resume(nodeHost(), { options, journal, until });
  expect(again.digest()).toBe(digest);
  expect(again.loop.now()).toBe(until);
  const other = await resume(nodeHost(), { options, journal: journal.slice(0, -1), until });
  expect(other.digest()).not.toBe(digest);
  for (const cluster of [again, other, lab.cluster]) cluster.stop();
});
