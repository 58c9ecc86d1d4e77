/** A connection to Redis as an application's library holds it: opened when first needed, opened again when it broke. */
import { NetError } from '#engine/http';
import type { Process } from '#engine/os';
import { Deadline, DeadlineExceeded } from '../../net/deadline.ts';
import { connectTcp, HttpListener, type TcpConnection, whyNot } from '../../net/tcp.ts';
import { isIpv4 } from '../../net/url.ts';
import { encodeCommand, fromText, ReplyReader, toBytes, type Value } from '../../redis/resp.ts';

const CONNECT_MS = 3000;
const REPLY_MS = 5000;

/** Redis cannot be reached, or said no. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
}

/** A text as it was before it became bytes. */
const asText = (text: string): string => new TextDecoder().decode(toBytes(text));

export class RedisClient {
  private connection: TcpConnection | undefined;
  private reader = new ReplyReader();
  private busy: Promise<unknown> = Promise.resolve();

  /** @param address `redis:6379` */
  constructor(
    private readonly process: Process,
    readonly address: string,
  ) {}

  /** One command and its reply, in order. @param waitMs for commands that block. Rejects with RedisFailure. */
  ask(words: readonly string[], waitMs = 0): Promise<Value> {
    const answer = this.busy.then(() => this.exchange(words, waitMs));
    this.busy = answer.catch(() => undefined);
    return answer;
  }

  /** The reply's text: '' for nil. */
  async text(words: readonly string[]): Promise<string> {
    const value = await this.ask(words);
    if (value.kind === 'integer') return String(value.value);
    return value.kind === 'string' || value.kind === 'status' ? asText(value.text) : '';
  }

  /** The texts of a reply with many. */
  async texts(words: readonly string[], waitMs = 0): Promise<readonly string[]> {
    const value = await this.ask(words, waitMs);
    return value.kind === 'array' ? value.items.map((item) => ('text' in item ? asText(item.text) : '')) : [];
  }

  private async exchange(words: readonly string[], waitMs: number): Promise<Value> {
    const deadline = new Deadline(this.process, CONNECT_MS + REPLY_MS + waitMs);
    try {
      this.connection ??= await this.connect(deadline);
      await deadline.race(this.connection.write(toBytes(encodeCommand(words.map(fromText)))));
      const value = await this.reply(deadline);
      if (value.kind === 'error') throw new RedisFailure(value.text);
      return value;
    } catch (error) {
      if (error instanceof RedisFailure) throw error;
      this.connection?.close();
      this.connection = undefined;
      if (error instanceof NetError) throw new RedisFailure(`redis ${this.address}: ${whyNot(error)}`);
      if (error instanceof DeadlineExceeded) throw new RedisFailure(`redis ${this.address}: i/o timeout`);
      throw error;
    } finally {
      deadline.end();
    }
  }

  private async connect(deadline: Deadline): Promise<TcpConnection> {
    const [host = '', port = '6379'] = this.address.split(':');
    const [ip = host] = isIpv4(host) ? [host] : await deadline.race(this.process.net.lookup(host));
    const connection = await connectTcp(this.process, ip, Number(port), deadline);
    if (connection instanceof HttpListener) throw new NetError('ECONNRESET', 'not a redis server');
    this.reader = new ReplyReader();
    return connection;
  }

  private async reply(deadline: Deadline): Promise<Value> {
    for (;;) {
      const value = this.reader.next();
      if (value) return value;
      const bytes = await deadline.race(this.connection?.source.read() ?? Promise.resolve(undefined));
      if (!bytes) throw new NetError('ECONNRESET', 'connection reset by peer');
      this.reader.push(bytes);
    }
  }
}
