/** Bundles the programs that run under Node into dist/node, when a source is newer than the bundle. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run } from './setup.mjs';

const SOURCES = ['src', 'tests/conformance', 'tests/bench', 'tests/determinism', 'vite.node.config.ts', 'package.json'];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function buildNode() {
  const bundle = join(root, 'dist/node/bridge.cjs');
  const changed = Math.max(...SOURCES.filter((s) => existsSync(join(root, s))).map((s) => newest(join(root, s))));
  if (existsSync(bundle) && statSync(bundle).mtimeMs > changed) return;
  run(bin('vite'), ['build', '--config', 'vite.node.config.ts', '--logLevel', 'warn']);
}
