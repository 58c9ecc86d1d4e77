/** Commands about the server: INFO, CONFIG, COMMAND, SAVE, SHUTDOWN and the like. */
import { glob } from './commands/command.ts';
import { save } from './persistence.ts';
import { NO_REPLY, OK, RedisError, type Reply, status } from './resp.ts';
import type { RedisServer, SessionCommand, SessionTable } from './server.ts';

const SECTIONS: { readonly [name: string]: (server: RedisServer) => readonly string[] } = {
  Server: (server) => {
    const seconds = Math.floor((server.process.clock.now() - server.startedAt) / 1000);
    return [
      `redis_version:${server.version}`,
      'redis_mode:standalone',
      'os:Linux x86_64',
      'arch_bits:64',
      `process_id:${server.process.pid}`,
      `tcp_port:${server.config.get('port')}`,
      `uptime_in_seconds:${seconds}`,
      `uptime_in_days:${Math.floor(seconds / 86_400)}`,
      'hz:10',
      'executable:/data/redis-server',
      `config_file:${server.config.path ?? ''}`,
    ];
  },
  Clients: (server) => [`connected_clients:${server.clients.size}`, `maxclients:${server.config.get('maxclients')}`],
  Memory: (server) => {
    const limit = Number(server.config.get('maxmemory'));
    return [
      `used_memory:${server.usedMemoryBytes}`,
      `used_memory_human:${human(server.usedMemoryBytes)}`,
      `maxmemory:${limit}`,
      `maxmemory_human:${human(limit)}`,
      `maxmemory_policy:${server.config.get('maxmemory-policy')}`,
    ];
  },
  Persistence: (server) => [
    'loading:0',
    `rdb_changes_since_last_save:${server.dirty}`,
    'rdb_bgsave_in_progress:0',
    `rdb_last_save_time:${Math.floor(server.lastSaveAt / 1000)}`,
    'rdb_last_bgsave_status:ok',
    `aof_enabled:${server.config.get('appendonly') === 'yes' ? 1 : 0}`,
  ],
  Stats: (server) => [
    `total_connections_received:${server.stats.connections}`,
    `total_commands_processed:${server.stats.commands}`,
    `evicted_keys:${server.stats.evicted}`,
    `pubsub_channels:${new Set([...server.clients.values()].flatMap((each) => [...each.channels])).size}`,
  ],
  Replication: () => ['role:master', 'connected_slaves:0', 'master_repl_offset:0'],
  CPU: (server) => {
    const own = server.process.processes().find(({ pid }) => pid === server.process.pid);
    return [`used_cpu_sys:0.000000`, `used_cpu_user:${((own?.cpuMs ?? 0) / 1000).toFixed(6)}`];
  },
  Cluster: () => ['cluster_enabled:0'],
  Keyspace: (server) =>
    server.databases.flatMap((db, i) =>
      db.size > 0 ? [`db${i}:keys=${db.size},expires=${db.expiring},avg_ttl=0`] : [],
    ),
}; // prettier-ignore

function human(bytes: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['K', 1024],
  ];
  const [unit, size] = units.find(([, each]) => bytes >= each) ?? ['B', 1];
  return unit === 'B' ? `${bytes}B` : `${(bytes / size).toFixed(2)}${unit}`;
}

const info: SessionCommand = (server, _, args) => {
  server.measure();
  const wanted = new Set(args.slice(1).map((name) => name.toLowerCase()));
  const all = wanted.size === 0 || ['all', 'default', 'everything'].some((name) => wanted.has(name));
  return Object.entries(SECTIONS)
    .filter(([name]) => all || wanted.has(name.toLowerCase()))
    .map(
      ([name, lines]) =>
        `# ${name}\r\n${lines(server)
          .map((line) => `${line}\r\n`)
          .join('')}`,
    )
    .join('\r\n');
};

const config: SessionCommand = (server, _, args) => {
  const { config: current } = server;
  switch ((args[1] ?? '').toLowerCase()) {
    case 'get': {
      const patterns = args.slice(2).map((pattern) => glob(pattern.toLowerCase()));
      if (patterns.length === 0) throw new RedisError("ERR wrong number of arguments for 'config|get' command");
      return current
        .names()
        .filter((name) => patterns.some((matches) => matches(name)))
        .flatMap((name) => [name, current.get(name)]);
    }
    case 'set': {
      if (args.length < 4 || args.length % 2 !== 0)
        throw new RedisError("ERR wrong number of arguments for 'config|set' command");
      for (let i = 2; i < args.length; i += 2) setOne(server, (args[i] ?? '').toLowerCase(), args[i + 1] ?? '');
      return OK;
    }
    case 'resetstat':
      Object.assign(server.stats, { connections: 0, commands: 0, evicted: 0 });
      return OK;
    case 'rewrite':
      throw new RedisError(
        current.path === undefined
          ? 'ERR The server is running without a config file'
          : 'ERR CONFIG REWRITE is not simulated',
      );
    default:
      throw new RedisError(`ERR unknown subcommand '${args[1]}'. Try CONFIG HELP.`);
  }
};

function setOne(server: RedisServer, name: string, value: string): void {
  const { config: current } = server;
  if (!current.names().includes(name))
    throw new RedisError(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
  if (current.isImmutable(name))
    throw new RedisError(`ERR CONFIG SET failed (possibly related to argument '${name}') - can't set immutable config`);
  const problem = current.set(name, value);
  if (problem !== undefined)
    throw new RedisError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`);
}

const command: SessionCommand = (server, _, args) => {
  const what = (args[1] ?? '').toLowerCase();
  const names = server.commandNames();
  const describe = (name: string): Reply => {
    const arity = server.arityOf(name.toLowerCase());
    return arity === undefined ? undefined : [name.toLowerCase(), arity, [], 1, 1, 1];
  };
  if (what === 'count') return names.length;
  if (what === 'list') return names;
  if (what === 'docs') return [];
  return (what === 'info' && args.length > 2 ? args.slice(2) : names).map(describe);
};

const saveNow: SessionCommand = (server) => {
  save(server);
  return OK;
};

const shutdown: SessionCommand = (server, _, args) => {
  const mode = (args[1] ?? '').toLowerCase();
  if (mode !== '' && !['save', 'nosave', 'now', 'force'].includes(mode)) throw new RedisError('ERR syntax error');
  server.onStop(mode === 'save' ? true : mode === 'nosave' ? false : undefined);
  return NO_REPLY;
};

const refused =
  (what: string): SessionCommand =>
  () => {
    throw new RedisError(`ERR ${what} is not simulated`);
  };

export const adminTable: SessionTable = {
  info: { arity: -1, run: info },
  config: { arity: -2, run: config },
  command: { arity: -1, run: command },
  time: {
    arity: 1,
    run: ({ process }) => {
      const now = process.clock.now();
      return [String(Math.floor(now / 1000)), String(Math.floor((now % 1000) * 1000))];
    },
  },
  save: { arity: 1, run: saveNow },
  bgsave: {
    arity: -1,
    run: (server) => {
      save(server);
      return status('Background saving started');
    },
  },
  bgrewriteaof: { arity: 1, run: () => status('Background append only file rewriting started') },
  lastsave: { arity: 1, run: (server) => Math.floor(server.lastSaveAt / 1000) },
  shutdown: { arity: -1, run: shutdown },
  role: { arity: 1, run: () => ['master', 0, []] },
  wait: { arity: 3, run: () => 0 },
  replicaof: {
    arity: 3,
    run: (_, __, args) => (args[1]?.toLowerCase() === 'no' ? OK : refused('replication')(_, __, args)),
  },
  slaveof: {
    arity: 3,
    run: (_, __, args) => (args[1]?.toLowerCase() === 'no' ? OK : refused('replication')(_, __, args)),
  },
  eval: { arity: -3, run: refused('scripting') },
  evalsha: { arity: -3, run: refused('scripting') },
  script: { arity: -2, run: refused('scripting') },
  monitor: { arity: 1, run: refused('MONITOR') },
  cluster: {
    arity: -2,
    run: () => {
      throw new RedisError('ERR This instance has cluster support disabled');
    },
  },
  debug: {
    arity: -2,
    run: async (server, _, args) => {
      if ((args[1] ?? '').toLowerCase() !== 'sleep') throw new RedisError('ERR DEBUG command not allowed.');
      await server.process.clock.sleep(Number(args[2] ?? 0) * 1000, 'redis: DEBUG SLEEP');
      return OK;
    },
  },
  memory: {
    arity: -2,
    run: (server, client, args) => {
      if ((args[1] ?? '').toLowerCase() !== 'usage')
        throw new RedisError(`ERR unknown subcommand '${args[1]}'. Try MEMORY HELP.`);
      const key = args[2] ?? '';
      const db = server.databases[client.database];
      return db?.has(key) ? 56 + key.length : undefined;
    },
  },
  slowlog: { arity: -2, run: (_, __, args) => ((args[1] ?? '').toLowerCase() === 'len' ? 0 : []) },
};
