/** Writes into the built service worker which files there are, and a hash over them: a change anywhere makes a new worker. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';

const files = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });

/** Pages of the browser tests, and what only a debugger wants. */
const LEFT_OUT = /^(tests\/|sw\.js$)|\.map$/;

/** For the build of the page, into its output directory. */
export function offline(): Plugin {
  let out = '';
  return {
    name: 'podarium-offline',
    apply: 'build',
    configResolved({ root, build }) {
      out = join(root, build.outDir);
    },
    closeBundle() {
      const worker = join(out, 'sw.js');
      if (!existsSync(worker)) return;
      const paths = files(out).filter((path) => !LEFT_OUT.test(relative(out, path).split(sep).join('/')));
      const hash = createHash('sha256');
      for (const path of paths) hash.update(relative(out, path)).update(readFileSync(path));
      const build = {
        hash: hash.digest('hex').slice(0, 16),
        files: paths.map((path) => relative(out, path).split(sep).join('/')),
      };
      writeFileSync(worker, readFileSync(worker, 'utf8').replaceAll('__BUILD__', JSON.stringify(build)));
    },
  };
}
