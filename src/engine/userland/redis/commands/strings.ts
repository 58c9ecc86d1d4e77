/** Commands on strings and counters. */
import { OK, RedisError, type Reply } from '../resp.ts';
import {
  arg,
  type Call,
  type CommandTable,
  float,
  formatFloat,
  integer,
  key,
  reads,
  syntaxError,
  writes,
} from './command.ts';

const LARGEST = 2n ** 63n - 1n;

interface SetOptions {
  readonly condition?: 'nx' | 'xx';
  readonly get: boolean;
  readonly keepTtl: boolean;
  readonly expiresAt?: number;
  readonly persist: boolean;
}

/** EX, PX, EXAT, PXAT … behind a command. */
function setOptions(call: Call, from: number): SetOptions {
  const options: { -readonly [K in keyof SetOptions]: SetOptions[K] } = { get: false, keepTtl: false, persist: false };
  for (let i = from; i < call.args.length; i++) {
    const name = arg(call, i).toLowerCase();
    if (name === 'nx' || name === 'xx') {
      if (options.condition) throw syntaxError();
      options.condition = name;
    } else if (name === 'get') options.get = true;
    else if (name === 'keepttl') options.keepTtl = true;
    else if (name === 'persist') options.persist = true;
    else if (
      ['ex', 'px', 'exat', 'pxat'].includes(name) &&
      call.args[i + 1] !== undefined &&
      options.expiresAt === undefined
    )
      options.expiresAt = expiry(call, arg(call, ++i), name);
    else throw syntaxError();
  }
  if (options.keepTtl && options.expiresAt !== undefined) throw syntaxError();
  return options;
}

function expiry(call: Call, text: string, unit: string): number {
  const amount = integer(text);
  if (amount <= 0) throw new RedisError(`ERR invalid expire time in '${arg(call, 0)}' command`);
  const ms = unit.startsWith('p') ? amount : amount * 1000;
  return unit.endsWith('at') ? ms : call.clock.now() + ms;
}

function set(call: Call): Reply {
  const name = key(call);
  const options = setOptions(call, 3);
  const old = options.get ? call.db.read(name, 'string') : undefined;
  const exists = call.db.has(name);
  if ((options.condition === 'nx' && exists) || (options.condition === 'xx' && !exists)) {
    call.log();
    return options.get ? old : undefined;
  }
  call.db.setText(name, arg(call, 2), options.keepTtl);
  if (options.expiresAt !== undefined) {
    call.db.expireAt(name, options.expiresAt);
    call.log(['SET', name, arg(call, 2), 'PXAT', String(options.expiresAt)]);
  }
  return options.get ? old : OK;
}

function setFor(unit: 'ex' | 'px') {
  return (call: Call): Reply => {
    const at = expiry(call, arg(call, 2), unit);
    call.db.setText(key(call), arg(call, 3));
    call.db.expireAt(key(call), at);
    call.log(['SET', key(call), arg(call, 3), 'PXAT', String(at)]);
    return OK;
  };
}

function getEx(call: Call): Reply {
  const value = call.db.read(key(call), 'string');
  const options = setOptions(call, 2);
  call.log();
  if (value === undefined) return undefined;
  if (options.persist) {
    call.db.expireAt(key(call), undefined);
    call.log(['PERSIST', key(call)]);
  } else if (options.expiresAt !== undefined) {
    call.db.expireAt(key(call), options.expiresAt);
    call.log(['PEXPIREAT', key(call), String(options.expiresAt)]);
  }
  return value;
}

function increment(call: Call, by: bigint): Reply {
  const text = call.db.read(key(call), 'string') ?? '0';
  integer(text);
  const sum = BigInt(text) + by;
  if (sum > LARGEST || sum < -LARGEST - 1n) throw new RedisError('ERR increment or decrement would overflow');
  call.db.setText(key(call), String(sum), true);
  return Number(sum);
}

function amount(call: Call): bigint {
  integer(arg(call, 2));
  return BigInt(arg(call, 2));
}

function pairs(call: Call): readonly (readonly [string, string])[] {
  const words = call.args.slice(1);
  if (words.length % 2 !== 0) throw new RedisError(`ERR wrong number of arguments for '${arg(call, 0)}' command`);
  return words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] as string] as const] : []));
}

function incrementFloat(call: Call): Reply {
  const sum = float(call.db.read(key(call), 'string') ?? '0') + float(arg(call, 2));
  if (!Number.isFinite(sum)) throw new RedisError('ERR increment would produce NaN or Infinity');
  const text = formatFloat(sum);
  call.db.setText(key(call), text, true);
  return text;
}

function getRange(call: Call): Reply {
  const text = call.db.read(key(call), 'string') ?? '';
  const [start, end] = [integer(arg(call, 2)), integer(arg(call, 3))];
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  const to = end < 0 ? text.length + end : end;
  return from > to ? '' : text.slice(from, to + 1);
}

function setRange(call: Call): Reply {
  const offset = integer(arg(call, 2));
  if (offset < 0) throw new RedisError('ERR offset is out of range');
  const text = call.db.read(key(call), 'string') ?? '';
  const value = arg(call, 3);
  if (value === '') return text.length;
  const padded = text.padEnd(offset, '\0');
  call.db.setText(key(call), padded.slice(0, offset) + value + padded.slice(offset + value.length), true);
  return Math.max(text.length, offset + value.length);
}

export const stringCommands: CommandTable = {
  set: writes(-3, set),
  get: reads(2, (call) => call.db.read(key(call), 'string')),
  getset: writes(3, (call) => {
    const old = call.db.read(key(call), 'string');
    call.db.setText(key(call), arg(call, 2));
    return old;
  }),
  getdel: writes(2, (call) => {
    const old = call.db.read(key(call), 'string');
    call.db.delete(key(call));
    return old;
  }),
  getex: writes(-2, getEx),
  setnx: writes(3, (call) => {
    if (call.db.has(key(call))) return 0;
    call.db.setText(key(call), arg(call, 2));
    return 1;
  }),
  setex: writes(4, setFor('ex')),
  psetex: writes(4, setFor('px')),
  mset: writes(-3, (call) => {
    for (const [name, value] of pairs(call)) call.db.setText(name, value);
    return OK;
  }),
  msetnx: writes(-3, (call) => {
    const all = pairs(call);
    if (all.some(([name]) => call.db.has(name))) return 0;
    for (const [name, value] of all) call.db.setText(name, value);
    return 1;
  }),
  mget: reads(-2, (call) =>
    call.args.slice(1).map((name) => (call.db.typeOf(name) === 'string' ? call.db.read(name, 'string') : undefined)),
  ),
  append: writes(3, (call) => {
    const text = (call.db.read(key(call), 'string') ?? '') + arg(call, 2);
    call.db.setText(key(call), text, true);
    return text.length;
  }),
  strlen: reads(2, (call) => (call.db.read(key(call), 'string') ?? '').length),
  incr: writes(2, (call) => increment(call, 1n)),
  decr: writes(2, (call) => increment(call, -1n)),
  incrby: writes(3, (call) => increment(call, amount(call))),
  decrby: writes(3, (call) => increment(call, -amount(call))),
  incrbyfloat: writes(3, incrementFloat),
  getrange: reads(4, getRange),
  substr: reads(4, getRange),
  setrange: writes(4, setRange),
};
