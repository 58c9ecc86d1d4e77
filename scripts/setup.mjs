/** Whatever a fresh clone needs before it can build or test; a step that is done is skipped. Only Node and git are assumed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the open; ends this process when it fails, unless told not to. */
export function run(command, args, { cwd = root, env = process.env, mayFail = false } = {}) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (error && !mayFail) throw error;
  if (status !== 0 && !mayFail) process.exit(status ?? 1);
  return status ?? 1;
}

/** The path of an installed command-line tool. */
export const bin = (name, from = root) => join(from, 'node_modules', '.bin', name);

/** One set-up at a time: two `npm ci` in one tree delete each other's work. A lock whose process is gone does not count. */
function locked(act) {
  const lock = join(root, '.cache', 'setup.lock');
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (!isAlive(Number(readText(lock)))) rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  try {
    act();
  } finally {
    rmSync(lock, { force: true });
  }
}

const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs `make` unless `files` are as they were when it last ran and `result` is there. */
function step(name, files, result, make) {
  const stamp = join(root, '.cache', name);
  const state = createHash('sha256')
    .update(files.map((file) => readFileSync(join(root, file))).join('\0'))
    .digest('hex');
  if (existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  process.stderr.write(`set-up: ${name}\n`);
  make();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stamp, state);
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

export const setup = () => locked(steps);

function steps() {
  step('dependencies', ['package.json', 'package-lock.json'], 'node_modules', () =>
    run(npm, ['ci', '--no-audit', '--no-fund']),
  );
  step(
    'schema-dependencies',
    ['tools/schema/package.json', 'tools/schema/package-lock.json'],
    'tools/schema/node_modules',
    () => run(npm, ['ci', '--no-audit', '--no-fund'], { cwd: join(root, 'tools/schema') }),
  );
  step('api-schemas', ['tools/schema/package-lock.json', ...schemaSources()], 'src/engine/api/generated', () =>
    run(process.execPath, ['tools/schema/generate.mjs']),
  );
}

function schemaSources() {
  const list = spawnSync('git', ['ls-files', 'tools/schema/*.mjs'], { cwd: root, encoding: 'utf8' }).stdout;
  return list.split('\n').filter(Boolean);
}

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium for the browser tests: $CHROMIUM, the system's, or one that apt installs. Undefined when there is none. */
export function chromium() {
  const found = [process.env.CHROMIUM, ...CANDIDATES].find((path) => path && existsSync(path));
  if (found) return found;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return undefined;
  process.stderr.write('set-up: chromium\n');
  run('apt-get', ['update', '-qq'], { mayFail: true });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { mayFail: true });
  return CANDIDATES.find((path) => existsSync(path));
}
