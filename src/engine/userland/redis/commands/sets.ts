/** Commands on sets. */
import { RedisError, type Reply } from '../resp.ts';
import { arg, type Call, type CommandTable, integer, key, reads, scan, writes } from './command.ts';

const members = (call: Call, name: string): ReadonlySet<string> => call.db.read(name, 'set') ?? new Set();

type Combine = (sets: readonly ReadonlySet<string>[]) => readonly string[];

const intersection: Combine = ([first = new Set<string>(), ...rest]) =>
  [...first].filter((member) => rest.every((set) => set.has(member)));
const union: Combine = (sets) => [...new Set(sets.flatMap((set) => [...set]))];
const difference: Combine = ([first = new Set<string>(), ...rest]) =>
  [...first].filter((member) => !rest.some((set) => set.has(member)));

const combined = (combine: Combine) =>
  reads(-2, (call) => combine(call.args.slice(1).map((name) => members(call, name))));

const stored = (combine: Combine) =>
  writes(-3, (call) => {
    const found = combine(call.args.slice(2).map((name) => members(call, name)));
    call.db.delete(key(call));
    if (found.length > 0) call.db.put(key(call), { type: 'set', value: new Set(found) });
    return found.length;
  });

function random(call: Call): Reply {
  const all = [...members(call, key(call))];
  if (call.args.length === 2) return all.length === 0 ? undefined : all[call.rng.int(all.length)];
  const count = integer(arg(call, 2));
  if (count < 0) return all.length === 0 ? [] : Array.from({ length: -count }, () => all[call.rng.int(all.length)]);
  return draw(call, all, count);
}

function draw(call: Call, all: string[], count: number): string[] {
  const drawn: string[] = [];
  while (drawn.length < count && all.length > 0) drawn.push(...all.splice(call.rng.int(all.length), 1));
  return drawn;
}

function pop(call: Call): Reply {
  const set = call.db.read(key(call), 'set');
  const count = call.args.length > 2 ? integer(arg(call, 2), 'ERR value is out of range, must be positive') : 1;
  if (count < 0) throw new RedisError('ERR value is out of range, must be positive');
  const drawn = draw(call, [...(set ?? [])], count);
  for (const member of drawn) set?.delete(member);
  if (drawn.length > 0) call.db.changed(key(call));
  // Chance must not decide again when the file is replayed.
  call.log(...(drawn.length > 0 ? [['SREM', key(call), ...drawn]] : []));
  return call.args.length > 2 ? drawn : drawn[0];
}

export const setCommands: CommandTable = {
  sadd: writes(-3, (call) => {
    const set = call.db.open(key(call), 'set');
    const before = set.size;
    for (const member of call.args.slice(2)) set.add(member);
    call.db.changed(key(call));
    return set.size - before;
  }),
  srem: writes(-3, (call) => {
    const set = call.db.read(key(call), 'set');
    const removed = call.args.slice(2).filter((member) => set?.delete(member)).length;
    if (removed > 0) call.db.changed(key(call));
    return removed;
  }),
  smembers: reads(2, (call) => [...members(call, key(call))]),
  sismember: reads(3, (call) => Number(members(call, key(call)).has(arg(call, 2)))),
  smismember: reads(-3, (call) => {
    const set = members(call, key(call));
    return call.args.slice(2).map((member) => Number(set.has(member)));
  }),
  scard: reads(2, (call) => members(call, key(call)).size),
  srandmember: reads(-2, random),
  spop: writes(-2, pop),
  smove: writes(4, (call) => {
    const target = members(call, arg(call, 2));
    if (!call.db.read(key(call), 'set')?.delete(arg(call, 3))) return 0;
    call.db.changed(key(call));
    if (!target.has(arg(call, 3))) call.db.open(arg(call, 2), 'set').add(arg(call, 3));
    call.db.changed(arg(call, 2));
    return 1;
  }),
  sinter: combined(intersection),
  sunion: combined(union),
  sdiff: combined(difference),
  sinterstore: stored(intersection),
  sunionstore: stored(union),
  sdiffstore: stored(difference),
  sscan: reads(-3, (call) => {
    const { cursor, items } = scan(call, 2, [...members(call, key(call))]);
    return [cursor, items];
  }),
};
