/** One URL of a curl command: requests, redirects, the answer's way to the output, what -w can say about it. */
import { OsError, type Process, print } from '#engine/os';
import type { Millis } from '#engine/sim';
import { pathOf } from '../../applet.ts';
import { Deadline } from '../deadline.ts';
import { addressesOf, ExchangeFailure, eachPiece, exchange, isRedirect, type Reply } from '../exchange.ts';
import { Output, writesToTerminal } from '../output.ts';
import { formatUrl, hostHeader, parseUrl, remoteName, requestTarget, resolveLocation, type Url } from '../url.ts';
import type { Meter } from './meter.ts';
import { CurlError, type CurlOptions } from './options.ts';

export const CURL_VERSION = '8.14.1';

/** Everything -w can ask for. */
export interface TransferInfo {
  url: string;
  effectiveUrl: string;
  method: string;
  scheme: string;
  status: number;
  head: Reply['head'];
  redirects: number;
  redirectUrl: string;
  remoteAddress: string;
  remotePort: number;
  headerBytes: number;
  requestBytes: number;
  downloaded: number;
  uploaded: number;
  output: string;
  startedAt: Millis;
  lookedUpAt: Millis;
  answeredAt: Millis;
  endedAt: Millis;
  exitCode: number;
  errorMessage: string;
}

interface Transfer {
  readonly process: Process;
  readonly options: CurlOptions;
  readonly info: TransferInfo;
  readonly deadline: Deadline;
  readonly meter: Meter;
  output: Output | undefined;
}

export function newInfo(url: string, now: Millis): TransferInfo {
  return {
    url,
    effectiveUrl: url,
    method: 'GET',
    scheme: 'http',
    status: 0,
    head: [],
    redirects: 0,
    redirectUrl: '',
    remoteAddress: '',
    remotePort: 0,
    headerBytes: 0,
    requestBytes: 0,
    downloaded: 0,
    uploaded: 0,
    output: '',
    startedAt: now,
    lookedUpAt: now,
    answeredAt: now,
    endedAt: now,
    exitCode: 0,
    errorMessage: '',
  };
}

/** Fetches one URL. Throws CurlError. */
export async function transfer(
  process: Process,
  options: CurlOptions,
  info: TransferInfo,
  meter: Meter,
): Promise<void> {
  const deadline = new Deadline(process, options.maxTimeMs);
  const self: Transfer = { process, options, info, deadline, meter, output: undefined };
  try {
    await follow(self, firstUrl(info.url));
  } catch (error) {
    if (error instanceof ExchangeFailure) throw bodyFailure(self, error);
    if (error instanceof OsError) throw new CurlError(23, 'client returned ERROR on write, 0 bytes written');
    throw error;
  } finally {
    info.endedAt = process.clock.now();
    deadline.end();
  }
}

function firstUrl(text: string): Url {
  const url = parseUrl(text);
  if (typeof url === 'object') return url;
  const scheme = /^([a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (url === 'scheme') throw new CurlError(1, `Protocol "${scheme}" not supported`);
  throw new CurlError(
    3,
    url === 'port'
      ? 'URL rejected: Port number was not a decimal number between 0 and 65535'
      : 'URL rejected: Malformed input to a URL function',
  );
}

async function follow(self: Transfer, first: Url): Promise<void> {
  const { options, info, process } = self;
  let method = options.method ?? (options.head ? 'HEAD' : options.body && !options.get ? 'POST' : 'GET');
  let body = options.get ? undefined : options.body;
  let url = options.get && options.body ? withQuery(first, new TextDecoder().decode(options.body)) : first;
  for (;;) {
    Object.assign(info, { effectiveUrl: formatUrl(url), method, scheme: url.scheme, remotePort: url.port });
    const reply = await ask(self, url, method, body);
    Object.assign(info, { status: reply.status, head: reply.head, answeredAt: process.clock.now(), redirectUrl: '' });
    const text = `${statusLine(reply)}\r\n${reply.head.map((header) => `${header.join(': ')}\r\n`).join('')}\r\n`;
    info.headerBytes += text.length;
    await showHead(self, reply, text);
    const location = reply.headers.location;
    const next = isRedirect(reply.status) && location !== undefined ? resolveLocation(url, location) : undefined;
    if (typeof next === 'object') info.redirectUrl = formatUrl(next);
    if (!options.location || typeof next !== 'object') return receive(self, url, reply);
    if (++info.redirects > options.maxRedirects)
      throw new CurlError(47, `Maximum (${options.maxRedirects}) redirects followed`);
    if (options.verbose) await note(self, `* Issue another request to this URL: '${formatUrl(next)}'\n`);
    if (reply.status <= 303 && body && options.method === undefined) [method, body] = ['GET', undefined];
    url = next;
  }
}

const withQuery = (url: Url, more: string): Url => ({
  ...url,
  query: url.query === undefined ? more : `${url.query}&${more}`,
});
const statusLine = ({ status, reason }: Reply): string => `HTTP/1.1 ${status} ${reason}`;

async function showHead(self: Transfer, reply: Reply, text: string): Promise<void> {
  const { options, process } = self;
  if (options.verbose) {
    const lines = [statusLine(reply), ...reply.head.map((header) => header.join(': ')), ''];
    await note(self, lines.map((line) => `< ${line}\n`).join(''));
  }
  if (options.dumpHeader !== undefined)
    await new Output(process, options.dumpHeader).write(new TextEncoder().encode(text));
  if (options.include || options.head) await (await outputOf(self)).write(new TextEncoder().encode(text));
}

async function ask(self: Transfer, url: Url, method: string, body: Uint8Array | undefined): Promise<Reply> {
  const { process, options, info, deadline } = self;
  const headers = requestHeaders(options, url, body);
  const connecting =
    options.connectTimeoutMs === undefined ? undefined : new Deadline(process, options.connectTimeoutMs);
  const startedAt = process.clock.now();
  try {
    const addresses = await resolved(self, url);
    info.lookedUpAt = process.clock.now();
    await trust(self, url);
    const wire = [...Object.entries(headers)].map(([name, value]) => `${name}: ${value}`);
    info.requestBytes = `${method} ${requestTarget(url)} HTTP/1.1`.length + wire.join('').length + 4 * wire.length;
    info.uploaded = body?.length ?? 0;
    const sent = exchange(
      process,
      { url, method, headers: lowerCased(headers), addresses, ...(body && { body }) },
      deadline,
      (address) => {
        info.remoteAddress = address;
        return options.verbose ? note(self, `*   Trying ${address}:${url.port}...\n`) : undefined;
      },
    );
    const reply = await (connecting ? connecting.race(sent) : sent);
    if (options.verbose) await note(self, sentText(self, url, method, headers, body));
    return reply;
  } catch (error) {
    if (error instanceof CurlError) throw error;
    throw await connectFailure(self, url, error, process.clock.now() - startedAt);
  } finally {
    connecting?.end();
  }
}

async function resolved(self: Transfer, url: Url): Promise<readonly string[]> {
  const fixed = self.options.resolve.get(`${url.host}:${url.port}`);
  const addresses = fixed ?? (await addressesOf(self.process, url.host, self.deadline));
  if (self.options.verbose && addresses[0] !== url.host)
    await note(self, `* Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${addresses.join(', ')}\n`);
  return addresses;
}

/** The cluster's certificates are signed by its own authority: without that (or -k) nobody can verify them. */
async function trust({ options, process }: Transfer, url: Url): Promise<void> {
  if (url.scheme !== 'https') return;
  if (options.caFile !== undefined && !process.fs.exists(pathOf(process, options.caFile)))
    throw new CurlError(77, `error setting certificate verify locations:  CAfile: ${options.caFile} CApath: none`);
  if (options.insecure || options.caFile !== undefined) return;
  throw new CurlError(
    60,
    'SSL certificate problem: unable to get local issuer certificate\nMore details here: https://curl.se/docs/sslcerts.html\n\n' +
      'curl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.',
  );
}

/** In the order curl sends them, with curl's spelling; -H replaces, `Name:` removes, `Name;` sends it empty. */
function requestHeaders(options: CurlOptions, url: Url, body: Uint8Array | undefined): { [name: string]: string } {
  const credentials = options.user ?? url.credentials;
  const headers: { [name: string]: string } = {
    Host: hostHeader(url),
    ...(credentials !== undefined && { Authorization: `Basic ${btoa(credentials)}` }),
    'User-Agent': options.userAgent ?? `curl/${CURL_VERSION}`,
    Accept: options.json ? 'application/json' : '*/*',
    ...(options.referer !== undefined && { Referer: options.referer }),
    ...(options.cookie !== undefined && { Cookie: options.cookie }),
    ...(body && { 'Content-Length': String(body.length) }),
    ...(body && { 'Content-Type': options.json ? 'application/json' : 'application/x-www-form-urlencoded' }),
  };
  for (const line of options.headers) {
    const [, name = '', mark, value = ''] = /^([^:;]+)([:;])\s*(.*?)\s*$/s.exec(line) ?? [];
    if (name === '') continue;
    const known = Object.keys(headers).find((other) => other.toLowerCase() === name.toLowerCase());
    if (known !== undefined) delete headers[known];
    if (value !== '' || mark === ';') headers[name] = value;
  }
  return headers;
}

const lowerCased = (headers: { readonly [name: string]: string }): { [name: string]: string } =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function sentText(
  self: Transfer,
  url: Url,
  method: string,
  headers: { readonly [name: string]: string },
  body: Uint8Array | undefined,
): string {
  const lines = [
    `${method} ${requestTarget(url)} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
  ];
  return (
    `* Connected to ${url.host} (${self.info.remoteAddress}) port ${url.port}\n` +
    lines.map((line) => `> ${line}\n`).join('') +
    (body ? `* upload completely sent off: ${body.length} bytes\n` : '* Request completely sent off\n')
  );
}

async function connectFailure(self: Transfer, url: Url, error: unknown, tookMs: Millis): Promise<CurlError> {
  const ms = Math.round(tookMs);
  const { options } = self;
  if (!(error instanceof ExchangeFailure)) {
    if (error instanceof Error && error.name === 'DeadlineExceeded')
      return new CurlError(28, `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Timeout was reached`);
    if (self.process.killed.aborted) throw error;
    return new CurlError(52, 'Empty reply from server');
  }
  if (error.kind === 'resolve') return new CurlError(6, `Could not resolve host: ${url.host}`);
  if (error.kind === 'reset') return new CurlError(56, 'Recv failure: Connection reset by peer');
  if (error.kind === 'deadline')
    return error.address === undefined
      ? new CurlError(28, `Resolving timed out after ${ms} milliseconds`)
      : new CurlError(28, `Connection timed out after ${ms} milliseconds`);
  const text = { refused: 'Connection refused', unreachable: 'No route to host', timeout: 'Connection timed out' }[
    error.kind
  ];
  if (options.verbose) await note(self, `* connect to ${error.address} port ${url.port} failed: ${text}\n`);
  return new CurlError(
    error.kind === 'timeout' ? 28 : 7,
    `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Couldn't connect to server`,
  );
}

function bodyFailure({ info, process }: Transfer, { kind }: ExchangeFailure): CurlError {
  const ms = Math.round(process.clock.now() - info.startedAt);
  if (kind === 'deadline')
    return new CurlError(28, `Operation timed out after ${ms} milliseconds with ${info.downloaded} bytes received`);
  return new CurlError(18, 'end of response with bytes missing');
}

async function receive(self: Transfer, url: Url, reply: Reply): Promise<void> {
  const { process, options, info, deadline, meter } = self;
  if (options.fail && reply.status >= 400) throw new CurlError(22, `The requested URL returned error: ${reply.status}`);
  const output = await outputOf(self, url);
  meter.expect(reply.body.length);
  let isFirst = true;
  await eachPiece(reply.body, deadline, async (bytes) => {
    if (options.verbose && isFirst && bytes.length > 0 && !(writesToTerminal(process) && info.output === ''))
      await note(self, `{ [${bytes.length} bytes data]\n`);
    isFirst = false;
    info.downloaded += bytes.length;
    await output.write(bytes);
  });
  if (options.verbose) await note(self, `* Connection #0 to host ${url.host} left intact\n`);
  if (options.failWithBody && reply.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${reply.status}`);
}

async function outputOf(self: Transfer, url?: Url): Promise<Output> {
  if (self.output) return self.output;
  const { options, process, info } = self;
  let path = options.outputs.shift();
  if (path === undefined && options.remoteName) {
    path = url ? remoteName(url) : remoteName(parseUrl(info.url) as Url);
    if (path === '') throw new CurlError(23, 'Failed to extract a filename to use for storage');
  }
  if (path !== undefined && path !== '-' && options.outputDirectory !== undefined)
    path = `${options.outputDirectory}/${path}`;
  info.output = path === '-' ? '' : (path ?? '');
  if (path !== undefined && options.createDirs && path.includes('/'))
    process.fs.mkdir(pathOf(process, path.slice(0, path.lastIndexOf('/'))), { recursive: true });
  try {
    self.output = new Output(process, path ?? '-');
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new CurlError(23, 'client returned ERROR on write, 0 bytes written');
  }
  return self.output;
}

async function note(self: Transfer, text: string): Promise<void> {
  await self.meter.interrupt();
  await print(self.process.stderr, text);
}
