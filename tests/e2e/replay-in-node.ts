/** The same recording in a Node process of its own, by the bundle that `npm test` has built. */
import { spawnSync } from 'node:child_process';

export function replayInNode(name: string): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/node/replay.cjs', name], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
