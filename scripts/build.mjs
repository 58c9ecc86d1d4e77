/** Builds what is to be run, when a source is newer than what was built. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run } from './setup.mjs';

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function build(result, sources, args) {
  const built = join(root, result);
  const changed = Math.max(...sources.map((source) => newest(join(root, source))));
  if (existsSync(built) && statSync(built).mtimeMs > changed) return;
  run(bin('vite'), ['build', '--logLevel', 'warn', ...args]);
}

/** The programs that run under Node, into dist/node. */
export const buildNode = () =>
  build(
    'dist/node/bridge.cjs',
    [
      'src',
      'tests/conformance',
      'tests/bench',
      'tests/determinism',
      'tests/lessons',
      'vite.node.config.ts',
      'package.json',
    ],
    ['--config', 'vite.node.config.ts'],
  );

/** The page, into dist/page. */
export const buildPage = () =>
  build('dist/page/index.html', ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'], []);

/** The page with the pages of the browser tests beside it. */
export const buildTestPages = () =>
  run(bin('vite'), ['build', '--logLevel', 'warn'], { env: { ...process.env, PODARIUM_TEST_PAGES: '1' } });
