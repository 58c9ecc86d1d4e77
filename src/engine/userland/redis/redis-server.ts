/** redis-server: the program. */
import { type Handler, type HttpRequest, NetError, Pipe, type Source } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import { civilTime } from '#engine/sim';
import { pad, shortMonth } from '../http-date.ts';
import { adminTable } from './admin.ts';
import { ConfigError, loadConfig } from './config.ts';
import { load, persistChanges, save, savesAtExit } from './persistence.ts';
import { CommandReader, NO_REPLY, ProtocolError, RedisError, type Reply } from './resp.ts';
import { type Client, RedisServer, wire } from './server.ts';
import { sessionTable } from './session.ts';

const DEFAULT_VERSION = '8.2.2';
/** CPU time of one small command, ms. */
const COMMAND_COST_MS = 0.01;

/** @fidelity partial: RESP2 on one instance; no replication, cluster, scripts, streams, bitmaps, geo or ACL; eviction takes the oldest key */
export const redisServer: Program = async (process) => {
  const version = (process.env.get('REDIS_VERSION') ?? DEFAULT_VERSION).replace(/-.*$/, '');
  const args = process.argv.slice(1);
  if (args[0] === '--version' || args[0] === '-v') {
    await print(
      process.stdout,
      `Redis server v=${version} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0000000000000000\n`,
    );
    return 0;
  }
  const log = (text: string, role = 'M') =>
    void print(process.stdout, `${process.pid}:${role} ${stamp(process)} ${text}\n`).catch(() => undefined);
  log('* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', 'C');
  log(`* Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`, 'C');
  let server: RedisServer;
  try {
    const config = loadConfig(process, version);
    if (args.length > 0) log('* Configuration loaded', 'C');
    else
      log(
        '# Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
        'C',
      );
    server = new RedisServer(process, config, version, { ...sessionTable, ...adminTable });
    return await run(server, log);
  } catch (error) {
    if (error instanceof ConfigError) await print(process.stderr, `${error.message}\n`);
    else if (error instanceof RedisError)
      log(`# Fatal error loading the DB, check server logs. Exiting: ${error.message}`);
    else if (error instanceof NetError) log('# Failed listening on port (tcp), aborting.');
    else throw error;
    return 1;
  }
};

async function run(server: RedisServer, log: (text: string) => void): Promise<number> {
  const { process, config } = server;
  process.setMemory(8_000_000);
  log('* monotonic clock: POSIX clock_gettime');
  log(`* Running mode=standalone, port=${config.get('port')}.`);
  const stopped = stopRequest(server, log);
  listen(server);
  log('* Server initialized');
  const loaded = load(server);
  if (loaded !== undefined) {
    log(`* Done loading RDB, keys loaded: ${loaded}, keys expired: 0.`);
    log('* DB loaded from disk: 0.000 seconds');
  }
  persistChanges(server, log);
  log('* Ready to accept connections tcp');
  const wish = await process.until(stopped);
  log('* User requested shutdown...');
  if (wish ?? savesAtExit(server)) {
    log('* Saving the final RDB snapshot before exiting.');
    save(server);
    log('* DB saved on disk');
  }
  for (const client of server.clients.values()) client.close();
  await print(process.stdout, `${process.pid}:M ${stamp(process)} # Redis is now ready to exit, bye bye...\n`);
  return 0;
}

/** Resolves with whether to save: true, false, or as configured. */
function stopRequest(server: RedisServer, log: (text: string) => void): Promise<boolean | undefined> {
  const { process } = server;
  return new Promise((resolve) => {
    server.onStop = resolve;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.onSignal(signal, () => {
        log(`* Received ${signal} scheduling shutdown...`);
        resolve(undefined);
      });
    }
  });
}

/** `01 Jan 2026 00:00:00.000` */
function stamp({ clock }: Process): string {
  const now = clock.now();
  const t = civilTime(now);
  return `${pad(t.day)} ${shortMonth(t.month)} ${t.year} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}.${pad(Math.floor(now % 1000), 3)}`;
}

function listen(server: RedisServer): void {
  const handler: Handler = async (request) => {
    // A web client: Redis hangs up on it.
    if (request.method !== 'CONNECT' || request.body?.kind !== 'stream' || request.body.framing !== 'bytes')
      throw new NetError('ECONNRESET', 'connection reset by peer');
    const out = new Pipe<Uint8Array>(1024);
    const client = connect(server, request, out);
    void converse(server, client, request.body.frames, out).finally(() => client.close());
    return { status: 200, headers: {}, body: { kind: 'stream', framing: 'bytes', frames: out } };
  };
  const bind = server.config.get('bind').split(/\s+/)[0];
  const address = bind === undefined || bind.startsWith('*') || bind === '' ? undefined : bind.replace(/^-/, '');
  server.process.net.listen(Number(server.config.get('port')), handler, address === undefined ? {} : { address });
}

function connect(server: RedisServer, request: HttpRequest, out: Pipe<Uint8Array>): Client {
  const { process } = server;
  let leave: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const client: Client = {
    id: ++server.stats.connections + 2,
    address: request.peer?.address ?? '127.0.0.1',
    connectedAt: process.clock.now(),
    name: '',
    database: 0,
    authenticated: server.config.get('requirepass') === '',
    queue: undefined,
    queueFailed: false,
    executing: false,
    lastCommand: '',
    watched: [],
    channels: new Set(),
    patterns: new Set(),
    gone,
    send: (reply: Reply) => {
      if (reply !== NO_REPLY) out.push(wire(reply));
    },
    close: () => {
      server.clients.delete(client.id);
      if (request.body?.kind === 'stream') request.body.frames.cancel();
      out.close();
      leave();
    },
  };
  server.clients.set(client.id, client);
  out.onBroken(() => client.close());
  return client;
}

/** Answers a client's commands in order until it goes away or breaks the protocol. */
async function converse(
  server: RedisServer,
  client: Client,
  source: Source<Uint8Array>,
  out: Pipe<Uint8Array>,
): Promise<void> {
  const reader = new CommandReader();
  try {
    for (;;) {
      for (let words = reader.next(); words; words = reader.next()) {
        if (words.length === 0) continue;
        await server.process.compute(COMMAND_COST_MS);
        client.send(await server.handle(client, words));
        if (out.broken) return;
      }
      const bytes = await server.process.until(source.read());
      if (!bytes) return;
      reader.push(bytes);
    }
  } catch (error) {
    if (error instanceof ProtocolError) client.send(new RedisError(`ERR Protocol error: ${error.message}`));
    // Whatever else ends a conversation (a broken connection, the death of the server) ends only this one.
    else if (!(error instanceof NetError) && !server.process.killed.aborted) throw error;
  }
}
