/**
 * For `node --require`: keeps V8's compiled code of the engine's bundle in dist/node beside it. A cluster runs nearly everything
 * once, so parsing and compiling is a third of a short run. (From Node 22 on NODE_COMPILE_CACHE does the same.)
 * A new build empties dist/node, and V8 itself refuses code of another version or of other flags.
 */
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join, sep } = require('node:path');
const vm = require('node:vm');

/** What the programs share: the engine. They themselves are small. */
const bundles = join(__dirname, '..', 'dist', 'node', 'chunks') + sep;
const compile = Module.prototype._compile;

function cached(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** A run that ended sooner, such as `--help`, did not compile what a cluster needs. */
const ENOUGH_CPU_MICROSECONDS = 300_000;

/** Another process may be writing the same file, and the folder may be gone by then: the cache is only a help. */
function save(path, script) {
  if (process.cpuUsage().user < ENOUGH_CPU_MICROSECONDS) return;
  try {
    const own = `${path}.${process.pid}`;
    writeFileSync(own, script.createCachedData());
    renameSync(own, path);
  } catch {
    return;
  }
}

Module.prototype._compile = function (content, filename) {
  if (!filename.startsWith(bundles)) return compile.call(this, content, filename);
  const path = `${filename}.code`;
  const script = new vm.Script(Module.wrap(content), {
    filename,
    cachedData: cached(path),
  });
  // Written at the end, when V8 has compiled what the program needs.
  if (script.cachedDataRejected !== false) process.once('exit', () => save(path, script));
  const require = Module.createRequire(filename);
  return script.runInThisContext().call(this.exports, this.exports, require, this, filename, join(filename, '..'));
};
