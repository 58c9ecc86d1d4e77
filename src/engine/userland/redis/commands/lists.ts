/** Commands on lists. Those that wait are in ../blocking.ts. */
import { NIL_ARRAY, OK, RedisError, type Reply } from '../resp.ts';
import { arg, type Call, type CommandTable, integer, key, reads, slice, syntaxError, writes } from './command.ts';

export type End = 'left' | 'right';

function push(end: End, onlyExisting: boolean) {
  return (call: Call): Reply => {
    if (onlyExisting && call.db.read(key(call), 'list') === undefined) return 0;
    const list = call.db.open(key(call), 'list');
    for (const value of call.args.slice(2)) end === 'left' ? list.unshift(value) : list.push(value);
    call.db.changed(key(call));
    call.ready(key(call));
    return list.length;
  };
}

/** Takes one element from an end; undefined when there is none. Throws WRONGTYPE. */
function take(call: Pick<Call, 'db'>, name: string, end: End): string | undefined {
  const list = call.db.read(name, 'list');
  if (!list) return undefined;
  const value = end === 'left' ? list.shift() : list.pop();
  call.db.changed(name);
  return value;
}

function pop(end: End) {
  return (call: Call): Reply => {
    if (call.args.length === 2) return take(call, key(call), end);
    const count = integer(arg(call, 2), 'ERR value is out of range, must be positive');
    if (count < 0) throw new RedisError('ERR value is out of range, must be positive');
    if (!call.db.read(key(call), 'list')) return NIL_ARRAY;
    const values: string[] = [];
    for (let i = 0; i < count; i++) {
      const value = take(call, key(call), end);
      if (value === undefined) break;
      values.push(value);
    }
    return values;
  };
}

function move(call: Call, from: string, to: string, source: End, target: End): string | undefined {
  call.db.read(to, 'list');
  const value = take(call, from, source);
  if (value === undefined) return undefined;
  const list = call.db.open(to, 'list');
  if (target === 'left') list.unshift(value);
  else list.push(value);
  call.db.changed(to);
  call.ready(to);
  return value;
}

export function end(text: string): End {
  const lower = text.toLowerCase();
  if (lower !== 'left' && lower !== 'right') throw syntaxError();
  return lower;
}

function remove(call: Call): Reply {
  const list = call.db.read(key(call), 'list');
  const count = integer(arg(call, 2));
  if (!list) return 0;
  let left = count === 0 ? list.length : Math.abs(count);
  let removed = 0;
  const order = count < 0 ? [...list.keys()].reverse() : [...list.keys()];
  const doomed = new Set<number>();
  for (const i of order) {
    if (left === 0) break;
    if (list[i] !== arg(call, 3)) continue;
    doomed.add(i);
    left--;
    removed++;
  }
  const rest = list.filter((_, i) => !doomed.has(i));
  list.splice(0, list.length, ...rest);
  call.db.changed(key(call));
  return removed;
}

function insert(call: Call): Reply {
  const where = arg(call, 2).toLowerCase();
  if (where !== 'before' && where !== 'after') throw syntaxError();
  const list = call.db.read(key(call), 'list');
  if (!list) return 0;
  const at = list.indexOf(arg(call, 3));
  if (at < 0) return -1;
  list.splice(where === 'before' ? at : at + 1, 0, arg(call, 4));
  call.db.changed(key(call));
  return list.length;
}

function set(call: Call): Reply {
  const list = call.db.read(key(call), 'list');
  if (!list) throw new RedisError('ERR no such key');
  const index = integer(arg(call, 2));
  const at = index < 0 ? list.length + index : index;
  if (at < 0 || at >= list.length) throw new RedisError('ERR index out of range');
  list[at] = arg(call, 3);
  call.db.changed(key(call));
  return OK;
}

export const listCommands: CommandTable = {
  lpush: writes(-3, push('left', false)),
  rpush: writes(-3, push('right', false)),
  lpushx: writes(-3, push('left', true)),
  rpushx: writes(-3, push('right', true)),
  lpop: writes(-2, pop('left')),
  rpop: writes(-2, pop('right')),
  llen: reads(2, (call) => call.db.read(key(call), 'list')?.length ?? 0),
  lrange: reads(4, (call) =>
    slice(call.db.read(key(call), 'list') ?? [], integer(arg(call, 2)), integer(arg(call, 3))),
  ),
  lindex: reads(3, (call) => call.db.read(key(call), 'list')?.at(integer(arg(call, 2)))),
  lset: writes(4, set),
  lrem: writes(4, remove),
  linsert: writes(5, insert),
  lpos: reads(-3, (call) => {
    const at = call.db.read(key(call), 'list')?.indexOf(arg(call, 2)) ?? -1;
    return at < 0 ? undefined : at;
  }),
  ltrim: writes(4, (call) => {
    const list = call.db.read(key(call), 'list');
    if (!list) return OK;
    list.splice(0, list.length, ...slice(list, integer(arg(call, 2)), integer(arg(call, 3))));
    call.db.changed(key(call));
    return OK;
  }),
  rpoplpush: writes(3, (call) => move(call, key(call), arg(call, 2), 'right', 'left')),
  lmove: writes(5, (call) => move(call, key(call), arg(call, 2), end(arg(call, 3)), end(arg(call, 4)))),
};
