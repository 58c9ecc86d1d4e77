/** HTTP/1.1 as text: where raw bytes (a forwarded port) meet a server that takes whole requests. */
import { concat } from './body.ts';
import { type Body, type Headers, type HttpRequest, type HttpResponse, httpRequest } from './message.ts';
import { reasonOf } from './status-text.ts';
import type { Sink, Source } from './stream.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Names that do not follow from capitalising each word. */
const SPELLINGS: { readonly [name: string]: string } = { etag: 'ETag', 'www-authenticate': 'WWW-Authenticate' };
const FIRST = ['server', 'date', 'content-type', 'content-length', 'last-modified', 'connection'];

const spelled = (name: string): string =>
  SPELLINGS[name] ?? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

const rank = (name: string): number => {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
};

/** Headers as they stand on the wire, in the order servers send them. */
export function headOf(headers: Headers, warnings: readonly string[] = []): readonly (readonly [string, string])[] {
  const names = Object.keys(headers).sort((a, b) => rank(a) - rank(b));
  const head = names.map((name): [string, string] => [spelled(name), headers[name] as string]);
  for (const warning of warnings) head.push(['Warning', `299 - ${JSON.stringify(warning)}`]);
  return head;
}

/** Whether bytes begin like a request: a method, a target, a version. False too while it is too early to say no. */
export const beginsRequest = (bytes: Uint8Array): boolean =>
  /^[A-Z]{3,10} \S+ HTTP\/1\.[01]\r?\n/.test(decoder.decode(bytes.subarray(0, 8192)));

/** Whether more bytes could still make it the beginning of a request. */
export const mayBeginRequest = (bytes: Uint8Array): boolean =>
  bytes.length < 8192 && /^[A-Z]{0,10}( \S*)?( [HTP/1.0\r]*)?$/.test(decoder.decode(bytes));

/** The other side broke HTTP's rules; nothing more can be read. */
class BadRequest extends Error {}

/** Bytes of a connection, read piece by piece. */
class Wire {
  constructor(
    private rest: Uint8Array,
    private readonly source: Source<Uint8Array>,
  ) {}

  /** False at the end. */
  private async more(): Promise<boolean> {
    const next = await this.source.read();
    if (!next) return false;
    this.rest = this.rest.length === 0 ? next : concat([this.rest, next]);
    return true;
  }

  /** A line without its end; undefined at the end of the connection. */
  async line(): Promise<string | undefined> {
    let from = 0;
    for (;;) {
      const at = this.rest.indexOf(10, from);
      if (at >= 0) {
        const text = decoder.decode(this.rest.subarray(0, at)).replace(/\r$/, '');
        this.rest = this.rest.subarray(at + 1);
        return text;
      }
      from = this.rest.length;
      if (from > 65_536) throw new BadRequest('header too long');
      if (!(await this.more())) return undefined;
    }
  }

  async take(length: number): Promise<Uint8Array> {
    while (this.rest.length < length) if (!(await this.more())) throw new BadRequest('unexpected EOF');
    const part = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return part;
  }
}

async function readHead(wire: Wire): Promise<Headers> {
  const headers: { [name: string]: string } = {};
  for (let line = await wire.line(); line; line = await wire.line()) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new BadRequest('malformed header');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

async function readChunks(wire: Wire): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const size = Number.parseInt((await wire.line()) ?? '', 16);
    if (!(size >= 0)) throw new BadRequest('malformed chunk');
    if (size === 0) break;
    parts.push(await wire.take(size));
    await wire.line();
  }
  while (await wire.line());
  return concat(parts);
}

/** The next request; undefined when the client has said all. */
async function readRequest(wire: Wire): Promise<{ readonly request: HttpRequest; readonly last: boolean } | undefined> {
  let line = await wire.line();
  while (line === '') line = await wire.line();
  if (line === undefined) return undefined;
  const [, method, target, version] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(line) ?? [];
  if (!method || !target) throw new BadRequest('malformed request line');
  const headers = await readHead(wire);
  const length = Number(headers['content-length'] ?? 0);
  const chunked = headers['transfer-encoding']?.toLowerCase() === 'chunked';
  const bytes = chunked ? await readChunks(wire) : length > 0 ? await wire.take(length) : undefined;
  const connection = headers.connection?.toLowerCase() ?? '';
  const last = version === '0' ? connection !== 'keep-alive' : connection === 'close';
  const request = httpRequest(method, target, { headers, ...(bytes && { body: { kind: 'bytes', bytes } }) });
  return { request, last };
}

/**
 * Reads requests from a connection, one after the other, has them answered, and writes the answers, until one side closes.
 * @param first what has been read from `input` already
 */
export async function answerHttpText(
  first: Uint8Array,
  input: Source<Uint8Array>,
  output: Sink<Uint8Array>,
  answer: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<void> {
  const wire = new Wire(first, input);
  for (;;) {
    let next: Awaited<ReturnType<typeof readRequest>>;
    try {
      next = await readRequest(wire);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      await output.write(encoder.encode('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
      return;
    }
    if (!next) return;
    await writeResponse(output, await answer(next.request), next.request.method, next.last);
    if (next.last) return;
  }
}

async function writeResponse(
  output: Sink<Uint8Array>,
  { status, headers, warnings, body }: HttpResponse,
  method: string,
  last: boolean,
): Promise<void> {
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const bytes = wholeBody(body);
  const framing: { [name: string]: string } = {};
  if (bytes && !bodiless) framing['content-length'] = String(bytes.length);
  else if (!bytes) framing['transfer-encoding'] = 'chunked';
  if (last) framing.connection = 'close';
  const head = headOf({ ...headers, ...framing }, warnings).map((header) => `${header.join(': ')}\r\n`);
  await output.write(encoder.encode(`HTTP/1.1 ${status} ${reasonOf(status)}\r\n${head.join('')}\r\n`));
  if (bodiless) return;
  if (bytes) {
    if (bytes.length > 0) await output.write(bytes);
    return;
  }
  if (body?.kind !== 'stream') return;
  const { frames } = body;
  output.onBroken(() => frames.cancel());
  for (let frame = await frames.read(); frame !== undefined; frame = await frames.read()) {
    const piece = frame instanceof Uint8Array ? frame : encoder.encode(`${JSON.stringify(frame)}\n`);
    if (piece.length === 0) continue;
    await output.write(concat([encoder.encode(`${piece.length.toString(16)}\r\n`), piece, encoder.encode('\r\n')]));
  }
  await output.write(encoder.encode('0\r\n\r\n'));
}

/** The body's bytes, unless it comes in frames. */
function wholeBody(body: Body | undefined): Uint8Array | undefined {
  if (!body) return new Uint8Array();
  if (body.kind === 'stream') return undefined;
  if (body.kind === 'bytes') return body.bytes;
  return encoder.encode(body.kind === 'text' ? body.text : `${JSON.stringify(body.value)}\n`);
}
