/** redis.conf and the flags that stand for its lines. */
import { absolute, OsError, type Process } from '#engine/os';
import { ProtocolError, splitWords } from './resp.ts';

/** A line of the configuration cannot be. The message is what the server prints. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parameters and what they are by default; others are refused. */
const DEFAULTS: { readonly [name: string]: string } = {
  port: '6379',
  bind: '* -::*',
  requirepass: '',
  databases: '16',
  dir: '.',
  dbfilename: 'dump.rdb',
  save: '3600 1 300 100 60 10000',
  appendonly: 'no',
  appendfilename: 'appendonly.aof',
  appenddirname: 'appendonlydir',
  appendfsync: 'everysec',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  'maxmemory-samples': '5',
  maxclients: '10000',
  timeout: '0',
  'tcp-keepalive': '300',
  'tcp-backlog': '511',
  loglevel: 'notice',
  logfile: '',
  daemonize: 'no',
  'protected-mode': 'no',
  pidfile: '',
  hz: '10',
  'auto-aof-rewrite-percentage': '100',
  'auto-aof-rewrite-min-size': '67108864',
  'no-appendfsync-on-rewrite': 'no',
  'stop-writes-on-bgsave-error': 'yes',
  rdbcompression: 'yes',
  rdbchecksum: 'yes',
  'always-show-logo': 'no',
  'notify-keyspace-events': '',
  'slowlog-log-slower-than': '10000',
  'slowlog-max-len': '128',
  'replica-read-only': 'yes',
  'lazyfree-lazy-eviction': 'no',
  'io-threads': '1',
  supervised: 'no',
  'list-max-listpack-size': '-2',
  'hash-max-listpack-entries': '128',
  'set-max-intset-entries': '512',
  'client-output-buffer-limit': 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
};
const SIZES = new Set(['maxmemory', 'auto-aof-rewrite-min-size']);
const SWITCHES = new Set(['appendonly', 'daemonize', 'protected-mode', 'rdbcompression', 'rdbchecksum']);
const NUMBERS = new Set(['port', 'databases', 'maxclients', 'timeout', 'hz', 'tcp-keepalive', 'maxmemory-samples']);
const POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
];
const UNITS: { readonly [unit: string]: number } = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
};
/** Not at run time. */
const IMMUTABLE = new Set([
  'databases',
  'port',
  'daemonize',
  'appendfilename',
  'appenddirname',
  'supervised',
  'io-threads',
  'logfile',
  'pidfile',
  'always-show-logo',
  'tcp-backlog',
]);

export class Config {
  private readonly values = new Map(Object.entries(DEFAULTS));
  /** The file it came from. */
  path: string | undefined;

  get(name: string): string {
    return this.values.get(name) ?? '';
  }

  names(): readonly string[] {
    return [...this.values.keys()];
  }

  isImmutable(name: string): boolean {
    return IMMUTABLE.has(name);
  }

  /** Undefined when it was set, otherwise why not. */
  set(name: string, value: string): string | undefined {
    if (!this.values.has(name)) return 'Bad directive or wrong number of arguments';
    const [checked, problem] = check(name, value);
    if (problem === undefined) this.values.set(name, checked);
    return problem;
  }
}

function check(name: string, value: string): readonly [string, string | undefined] {
  if (SIZES.has(name)) {
    const [, digits, unit = ''] = /^(\d+)([a-z]*)$/i.exec(value) ?? [];
    const factor = UNITS[unit.toLowerCase()];
    if (digits === undefined || factor === undefined) return [value, 'argument must be a memory value'];
    return [String(Number(digits) * factor), undefined];
  }
  if (SWITCHES.has(name) && value !== 'yes' && value !== 'no') return [value, "argument must be 'yes' or 'no'"];
  if (NUMBERS.has(name) && !/^\d+$/.test(value)) return [value, "argument couldn't be parsed into an integer"];
  if (name === 'maxmemory-policy' && !POLICIES.includes(value))
    return [value, `argument(s) must be one of the following: ${POLICIES.join(', ')}`];
  return [value, undefined];
}

/** `redis-server [/path/to/redis.conf] [--name value …]`. Throws ConfigError. */
export function loadConfig(process: Process, version: string): Config {
  const config = new Config();
  const args = process.argv.slice(1);
  const lines: string[] = [];
  const first = args[0];
  if (first !== undefined && !first.startsWith('-')) {
    config.path = absolute(first, process.cwd);
    lines.push(...readConf(process, config.path));
    args.shift();
  }
  for (const arg of args) {
    if (arg.startsWith('--')) lines.push(arg.slice(2));
    else if (lines.length > 0) lines[lines.length - 1] += ` ${/\s/.test(arg) || arg === '' ? `"${arg}"` : arg}`;
  }
  let saves: string[] | undefined;
  for (const [i, line] of lines.entries()) {
    const [name, values] = directive(line, i, version);
    if (name === undefined || name === 'loadmodule') continue;
    if (name === 'save') {
      saves = values.join(' ').trim() === '' ? [] : [...(saves ?? []), values.join(' ')];
      continue;
    }
    const problem = config.set(name, values.join(' '));
    if (problem !== undefined) throw fatal(version, i, line, problem);
  }
  if (saves) config.set('save', saves.join(' '));
  return config;
}

function readConf(process: Process, path: string): readonly string[] {
  try {
    return new TextDecoder().decode(process.fs.readFile(path)).split('\n');
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new ConfigError(`Fatal error, can't open config file '${path}': ${error.message}`);
  }
}

function directive(line: string, index: number, version: string): readonly [string | undefined, readonly string[]] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [undefined, []];
  try {
    const [name = '', ...values] = splitWords(text);
    return [name.toLowerCase(), values];
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw fatal(version, index, text, 'Unbalanced quotes in configuration line');
  }
}

const fatal = (version: string, index: number, line: string, problem: string): ConfigError =>
  new ConfigError(
    `\n*** FATAL CONFIG FILE ERROR (Redis ${version}) ***\nReading the configuration file, at line ${index + 1}\n>>> '${line.trim()}'\n${problem}`,
  );
