/** redis-cli: one command, commands from the standard input, or a prompt. */
import { NetError } from '#engine/http';
import { LineReader, type Process, type Program, print, readBytes } from '#engine/os';
import { Deadline, DeadlineExceeded } from '../net/deadline.ts';
import { readsFromTerminal, writesToTerminal } from '../net/output.ts';
import { connectTcp, HttpListener, type TcpConnection, whyNot } from '../net/tcp.ts';
import { isIpv4 } from '../net/url.ts';
import { forPeople, raw } from './reply-text.ts';
import {
  encodeCommand,
  fromBytes,
  fromText,
  ProtocolError,
  ReplyReader,
  splitWords,
  toBytes,
  type Value,
} from './resp.ts';

interface Settings {
  host: string;
  port: number;
  database: number;
  password?: string;
  user?: string;
  raw?: boolean;
  repeat: number;
  intervalMs: number;
  lastFromInput: boolean;
  scan: boolean;
  pattern: string;
  warn: boolean;
  words: string[];
}

/** The command line is wrong; the message is all that is said. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** These replies are texts to read: no quotes around them. */
const TEXT_REPLIES = /^(info|client (list|info)|cluster (info|nodes)|lolwut|latency doctor|memory doctor)\b/i;

/** @fidelity partial: no cluster mode, TLS, --stat, --bigkeys, --pipe, history or hints */
export const redisCli: Program = async (process) => {
  let settings: Settings;
  try {
    settings = parse(process);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await print(process.stderr, `${error.message}\n`);
    return 1;
  }
  if (settings.password !== undefined && settings.warn)
    await print(
      process.stderr,
      "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
    );
  const session = new Session(process, settings);
  if (settings.words.length === 0 && !settings.scan && readsFromTerminal(process)) return prompt(process, session);
  if (!(await session.connect())) return 1;
  if (settings.scan) return scanAll(process, session, settings);
  const words = settings.words.map(fromText);
  if (words.length === 0) return fromInput(process, session);
  if (settings.lastFromInput) words.push(fromBytes(await readBytes(process.stdin)));
  for (let i = 0; i < settings.repeat || settings.repeat < 0; i++) {
    if (i > 0) await process.clock.sleep(settings.intervalMs, 'redis-cli: interval');
    if (!(await session.run(words))) return 1;
  }
  session.close();
  return 0;
};

export const redisBenchmark: Program = async (process) => {
  await print(process.stderr, 'redis-benchmark: measuring is not simulated: time here is virtual\n');
  return 1;
};

type Apply = (settings: Settings, value: string) => void;

const VALUES: { readonly [option: string]: Apply } = {
  '-h': (s, value) => {
    s.host = value;
  },
  '-p': (s, value) => {
    s.port = Number(value);
  },
  '-n': (s, value) => {
    s.database = Number(value);
  },
  '-a': (s, value) => {
    s.password = value;
  },
  '--pass': (s, value) => {
    s.password = value;
  },
  '--user': (s, value) => {
    s.user = value;
  },
  '-r': (s, value) => {
    s.repeat = Number(value);
  },
  '-i': (s, value) => {
    s.intervalMs = Number(value) * 1000;
  },
  '--pattern': (s, value) => {
    s.pattern = value;
  },
  '-t': () => undefined,
  '-u': (s, value) => {
    const [, user, password, host, port, database] =
      /^redis:\/\/(?:([^:@]*)(?::([^@]*))?@)?([^:/]+)(?::(\d+))?(?:\/(\d+))?$/.exec(value) ?? [];
    if (host === undefined) throw new Refusal('Invalid URI scheme');
    Object.assign(s, { host, port: Number(port ?? 6379), database: Number(database ?? 0) });
    if (password !== undefined) s.password = password;
    if (user) s.user = user;
  },
};
const FLAGS: { readonly [option: string]: Apply } = {
  '--raw': (s) => {
    s.raw = true;
  },
  '--no-raw': (s) => {
    s.raw = false;
  },
  '-x': (s) => {
    s.lastFromInput = true;
  },
  '--scan': (s) => {
    s.scan = true;
  },
  '--no-auth-warning': (s) => {
    s.warn = false;
  },
  '-2': () => undefined,
  '-c': () => undefined,
  '-e': () => undefined,
};

function parse(process: Process): Settings {
  const password = process.env.get('REDISCLI_AUTH');
  const settings: Settings = {
    host: '127.0.0.1',
    port: 6379,
    database: 0,
    repeat: 1,
    intervalMs: 0,
    lastFromInput: false,
    scan: false,
    pattern: '*',
    warn: password === undefined,
    words: [],
    ...(password !== undefined && { password }),
  };
  const queue = process.argv.slice(1);
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (!arg.startsWith('-')) {
      settings.words = [arg, ...queue];
      break;
    }
    const value = VALUES[arg];
    const flag = FLAGS[arg];
    const next = value ? queue.shift() : '';
    if (value && next !== undefined) value(settings, next);
    else if (flag) flag(settings, '');
    else throw new Refusal(`Unrecognized option or bad number of args for: '${arg}'`);
  }
  return settings;
}

class Session {
  database: number;
  inTransaction = false;
  connected = false;
  private connection: TcpConnection | undefined;
  private reader = new ReplyReader();
  private readonly isRaw: boolean;

  constructor(
    private readonly process: Process,
    private readonly settings: Settings,
  ) {
    this.database = settings.database;
    this.isRaw = settings.raw ?? (process.env.get('FAKETTY') === undefined && !writesToTerminal(process));
  }

  get prompt(): string {
    if (!this.connected) return 'not connected> ';
    const { host, port } = this.settings;
    return `${host}:${port}${this.database === 0 ? '' : `[${this.database}]`}${this.inTransaction ? '(TX)' : ''}> `;
  }

  async connect(): Promise<boolean> {
    const { host, port, password, user } = this.settings;
    const deadline = new Deadline(this.process);
    try {
      const [address = host] = isIpv4(host) ? [host] : await deadline.race(this.process.net.lookup(host));
      const connection = await connectTcp(this.process, address, port, deadline);
      if (connection instanceof HttpListener) throw new ProtocolError('Protocol error, got "H" as reply type byte');
      this.connection = connection;
    } catch (error) {
      if (!(error instanceof NetError || error instanceof DeadlineExceeded || error instanceof ProtocolError))
        throw error;
      const why = error instanceof NetError ? whyNot(error) : error.message;
      await print(this.process.stderr, `Could not connect to Redis at ${host}:${port}: ${why}\n`);
      return false;
    } finally {
      deadline.end();
    }
    this.connected = true;
    this.reader = new ReplyReader();
    if (password !== undefined) await this.introduce(['AUTH', ...(user === undefined ? [] : [user]), password]);
    if (this.database !== 0) await this.introduce(['SELECT', String(this.database)]);
    return true;
  }

  private async introduce(words: readonly string[]): Promise<void> {
    const reply = await this.ask(words);
    if (reply?.kind === 'error') await print(this.process.stderr, `${words[0]} failed: ${reply.text}\n`);
  }

  /** Undefined: the server has hung up. */
  async ask(words: readonly string[]): Promise<Value | undefined> {
    if (!this.connection) return undefined;
    await this.connection.write(toBytes(encodeCommand(words)));
    return this.reply();
  }

  async reply(): Promise<Value | undefined> {
    for (;;) {
      const value = this.reader.next();
      if (value) return value;
      const bytes = await this.process.until(this.connection?.source.read() ?? Promise.resolve(undefined));
      if (!bytes) {
        this.connected = false;
        return undefined;
      }
      this.reader.push(bytes);
    }
  }

  /** Sends a command and shows its reply. False when the connection has ended. */
  async run(words: readonly string[]): Promise<boolean> {
    const name = (words[0] ?? '').toLowerCase();
    if (name === 'subscribe' || name === 'psubscribe') return this.listen(words);
    let value: Value | undefined;
    try {
      value = await this.ask(words);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
    }
    if (!value) {
      if (name === 'shutdown' || name === 'quit') return true;
      await print(this.process.stderr, 'Error: Server closed the connection\n');
      return false;
    }
    if (value.kind !== 'error') this.follow(name, words);
    await this.show(value, TEXT_REPLIES.test(words.join(' ')));
    return true;
  }

  /** What the prompt says depends on what succeeded. */
  private follow(name: string, words: readonly string[]): void {
    if (name === 'select') this.database = Number(words[1]);
    else if (name === 'multi') this.inTransaction = true;
    else if (name === 'exec' || name === 'discard' || name === 'reset') this.inTransaction = false;
  }

  async show(value: Value, isText = false): Promise<void> {
    const text = this.isRaw || (isText && value.kind !== 'error') ? raw(value) : forPeople(value);
    await this.process.stdout.write(toBytes(text));
  }

  private async listen(words: readonly string[]): Promise<boolean> {
    if (!this.isRaw) await print(this.process.stdout, 'Reading messages... (press Ctrl-C to quit)\n');
    for (let value = await this.ask(words); value; value = await this.reply()) await this.show(value);
    return false;
  }

  close(): void {
    this.connection?.close();
  }
}

async function scanAll(process: Process, session: Session, { pattern }: Settings): Promise<number> {
  let cursor = '0';
  do {
    const value = await session.ask(['SCAN', cursor, 'MATCH', pattern]);
    if (value?.kind !== 'array') return 1;
    const [next, keys] = value.items;
    cursor = next?.kind === 'string' ? next.text : '0';
    for (const key of keys?.kind === 'array' ? keys.items : []) await process.stdout.write(toBytes(raw(key)));
  } while (cursor !== '0');
  return 0;
}

async function fromInput(process: Process, session: Session): Promise<number> {
  const lines = new LineReader(process.stdin);
  for (let line = await lines.read(); line !== undefined; line = await lines.read()) {
    const words = await wordsOf(process, line);
    if (words.length > 0 && !(await session.run(words))) return 1;
  }
  session.close();
  return 0;
}

async function wordsOf(process: Process, line: string): Promise<readonly string[]> {
  try {
    return splitWords(fromText(line));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    await print(process.stdout, 'Invalid argument(s)\n');
    return [];
  }
}

async function prompt(process: Process, session: Session): Promise<number> {
  await session.connect();
  const lines = new LineReader(process.stdin);
  for (;;) {
    await print(process.stdout, session.prompt);
    const line = await lines.read();
    const words = line === undefined ? ['exit'] : await wordsOf(process, line);
    const name = (words[0] ?? '').toLowerCase();
    if (name === '') continue;
    if (name === 'exit' || name === 'quit') break;
    if (name === 'clear') await print(process.stdout, '\x1b[H\x1b[2J');
    else if (session.connected || (await session.connect())) await session.run(words);
  }
  session.close();
  return 0;
}
