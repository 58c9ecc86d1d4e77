/** Commands about the connection: PING, AUTH, SELECT, CLIENT, transactions, subscriptions, and those that wait. */
import type { Timer } from '#engine/sim';
import { float, glob, integer } from './commands/command.ts';
import { type End, end } from './commands/lists.ts';
import { NIL_ARRAY, NO_REPLY, OK, RedisError, type Reply, status } from './resp.ts';
import type { Client, RedisServer, SessionCommand, SessionTable } from './server.ts';

const ping: SessionCommand = (_, client, args) => {
  if (args.length > 2) throw new RedisError("ERR wrong number of arguments for 'ping' command");
  if (client.channels.size + client.patterns.size > 0) return ['pong', args[1] ?? ''];
  return args[1] ?? status('PONG');
};

function auth(server: RedisServer, client: Client, args: readonly string[]): Reply {
  if (args.length > 3) throw new RedisError('ERR syntax error');
  const password = server.config.get('requirepass');
  const user = args.length === 3 ? args[1] : 'default';
  if (password === '' && args.length === 2)
    throw new RedisError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  if (user !== 'default' || (password !== '' && args.at(-1) !== password))
    throw new RedisError('WRONGPASS invalid username-password pair or user is disabled.');
  client.authenticated = true;
  return OK;
}

const select: SessionCommand = (server, client, args) => {
  const index = integer(args[1] ?? '');
  if (!server.databases[index]) throw new RedisError('ERR DB index is out of range');
  client.database = index;
  return OK;
};

const describe = (server: RedisServer, client: Client): string =>
  `id=${client.id} addr=${client.address}:40000 laddr=${server.process.net.addresses[0] ?? '127.0.0.1'}:${server.config.get('port')} fd=${client.id + 5} name=${client.name} ` +
  `age=${Math.floor((server.process.clock.now() - client.connectedAt) / 1000)} idle=0 flags=N db=${client.database} sub=${client.channels.size} psub=${client.patterns.size} ` +
  `multi=${client.queue?.length ?? -1} cmd=${client.lastCommand} user=default resp=2\n`;

const client: SessionCommand = (server, self, args) => {
  switch ((args[1] ?? '').toLowerCase()) {
    case 'id':
      return self.id;
    case 'getname':
      return self.name === '' ? undefined : self.name;
    case 'setname':
      if (/\s/.test(args[2] ?? ''))
        throw new RedisError('ERR Client names cannot contain spaces, newlines or special characters.');
      self.name = args[2] ?? '';
      return OK;
    case 'setinfo':
    case 'no-evict':
    case 'no-touch':
      return OK;
    case 'info':
      return describe(server, self);
    case 'list':
      return [...server.clients.values()].map((each) => describe(server, each)).join('');
    case 'kill': {
      const id = (args[2] ?? '').toLowerCase() === 'id' ? server.clients.get(Number(args[3])) : undefined;
      id?.close();
      return Number(id !== undefined);
    }
    default:
      throw new RedisError(`ERR unknown subcommand '${args[1]}'. Try CLIENT HELP.`);
  }
};

const hello: SessionCommand = (server, self, args) => {
  if (args[1] !== undefined && args[1] !== '2') throw new RedisError('NOPROTO unsupported protocol version');
  if ((args[2] ?? '').toLowerCase() === 'auth') auth(server, self, args.slice(2));
  return [
    'server',
    'redis',
    'version',
    server.version,
    'proto',
    2,
    'id',
    self.id,
    'mode',
    'standalone',
    'role',
    'master',
    'modules',
    [],
  ];
};
const multi: SessionCommand = (_, self) => {
  if (self.queue) throw new RedisError('ERR MULTI calls can not be nested');
  self.queue = [];
  self.queueFailed = false;
  return OK;
};

function endTransaction(self: Client): void {
  self.queue = undefined;
  self.watched.length = 0;
}

const exec: SessionCommand = async (server, self) => {
  const { queue, queueFailed } = self;
  if (!queue) throw new RedisError('ERR EXEC without MULTI');
  const changed = self.watched.some(({ db, key, changes }) => {
    // A key that has expired meanwhile has changed too.
    db.has(key);
    return db.touched.get(key) !== changes;
  });
  endTransaction(self);
  if (queueFailed) throw new RedisError('EXECABORT Transaction discarded because of previous errors.');
  if (changed) return NIL_ARRAY;
  self.executing = true;
  const replies: Reply[] = [];
  try {
    for (const words of queue) {
      const reply = oneOf(server, self, words);
      replies.push(reply instanceof Promise ? await reply : reply);
    }
  } finally {
    self.executing = false;
  }
  return replies;
};

/** Data commands answer at once, so that nobody comes in between. */
function oneOf(server: RedisServer, self: Client, words: readonly string[]): Reply | Promise<Reply> {
  try {
    return server.run(self, words);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return error;
  }
}

const discard: SessionCommand = (_, self) => {
  if (!self.queue) throw new RedisError('ERR DISCARD without MULTI');
  endTransaction(self);
  return OK;
};

const watch: SessionCommand = (server, self, args) => {
  if (self.queue) throw new RedisError('ERR WATCH inside MULTI is not allowed');
  const db = server.databases[self.database];
  for (const key of db ? args.slice(1) : []) {
    db?.has(key);
    const changes = db?.touched.get(key) ?? 0;
    db?.touched.set(key, changes);
    if (db) self.watched.push({ db, key, changes });
  }
  return OK;
};

/** Each channel gets its own reply. */
function subscription(kind: 'channels' | 'patterns', name: string, isOn: boolean): SessionCommand {
  return (_, self, args) => {
    const set = self[kind];
    const names = args.length > 1 ? args.slice(1) : [...set];
    for (const each of names) {
      if (isOn) set.add(each);
      else set.delete(each);
      self.send([name, each, self.channels.size + self.patterns.size]);
    }
    if (names.length === 0) self.send([name, undefined, self.channels.size + self.patterns.size]);
    return NO_REPLY;
  };
}

const publish: SessionCommand = (server, _, args) =>
  server.publish(args[1] ?? '', args[2] ?? '', (pattern) => glob(pattern)(args[1] ?? ''));

const pubsub: SessionCommand = (server, _, args) => {
  const clients = [...server.clients.values()];
  switch ((args[1] ?? '').toLowerCase()) {
    case 'channels': {
      const all = new Set(clients.flatMap((each) => [...each.channels]));
      return [...all].filter(glob(args[2] ?? '*'));
    }
    case 'numsub':
      return args.slice(2).flatMap((name): Reply[] => [name, clients.filter((each) => each.channels.has(name)).length]);
    case 'numpat':
      return new Set(clients.flatMap((each) => [...each.patterns])).size;
    default:
      throw new RedisError(`ERR unknown subcommand '${args[1]}'. Try PUBSUB HELP.`);
  }
};

/** BLPOP and its kin: `attempt` gives the reply when a key holds something. */
async function blocking(
  server: RedisServer,
  self: Client,
  keys: readonly string[],
  timeoutText: string,
  nothing: Reply,
  attempt: (key: string) => Reply,
): Promise<Reply> {
  const seconds = float(timeoutText, 'ERR timeout is not a float or out of range');
  if (seconds < 0) throw new RedisError('ERR timeout is negative');
  for (const key of keys) {
    const reply = attempt(key);
    if (reply !== undefined) return reply;
  }
  if (self.executing) return nothing;
  let timer: Timer | undefined;
  let giveUp: () => void = () => undefined;
  const served = new Promise<Reply>((resolve) => {
    giveUp = server.wait({
      client: self,
      keys,
      serve: (key) => {
        const reply = attempt(key);
        if (reply === undefined) return false;
        giveUp();
        resolve(reply);
        return true;
      },
    });
    if (seconds > 0)
      timer = server.process.clock.after(seconds * 1000, 'redis: blocked client', () => resolve(nothing));
  });
  try {
    return await Promise.race([served, self.gone.then(() => nothing)]);
  } finally {
    timer?.cancel();
    giveUp();
  }
}

const blockingPop =
  (side: End): SessionCommand =>
  (server, self, args) =>
    blocking(server, self, args.slice(1, -1), args.at(-1) ?? '', NIL_ARRAY, (key) => {
      const value = server.call(self.database, [side === 'left' ? 'LPOP' : 'RPOP', key]);
      return value === undefined ? undefined : [key, value];
    });

const blockingMove = (server: RedisServer, self: Client, args: readonly string[], from: End, to: End): Promise<Reply> =>
  blocking(server, self, args.slice(1, 2), args.at(-1) ?? '', undefined, (key) =>
    server.call(self.database, ['LMOVE', key, args[2] ?? '', from, to]),
  );

export const sessionTable: SessionTable = {
  ping: { arity: -1, run: ping, whileSubscribed: true },
  echo: { arity: 2, run: (_, __, args) => args[1] },
  auth: { arity: -2, run: auth },
  hello: { arity: -1, run: hello },
  select: { arity: 2, run: select },
  client: { arity: -2, run: client },
  quit: {
    arity: -1,
    whileSubscribed: true,
    unqueued: true,
    run: (_, self) => {
      self.send(OK);
      self.close();
      return NO_REPLY;
    },
  },
  reset: {
    arity: 1,
    whileSubscribed: true,
    unqueued: true,
    run: (server, self) => {
      endTransaction(self);
      self.channels.clear();
      self.patterns.clear();
      Object.assign(self, { database: 0, name: '', authenticated: server.config.get('requirepass') === '' });
      return status('RESET');
    },
  },
  multi: { arity: 1, run: multi, unqueued: true },
  exec: { arity: 1, run: exec, unqueued: true },
  discard: { arity: 1, run: discard, unqueued: true },
  watch: { arity: -2, run: watch, unqueued: true },
  unwatch: {
    arity: 1,
    run: (_, self) => {
      self.watched.length = 0;
      return OK;
    },
  },
  subscribe: { arity: -2, run: subscription('channels', 'subscribe', true), whileSubscribed: true },
  unsubscribe: { arity: -1, run: subscription('channels', 'unsubscribe', false), whileSubscribed: true },
  psubscribe: { arity: -2, run: subscription('patterns', 'psubscribe', true), whileSubscribed: true },
  punsubscribe: { arity: -1, run: subscription('patterns', 'punsubscribe', false), whileSubscribed: true },
  publish: { arity: 3, run: publish },
  pubsub: { arity: -2, run: pubsub },
  blpop: { arity: -3, run: blockingPop('left') },
  brpop: { arity: -3, run: blockingPop('right') },
  blmove: {
    arity: 6,
    run: (server, self, args) => blockingMove(server, self, args, end(args[3] ?? ''), end(args[4] ?? '')),
  },
  brpoplpush: { arity: 4, run: (server, self, args) => blockingMove(server, self, args, 'right', 'left') },
};
