/** A running Redis: its databases, clients and subscriptions, and how a command finds its way. */
import type { Process } from '#engine/os';
import type { Timer } from '#engine/sim';
import type { Call, CommandTable } from './commands/command.ts';
import { hashCommands } from './commands/hashes.ts';
import { keyCommands } from './commands/keys.ts';
import { listCommands } from './commands/lists.ts';
import { setCommands } from './commands/sets.ts';
import { sortedSetCommands } from './commands/sorted-sets.ts';
import { stringCommands } from './commands/strings.ts';
import type { Config } from './config.ts';
import { Database } from './database.ts';
import { encodeCommand, encodeReply, QUEUED, RedisError, type Reply, toBytes } from './resp.ts';

interface Subscriber {
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
}

/** One connection. */
export interface Client extends Subscriber {
  readonly id: number;
  readonly address: string;
  readonly connectedAt: number;
  name: string;
  database: number;
  authenticated: boolean;
  /** Commands between MULTI and EXEC. */
  queue: (readonly string[])[] | undefined;
  queueFailed: boolean;
  executing: boolean;
  lastCommand: string;
  readonly watched: { readonly db: Database; readonly key: string; readonly changes: number }[];
  /** Ends when the client goes away. */
  readonly gone: Promise<void>;
  send(reply: Reply): void;
  close(): void;
}

/** A client that waits for a key to hold something. */
interface Waiter {
  readonly client: Client;
  readonly keys: readonly string[];
  /** Takes what is there; false when there is nothing after all. */
  serve(key: string): boolean;
}

export type SessionCommand = (server: RedisServer, client: Client, args: readonly string[]) => Reply | Promise<Reply>;
export type SessionTable = {
  readonly [name: string]: {
    readonly arity: number;
    readonly run: SessionCommand;
    readonly whileSubscribed?: boolean;
    readonly unqueued?: boolean;
  };
};

const DATA_COMMANDS: CommandTable = {
  ...stringCommands,
  ...keyCommands,
  ...listCommands,
  ...hashCommands,
  ...setCommands,
  ...sortedSetCommands,
}; // prettier-ignore

/** Make the data smaller or leave it: allowed when memory is short. */
const ALLOWED_WHEN_FULL =
  /^(del|unlink|expire|pexpire|.*expireat|persist|[lr]pop|[sz]rem.*|hdel|spop|zpop.*|ltrim|lrem|flush.*|rename.*|move|get.*|copy|swapdb|rpoplpush|lmove|smove)$/;
/** What Redis takes before the first key, bytes. */
const BASE_MEMORY_BYTES = 1_000_000;
const KEY_OVERHEAD_BYTES = 56;

export class RedisServer {
  readonly databases: readonly Database[];
  readonly clients = new Map<number, Client>();
  readonly startedAt: number;
  readonly stats = { connections: 0, commands: 0, evicted: 0 };
  /** Changes since the last save. */
  dirty = 0;
  lastSaveAt: number;
  private dataBytes = 0;
  private readonly waiters = new Map<string, Waiter[]>();
  private readonly readyKeys = new Set<string>();
  /** Gets every change in the form of the append-only file. */
  onChange: (database: number, commands: readonly (readonly string[])[]) => void = () => undefined;
  onStop: (save: boolean | undefined) => void = () => undefined;
  saveTimer: Timer | undefined;

  constructor(
    readonly process: Process,
    readonly config: Config,
    readonly version: string,
    private readonly sessionCommands: SessionTable,
  ) {
    this.databases = Array.from({ length: Number(config.get('databases')) }, () => new Database(process.clock));
    this.startedAt = process.clock.now();
    this.lastSaveAt = this.startedAt;
  }

  get usedMemoryBytes(): number {
    return BASE_MEMORY_BYTES + this.dataBytes;
  }

  commandNames(): readonly string[] {
    return [...Object.keys(DATA_COMMANDS), ...Object.keys(this.sessionCommands)];
  }

  arityOf(name: string): number | undefined {
    return (DATA_COMMANDS[name] ?? this.sessionCommands[name])?.arity;
  }

  /** Runs what a client sent. Never rejects for what the client did wrong. */
  async handle(client: Client, words: readonly string[]): Promise<Reply> {
    const name = (words[0] ?? '').toLowerCase();
    this.stats.commands++;
    client.lastCommand = name;
    try {
      this.admit(client, name, words);
      const session = this.sessionCommands[name];
      if (client.queue && !session?.unqueued) {
        client.queue.push(words);
        return QUEUED;
      }
      return await this.run(client, words);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (client.queue) client.queueFailed = true;
      return error;
    } finally {
      this.serveWaiters();
    }
  }

  /** Throws RedisError when the command does not exist, has too few words or may not run now. */
  private admit(client: Client, name: string, words: readonly string[]): void {
    const arity = this.arityOf(name);
    if (arity === undefined) {
      const rest = words.slice(1).map((word) => `'${word.slice(0, 128)}' `);
      throw new RedisError(
        `ERR unknown command '${(words[0] ?? '').slice(0, 128)}', with args beginning with: ${rest.join('')}`.replace(
          /[\r\n]/g,
          ' ',
        ),
      );
    }
    if (arity >= 0 ? words.length !== arity : words.length < -arity)
      throw new RedisError(`ERR wrong number of arguments for '${name}' command`);
    if (!client.authenticated && !['auth', 'hello', 'quit', 'reset'].includes(name))
      throw new RedisError('NOAUTH Authentication required.');
    const subscribed = client.channels.size + client.patterns.size > 0;
    if (subscribed && !this.sessionCommands[name]?.whileSubscribed)
      throw new RedisError(
        `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
  }

  /** Runs one command now, also for EXEC. Throws RedisError. */
  run(client: Client, words: readonly string[]): Reply | Promise<Reply> {
    const name = (words[0] ?? '').toLowerCase();
    const session = this.sessionCommands[name];
    return session ? session.run(this, client, [name, ...words.slice(1)]) : this.call(client.database, words);
  }

  /** Runs a data command. Throws RedisError. */
  call(database: number, words: readonly string[]): Reply {
    const name = (words[0] ?? '').toLowerCase();
    const command = DATA_COMMANDS[name];
    const db = this.databases[database];
    if (!command || !db) throw new RedisError(`ERR unknown command '${name}'`);
    if (command.write && !ALLOWED_WHEN_FULL.test(name)) this.makeRoom(db);
    let logged: readonly (readonly string[])[] = [words];
    const call: Call = {
      db,
      databases: this.databases,
      clock: this.process.clock,
      rng: this.process.rng,
      args: [name, ...words.slice(1)],
      ready: (key) => this.readyKeys.add(waitKey(database, key)),
      log: (...commands) => {
        logged = commands;
      },
    };
    const reply = command.run(call);
    if (command.write) this.wrote(database, words, logged);
    return reply;
  }

  private wrote(database: number, words: readonly string[], logged: readonly (readonly string[])[]): void {
    if (logged.length === 0) return;
    this.dirty++;
    this.dataBytes += KEY_OVERHEAD_BYTES + words.reduce((sum, word) => sum + word.length, 0);
    if (this.dataBytes > this.measuredBytes * 2 + 65_536) this.measure();
    this.onChange(database, logged);
  }

  private measuredBytes = 0;

  /** Counts what the data really takes; between two counts writes are only added up. */
  measure(): void {
    let bytes = 0;
    for (const db of this.databases)
      for (const key of db.keys()) bytes += KEY_OVERHEAD_BYTES + key.length + sizeOf(db, key);
    this.dataBytes = bytes;
    this.measuredBytes = bytes;
    this.process.setMemory(8_000_000 + bytes);
  }

  private makeRoom(db: Database): void {
    const limit = Number(this.config.get('maxmemory'));
    if (limit === 0 || this.usedMemoryBytes <= limit) return;
    this.measure();
    const policy = this.config.get('maxmemory-policy');
    while (this.usedMemoryBytes > limit) {
      const victim =
        policy === 'noeviction'
          ? undefined
          : db.keys().find((key) => policy.startsWith('allkeys') || db.expiry(key) !== undefined);
      if (victim === undefined) throw new RedisError("OOM command not allowed when used memory > 'maxmemory'.");
      this.dataBytes -= KEY_OVERHEAD_BYTES + victim.length + sizeOf(db, victim);
      db.delete(victim);
      this.stats.evicted++;
    }
  }

  /** Lets a client wait for keys. Returns a function that gives up. */
  wait(waiter: Waiter): () => void {
    const places = waiter.keys.map((key) => waitKey(waiter.client.database, key));
    for (const place of places) this.waiters.set(place, [...(this.waiters.get(place) ?? []), waiter]);
    return () => {
      for (const place of places) {
        const rest = (this.waiters.get(place) ?? []).filter((other) => other !== waiter);
        if (rest.length > 0) this.waiters.set(place, rest);
        else this.waiters.delete(place);
      }
    };
  }

  private serveWaiters(): void {
    for (const place of this.readyKeys) {
      this.readyKeys.delete(place);
      const key = place.slice(place.indexOf(' ') + 1);
      for (const waiter of this.waiters.get(place) ?? []) if (!waiter.serve(key)) break;
    }
  }

  publish(channel: string, message: string, matches: (pattern: string) => boolean): number {
    let receivers = 0;
    for (const client of this.clients.values()) {
      if (client.channels.has(channel)) {
        client.send(['message', channel, message]);
        receivers++;
      }
      for (const pattern of client.patterns) {
        if (!matches(pattern)) continue;
        client.send(['pmessage', pattern, channel, message]);
        receivers++;
      }
    }
    return receivers;
  }

  /** The data as commands that make it again. */
  dump(): string {
    const lines: string[] = [];
    for (const [index, db] of this.databases.entries()) {
      if (db.size === 0) continue;
      lines.push(encodeCommand(['SELECT', String(index)]));
      for (const key of db.keys()) {
        lines.push(encodeCommand(remake(db, key)));
        const at = db.expiry(key);
        if (at !== undefined) lines.push(encodeCommand(['PEXPIREAT', key, String(at)]));
      }
    }
    return lines.join('');
  }
}

const waitKey = (database: number, key: string): string => `${database} ${key}`;

export const wire = (reply: Reply): Uint8Array => toBytes(encodeReply(reply));

function remake(db: Database, key: string): readonly string[] {
  const value = db.value(key);
  switch (value?.type) {
    case 'list':
      return ['RPUSH', key, ...value.value];
    case 'hash':
      return ['HSET', key, ...[...value.value].flat()];
    case 'set':
      return ['SADD', key, ...value.value];
    case 'zset':
      return ['ZADD', key, ...value.value.sorted().flatMap(([member, score]) => [String(score), member])];
    default:
      return ['SET', key, value?.value ?? ''];
  }
}

function sizeOf(db: Database, key: string): number {
  return remake(db, key)
    .slice(2)
    .reduce((sum, word) => sum + word.length + 8, 0);
}
