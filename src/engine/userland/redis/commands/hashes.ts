/** Commands on hashes. */
import { OK, RedisError, type Reply } from '../resp.ts';
import { arg, type Call, type CommandTable, float, formatFloat, integer, key, reads, scan, writes } from './command.ts';

const hash = (call: Call): ReadonlyMap<string, string> => call.db.read(key(call), 'hash') ?? new Map();

function set(call: Call): number {
  const words = call.args.slice(2);
  if (words.length % 2 !== 0) throw new RedisError(`ERR wrong number of arguments for '${arg(call, 0)}' command`);
  const map = call.db.open(key(call), 'hash');
  let added = 0;
  for (let i = 0; i < words.length; i += 2) {
    if (!map.has(words[i] as string)) added++;
    map.set(words[i] as string, words[i + 1] as string);
  }
  call.db.changed(key(call));
  return added;
}

function incrementBy(call: Call): Reply {
  const by = integer(arg(call, 3));
  const current = integer(hash(call).get(arg(call, 2)) ?? '0', 'ERR hash value is not an integer');
  call.db.open(key(call), 'hash').set(arg(call, 2), String(current + by));
  call.db.changed(key(call));
  return current + by;
}

function incrementByFloat(call: Call): Reply {
  const by = float(arg(call, 3));
  const text = formatFloat(float(hash(call).get(arg(call, 2)) ?? '0', 'ERR hash value is not a float') + by);
  call.db.open(key(call), 'hash').set(arg(call, 2), text);
  call.db.changed(key(call));
  return text;
}

export const hashCommands: CommandTable = {
  hset: writes(-4, set),
  hmset: writes(-4, (call) => {
    set(call);
    return OK;
  }),
  hsetnx: writes(4, (call) => {
    if (hash(call).has(arg(call, 2))) return 0;
    return set(call);
  }),
  hget: reads(3, (call) => hash(call).get(arg(call, 2))),
  hmget: reads(-3, (call) => {
    const map = hash(call);
    return call.args.slice(2).map((field) => map.get(field));
  }),
  hgetall: reads(2, (call) => [...hash(call)].flat()),
  hkeys: reads(2, (call) => [...hash(call).keys()]),
  hvals: reads(2, (call) => [...hash(call).values()]),
  hlen: reads(2, (call) => hash(call).size),
  hexists: reads(3, (call) => Number(hash(call).has(arg(call, 2)))),
  hstrlen: reads(3, (call) => hash(call).get(arg(call, 2))?.length ?? 0),
  hdel: writes(-3, (call) => {
    const map = call.db.read(key(call), 'hash');
    const removed = call.args.slice(2).filter((field) => map?.delete(field)).length;
    if (removed > 0) call.db.changed(key(call));
    return removed;
  }),
  hincrby: writes(4, incrementBy),
  hincrbyfloat: writes(4, incrementByFloat),
  hscan: reads(-3, (call) => {
    const map = hash(call);
    const { cursor, items } = scan(call, 2, [...map.keys()]);
    return [cursor, items.flatMap((field) => [field, map.get(field)])];
  }),
};
