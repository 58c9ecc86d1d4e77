/** SPDY/3.1 header blocks: names and values, deflated with the protocol's dictionary in one stream per connection. */
import { constants, createInflate, type Inflate } from 'node:zlib';

const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'.split(
    ' ',
  );
const PHRASES = [...WORDS, '200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'];
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const counted = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

/** What both sides of a connection know beforehand; its Adler-32 is e3c6a7c2. */
export const DICTIONARY: Buffer = Buffer.concat([...PHRASES.map(counted), Buffer.from(TAIL)]);

/** Reads the header blocks of one connection, in order. */
export class HeaderReader {
  private readonly inflate: Inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  private fail: (error: Error) => void = () => undefined;

  constructor() {
    this.inflate.on('error', (error) => this.fail(error));
  }

  /** Names come in lower case. Rejects when the block is no such thing. */
  async read(block: Buffer): Promise<ReadonlyMap<string, string>> {
    await new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.inflate.write(block, () => resolve());
    });
    const bytes = (this.inflate.read() ?? Buffer.alloc(0)) as Buffer;
    const headers = new Map<string, string>();
    let at = 4;
    const next = () => {
      const length = bytes.readUInt32BE(at);
      const text = bytes.toString('utf8', at + 4, at + 4 + length);
      at += 4 + length;
      return text;
    };
    for (let count = bytes.readUInt32BE(0); count > 0; count--) headers.set(next().toLowerCase(), next());
    return headers;
  }

  close(): void {
    this.inflate.destroy();
  }
}

/** An empty block: Go's inflater hands over what it has only when the next block begins. */
const SYNC_FLUSH = Buffer.of(0, 0, 0, 0xff, 0xff);

/** Writes the header blocks of one connection: our few answers are stored as they are, which every inflater reads. */
export class HeaderWriter {
  private begun = false;

  write(headers: ReadonlyMap<string, string>): Buffer {
    const pairs = [...headers].flatMap(([name, value]) => [counted(name), counted(value)]);
    const block = Buffer.concat([uint32(headers.size), ...pairs]);
    const length = Buffer.alloc(5);
    length.writeUInt16LE(block.length, 1);
    length.writeUInt16LE(~block.length & 0xffff, 3);
    const start = this.begun ? [] : [Buffer.of(0x78, 0x01)];
    this.begun = true;
    return Buffer.concat([...start, length, block, SYNC_FLUSH]);
  }
}
