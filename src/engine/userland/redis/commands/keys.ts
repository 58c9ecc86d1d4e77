/** Commands on keys of any type. */
import type { Value } from '../database.ts';
import { SortedSet } from '../database.ts';
import { OK, RedisError, type Reply, status } from '../resp.ts';
import { arg, type Call, type CommandTable, glob, integer, key, reads, scan, syntaxError, writes } from './command.ts';

/** @param factor ms per unit */
function expire(factor: number, isAbsolute: boolean) {
  return (call: Call): Reply => {
    const amount = integer(arg(call, 2));
    const at = amount * factor + (isAbsolute ? 0 : call.clock.now());
    const condition = arg(call, 3).toLowerCase();
    if (condition !== '' && !['nx', 'xx', 'gt', 'lt'].includes(condition))
      throw new RedisError(`ERR Unsupported option ${arg(call, 3)}`);
    const current = call.db.expiry(key(call));
    const allowed =
      condition === '' ||
      (condition === 'nx' && current === undefined) ||
      (condition === 'xx' && current !== undefined) ||
      (condition === 'gt' && current !== undefined && at > current) ||
      (condition === 'lt' && (current === undefined || at < current));
    call.log();
    if (!call.db.has(key(call)) || !allowed) return 0;
    call.db.expireAt(key(call), at);
    call.log(['PEXPIREAT', key(call), String(at)]);
    return 1;
  };
}

function timeLeft(unitMs: number, isAbsolute = false) {
  return (call: Call): Reply => {
    if (!call.db.has(key(call))) return -2;
    const at = call.db.expiry(key(call));
    if (at === undefined) return -1;
    if (isAbsolute) return Math.floor(at / unitMs);
    const left = at - call.clock.now();
    return unitMs === 1 ? Math.ceil(left) : Math.floor((left + 500) / 1000);
  };
}

function rename(call: Call, onlyNew: boolean): Reply {
  const [from, to] = [key(call), arg(call, 2)];
  const value = call.db.value(from);
  if (!value) throw new RedisError('ERR no such key');
  if (onlyNew && call.db.has(to)) return 0;
  const expiresAt = call.db.expiry(from);
  if (from !== to) {
    call.db.delete(from);
    call.db.put(to, value, expiresAt);
    if (value.type === 'list' || value.type === 'zset') call.ready(to);
  }
  return onlyNew ? 1 : OK;
}

function copyOf(value: Value): Value {
  switch (value.type) {
    case 'string':
      return value;
    case 'list':
      return { type: 'list', value: [...value.value] };
    case 'hash':
      return { type: 'hash', value: new Map(value.value) };
    case 'set':
      return { type: 'set', value: new Set(value.value) };
    default: {
      const copy = new SortedSet();
      for (const [member, score] of value.value.sorted()) copy.set(member, score);
      return { type: 'zset', value: copy };
    }
  }
}

function copy(call: Call): Reply {
  const [from, to] = [key(call), arg(call, 2)];
  const value = call.db.value(from);
  if (from === to) throw new RedisError('ERR source and destination objects are the same');
  if (!value || (call.db.has(to) && arg(call, 3).toLowerCase() !== 'replace')) return 0;
  call.db.put(to, copyOf(value), call.db.expiry(from));
  return 1;
}

function move(call: Call): Reply {
  const target = call.databases[integer(arg(call, 2))];
  if (!target) throw new RedisError('ERR DB index is out of range');
  if (target === call.db) throw new RedisError('ERR source and destination objects are the same');
  const value = call.db.value(key(call));
  if (!value || target.has(key(call))) return 0;
  target.put(key(call), value, call.db.expiry(key(call)));
  call.db.delete(key(call));
  return 1;
}

function encoding(value: Value): string {
  switch (value.type) {
    case 'string':
      return /^(0|-?[1-9]\d{0,18})$/.test(value.value) ? 'int' : value.value.length <= 44 ? 'embstr' : 'raw';
    case 'list':
      return value.value.length <= 128 ? 'listpack' : 'quicklist';
    case 'hash':
      return value.value.size <= 128 ? 'listpack' : 'hashtable';
    case 'set':
      return [...value.value].every((member) => /^-?\d+$/.test(member))
        ? 'intset'
        : value.value.size <= 128
          ? 'listpack'
          : 'hashtable';
    default:
      return value.value.size <= 128 ? 'listpack' : 'skiplist';
  }
}

function object(call: Call): Reply {
  const what = arg(call, 1).toLowerCase();
  const value = call.db.value(arg(call, 2));
  if (what === 'help')
    return ['OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:', 'ENCODING <key>', 'REFCOUNT <key>'].map(
      status,
    );
  if (!['encoding', 'refcount', 'idletime', 'freq'].includes(what))
    throw new RedisError(`ERR unknown subcommand '${arg(call, 1)}'. Try OBJECT HELP.`);
  if (!value) return undefined;
  return what === 'encoding' ? encoding(value) : what === 'refcount' ? 1 : 0;
}

function scanKeys(call: Call): Reply {
  const at = call.args.findIndex((word, i) => i > 1 && word.toLowerCase() === 'type');
  const type = at < 0 ? undefined : arg(call, at + 1).toLowerCase();
  const { cursor, items } = scan(
    call,
    1,
    call.db.keys(),
    (name) => type === undefined || call.db.typeOf(name) === type,
  );
  return [cursor, items];
}

const remove = (call: Call): Reply => call.args.slice(1).filter((name) => call.db.delete(name)).length;
const count = (call: Call): Reply => call.args.slice(1).filter((name) => call.db.has(name)).length;

function flush(call: Call, all: boolean): Reply {
  const mode = arg(call, 1).toLowerCase();
  if (mode !== '' && mode !== 'async' && mode !== 'sync') throw syntaxError();
  for (const db of all ? call.databases : [call.db]) db.clear();
  return OK;
}

export const keyCommands: CommandTable = {
  del: writes(-2, remove),
  unlink: writes(-2, remove),
  exists: reads(-2, count),
  touch: reads(-2, count),
  type: reads(2, (call) => status(call.db.typeOf(key(call)) ?? 'none')),
  expire: writes(-3, expire(1000, false)),
  pexpire: writes(-3, expire(1, false)),
  expireat: writes(-3, expire(1000, true)),
  pexpireat: writes(-3, expire(1, true)),
  ttl: reads(2, timeLeft(1000)),
  pttl: reads(2, timeLeft(1)),
  expiretime: reads(2, timeLeft(1000, true)),
  pexpiretime: reads(2, timeLeft(1, true)),
  persist: writes(2, (call) => {
    if (call.db.expiry(key(call)) === undefined) return 0;
    call.db.expireAt(key(call), undefined);
    return 1;
  }),
  keys: reads(2, (call) => call.db.keys().filter(glob(key(call)))),
  scan: reads(-2, scanKeys),
  randomkey: reads(1, (call) => {
    const keys = call.db.keys();
    return keys.length === 0 ? undefined : keys[call.rng.int(keys.length)];
  }),
  rename: writes(3, (call) => rename(call, false)),
  renamenx: writes(3, (call) => rename(call, true)),
  copy: writes(-3, copy),
  move: writes(3, move),
  object: reads(-2, object),
  dbsize: reads(1, (call) => call.db.size),
  flushdb: writes(-1, (call) => flush(call, false)),
  flushall: writes(-1, (call) => flush(call, true)),
  swapdb: writes(3, (call) => {
    const [a, b] = [1, 2].map((i) => call.databases[integer(arg(call, i), 'ERR invalid first DB index')]);
    if (!a || !b) throw new RedisError('ERR DB index is out of range');
    a.swap(b);
    return OK;
  }),
};
