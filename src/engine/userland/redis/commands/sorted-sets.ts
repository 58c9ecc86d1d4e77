/** Commands on sorted sets. */
import { SortedSet } from '../database.ts';
import { RedisError, type Reply } from '../resp.ts';
import {
  arg,
  type Call,
  type CommandTable,
  float,
  formatFloat,
  integer,
  key,
  reads,
  scan,
  slice,
  syntaxError,
  writes,
} from './command.ts';

type Pair = readonly [member: string, score: number];

const zset = (call: Call, name = key(call)): SortedSet => call.db.read(name, 'zset') ?? new SortedSet();

function add(call: Call): Reply {
  const flags = new Set<string>();
  let at = 2;
  while (['nx', 'xx', 'gt', 'lt', 'ch', 'incr'].includes(arg(call, at).toLowerCase()))
    flags.add(arg(call, at++).toLowerCase());
  const words = call.args.slice(at);
  if (words.length === 0 || words.length % 2 !== 0) throw syntaxError();
  if (flags.has('nx') && flags.has('xx'))
    throw new RedisError('ERR XX and NX options at the same time are not compatible');
  if (flags.has('incr') && words.length > 2)
    throw new RedisError('ERR INCR option supports a single increment-element pair');
  const pairs = words.flatMap((word, i): Pair[] => (i % 2 === 0 ? [[words[i + 1] as string, float(word)]] : []));
  const set = call.db.open(key(call), 'zset');
  let added = 0;
  let changed = 0;
  let last: number | undefined;
  for (const [member, given] of pairs) {
    const old = set.score(member);
    const score = flags.has('incr') ? (old ?? 0) + given : given;
    last = undefined;
    if ((flags.has('nx') && old !== undefined) || (flags.has('xx') && old === undefined)) continue;
    if (old !== undefined && ((flags.has('gt') && score <= old) || (flags.has('lt') && score >= old))) continue;
    last = score;
    if (old === undefined) added++;
    else if (old !== score) changed++;
    set.set(member, score);
  }
  call.db.changed(key(call));
  if (flags.has('incr')) return last === undefined ? undefined : formatFloat(last);
  return flags.has('ch') ? added + changed : added;
}

/** `(5`, `-inf`, `7`: a bound of scores. */
function bound(text: string): { readonly score: number; readonly exclusive: boolean } {
  const exclusive = text.startsWith('(');
  return { score: float(exclusive ? text.slice(1) : text, 'ERR min or max is not a float'), exclusive };
}

function byScore(set: SortedSet, min: string, max: string): readonly Pair[] {
  const [low, high] = [bound(min), bound(max)];
  return set
    .sorted()
    .filter(
      ([, score]) =>
        (low.exclusive ? score > low.score : score >= low.score) &&
        (high.exclusive ? score < high.score : score <= high.score),
    );
}

interface RangeOptions {
  byScore: boolean;
  reverse: boolean;
  withScores: boolean;
  offset: number;
  count: number;
}

function range(call: Call, fixed: Partial<RangeOptions> = {}): Reply {
  const options: RangeOptions = { byScore: false, reverse: false, withScores: false, offset: 0, count: -1, ...fixed };
  for (let i = 4; i < call.args.length; i++) {
    const name = arg(call, i).toLowerCase();
    if (name === 'withscores') options.withScores = true;
    else if (name === 'byscore') options.byScore = true;
    else if (name === 'rev') options.reverse = true;
    else if (name === 'limit' && call.args[i + 2] !== undefined) {
      options.offset = integer(arg(call, ++i));
      options.count = integer(arg(call, ++i));
    } else throw syntaxError();
  }
  return show(chosen(call, options), options.withScores);
}

function chosen(call: Call, { byScore: isByScore, reverse, offset, count }: RangeOptions): readonly Pair[] {
  const set = zset(call);
  if (!isByScore) {
    const all = reverse ? [...set.sorted()].reverse() : set.sorted();
    return slice(all, integer(arg(call, 2)), integer(arg(call, 3)));
  }
  const [min, max] = reverse ? [arg(call, 3), arg(call, 2)] : [arg(call, 2), arg(call, 3)];
  const found = byScore(set, min, max);
  const ordered = reverse ? [...found].reverse() : found;
  return ordered.slice(offset, count < 0 ? undefined : offset + count);
}

const show = (pairs: readonly Pair[], withScores: boolean): Reply =>
  pairs.flatMap(([member, score]) => (withScores ? [member, formatFloat(score)] : [member]));

function removeAll(call: Call, doomed: readonly Pair[]): number {
  const set = call.db.read(key(call), 'zset');
  for (const [member] of doomed) set?.delete(member);
  if (doomed.length > 0) call.db.changed(key(call));
  return doomed.length;
}

const pop = (fromTop: boolean) =>
  writes(-2, (call) => {
    const count = call.args.length > 2 ? integer(arg(call, 2)) : 1;
    const sorted = fromTop ? [...zset(call).sorted()].reverse() : zset(call).sorted();
    const taken = sorted.slice(0, Math.max(0, count));
    removeAll(call, taken);
    return show(taken, true);
  });

const rank = (reverse: boolean) =>
  reads(-3, (call) => {
    const set = zset(call);
    const at = set.rank(arg(call, 2));
    return at < 0 ? undefined : reverse ? set.size - 1 - at : at;
  });

const score = (set: SortedSet, member: string): string | undefined => {
  const found = set.score(member);
  return found === undefined ? undefined : formatFloat(found);
};

export const sortedSetCommands: CommandTable = {
  zadd: writes(-4, add),
  zincrby: writes(4, (call) => {
    const by = float(arg(call, 2));
    const set = call.db.open(key(call), 'zset');
    const sum = (set.score(arg(call, 3)) ?? 0) + by;
    set.set(arg(call, 3), sum);
    call.db.changed(key(call));
    return formatFloat(sum);
  }),
  zrem: writes(-3, (call) =>
    removeAll(
      call,
      call.args.slice(2).flatMap((member): Pair[] => (zset(call).score(member) === undefined ? [] : [[member, 0]])),
    ),
  ),
  zscore: reads(3, (call) => score(zset(call), arg(call, 2))),
  zmscore: reads(-3, (call) => call.args.slice(2).map((member) => score(zset(call), member))),
  zcard: reads(2, (call) => zset(call).size),
  zcount: reads(4, (call) => byScore(zset(call), arg(call, 2), arg(call, 3)).length),
  zrank: rank(false),
  zrevrank: rank(true),
  zrange: reads(-4, (call) => range(call)),
  zrevrange: reads(-4, (call) => range(call, { reverse: true })),
  zrangebyscore: reads(-4, (call) => range(call, { byScore: true })),
  zrevrangebyscore: reads(-4, (call) => range(call, { byScore: true, reverse: true })),
  zremrangebyrank: writes(4, (call) =>
    removeAll(call, slice(zset(call).sorted(), integer(arg(call, 2)), integer(arg(call, 3)))),
  ),
  zremrangebyscore: writes(4, (call) => removeAll(call, byScore(zset(call), arg(call, 2), arg(call, 3)))),
  zpopmin: pop(false),
  zpopmax: pop(true),
  zscan: reads(-3, (call) => {
    const set = zset(call);
    const { cursor, items } = scan(
      call,
      2,
      set.sorted().map(([member]) => member),
    );
    return [cursor, items.flatMap((member) => [member, score(set, member)])];
  }),
};
