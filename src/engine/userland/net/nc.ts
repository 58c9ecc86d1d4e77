/** nc and telnet: bytes to and from a TCP port. */
import { type Handler, NetError, Pipe, type Source } from '#engine/http';
import { LineReader, type Process, type Program, print } from '#engine/os';
import { type Applet, parseOptions, programName, UsageError } from '../applet.ts';
import { Deadline, DeadlineExceeded } from './deadline.ts';
import { asFailure, type ExchangeFailure, eachPiece, exchange } from './exchange.ts';
import { connectTcp, HttpListener, type TcpConnection, whyNot } from './tcp.ts';
import { isIpv4 } from './url.ts';

interface Target {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** @fidelity partial: TCP only; `-z` to an HTTP server shows up there as a CONNECT request */
export const nc: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: flavour === 'gnu' ? 'lzvnkuN46t' : 'lzvnkuN46', values: 'pwis' });
  if (options.has('u')) throw new UsageError('UDP mode is not simulated');
  const [first, second] = options.operands;
  if (options.has('l')) {
    const port = Number(options.value('p') ?? (second === undefined ? first : second));
    if (!Number.isInteger(port) || port <= 0 || port > 65_535) return usage(process);
    return listen(process, port, options.has('k'), options.has('v'));
  }
  if (first === undefined || second === undefined) return usage(process);
  const wait = options.value('w');
  const limitMs = wait === undefined ? undefined : Number(wait) * 1000;
  const [from, to = from] = second.split('-').map(Number);
  if (from === undefined || to === undefined || !(from > 0 && to >= from && to <= 65_535)) {
    await print(process.stderr, `nc: port number invalid: ${second}\n`);
    return 1;
  }
  let code = 1;
  for (let port = from; port <= to; port++) {
    const result = await attempt(process, first, port, limitMs, {
      scan: options.has('z'),
      verbose: options.has('v'),
      isGnu: flavour === 'gnu',
    });
    if (result === 0) code = 0;
  }
  return code;
};

async function usage(process: Process): Promise<number> {
  await print(process.stderr, 'usage: nc [-klnvz] [-i interval] [-p source_port] [-w timeout] [destination] [port]\n');
  return 1;
}

interface Style {
  readonly scan: boolean;
  readonly verbose: boolean;
  readonly isGnu: boolean;
}

async function attempt(
  process: Process,
  host: string,
  port: number,
  limitMs: number | undefined,
  style: Style,
): Promise<number> {
  const deadline = new Deadline(process, limitMs);
  try {
    const address = isIpv4(host) ? host : ((await deadline.race(process.net.lookup(host)))[0] ?? host);
    const target = { host, address, port };
    const connection = await connectTcp(process, address, port, deadline);
    deadline.end();
    if (style.verbose) await print(process.stderr, opened(target, style));
    if (style.scan) {
      if (!(connection instanceof HttpListener)) connection.close();
      return 0;
    }
    return connection instanceof HttpListener ? typeRequest(process, target) : converse(process, connection);
  } catch (error) {
    if (!(error instanceof NetError || error instanceof DeadlineExceeded)) throw error;
    await print(process.stderr, refused(host, port, error, style));
    return 1;
  } finally {
    deadline.end();
  }
}

function opened({ host, address, port }: Target, { isGnu }: Style): string {
  if (!isGnu) return `${host} (${address}:${port}) open\n`;
  return `Connection to ${host}${isIpv4(host) ? '' : ` (${address})`} ${port} port [tcp/*] succeeded!\n`;
}

function refused(host: string, port: number, error: Error, { isGnu, verbose }: Style): string {
  const isUnknown = error instanceof NetError && error.code === 'ENOTFOUND';
  if (isUnknown)
    return isGnu
      ? `nc: getaddrinfo for host "${host}" port ${port}: Name or service not known\n`
      : `nc: bad address '${host}'\n`;
  const why = error instanceof NetError ? whyNot(error) : isGnu ? 'Connection timed out' : undefined;
  if (why === undefined) return 'nc: timed out\n';
  if (isGnu) return verbose ? `nc: connect to ${host} port ${port} (tcp) failed: ${why}\n` : '';
  return `nc: ${host} (${host}:${port}): ${why}\n`;
}

/** Copies both ways until the other side closes. */
async function converse(process: Process, connection: TcpConnection): Promise<number> {
  const sending = copyIn(process, connection);
  for (
    let bytes = await process.until(connection.source.read());
    bytes;
    bytes = await process.until(connection.source.read())
  )
    await process.stdout.write(bytes);
  connection.close();
  // What is still typed goes nowhere.
  void sending;
  return 0;
}

async function copyIn(process: Process, connection: TcpConnection): Promise<void> {
  try {
    for (let bytes = await process.stdin.read(); bytes; bytes = await process.stdin.read())
      await connection.write(bytes);
    connection.end();
  } catch (error) {
    if (!process.killed.aborted && !(error instanceof Error && error.name === 'BrokenPipe')) throw error;
  }
}

/** The other side takes requests, not bytes: what is typed is read as one. */
async function typeRequest(process: Process, { host, address, port }: Target): Promise<number> {
  const lines = new LineReader(process.stdin);
  const [method = '', target = '/'] = ((await lines.read()) ?? '').trim().split(/\s+/);
  const headers: { [name: string]: string } = {};
  for (let line = await lines.read(); line !== undefined && line.trim() !== ''; line = await lines.read()) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  let body = '';
  const length = Number(headers['content-length'] ?? 0);
  for (
    let line = length > 0 ? await lines.read() : undefined;
    line !== undefined;
    line = body.length < length ? await lines.read() : undefined
  )
    body += line + (lines.terminated ? '\n' : '');
  if (!/^[A-Z]+$/.test(method)) {
    await print(process.stdout, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return 0;
  }
  const mark = target.indexOf('?');
  const url = {
    scheme: 'http' as const,
    host,
    port,
    path: mark < 0 ? target : target.slice(0, mark),
    ...(mark >= 0 && { query: target.slice(mark + 1) }),
  };
  const deadline = new Deadline(process);
  try {
    const reply = await exchange(
      process,
      { url, method, headers, addresses: [address], ...(body !== '' && { body: new TextEncoder().encode(body) }) },
      deadline,
    );
    await print(
      process.stdout,
      `HTTP/1.1 ${reply.status} ${reply.reason}\r\n${reply.head.map((header) => `${header.join(': ')}\r\n`).join('')}\r\n`,
    );
    await eachPiece(reply.body, deadline, (bytes) => process.stdout.write(bytes));
    return 0;
  } catch (error) {
    const failure: ExchangeFailure = asFailure(error, address);
    await print(process.stderr, `nc: ${failure.message}\n`);
    return 1;
  } finally {
    deadline.end();
  }
}

/** Takes one connection (with -k one after the other). A web client is shown as the request it would have sent. */
function listen(process: Process, port: number, keep: boolean, verbose: boolean): Promise<number> {
  return process.until(
    new Promise<number>((resolve, reject) => {
      let busy = false;
      const handler: Handler = async (request) => {
        if (busy) throw new NetError('ECONNREFUSED', 'connection refused');
        busy = true;
        if (verbose)
          await print(process.stderr, `Connection received on ${request.peer?.address ?? '127.0.0.1'} 40000\n`);
        const done = () => {
          busy = false;
          if (!keep) resolve(0);
        };
        const out = new Pipe<Uint8Array>(1024);
        if (request.method !== 'CONNECT' || request.body?.kind !== 'stream' || request.body.framing !== 'bytes') {
          const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
          await print(process.stdout, `${request.method} ${request.path} HTTP/1.1\r\n${head.join('')}\r\n`);
          done();
          throw new NetError('ECONNRESET', 'connection reset by peer');
        }
        receive(process, request.body.frames, out).then(done, reject);
        return { status: 200, headers: {}, body: { kind: 'stream', framing: 'bytes', frames: out } };
      };
      try {
        process.net.listen(port, handler);
        if (verbose) void print(process.stderr, `Listening on 0.0.0.0 ${port}\n`).catch(reject);
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        void print(process.stderr, 'nc: Address already in use\n').then(() => resolve(1), reject);
      }
    }),
  );
}

async function receive(process: Process, source: Source<Uint8Array>, out: Pipe<Uint8Array>): Promise<void> {
  const connection: TcpConnection = {
    source,
    write: (bytes) => out.write(bytes),
    end: () => out.close(),
    close: () => out.close(),
  };
  await converse(process, connection);
}

/** @fidelity partial: connects and copies bytes; no telnet options, no command mode */
export const telnet: Program = async (process) => {
  const [host, portText = '23'] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
  const port = Number(portText);
  if (host === undefined || !(port > 0)) {
    await print(process.stderr, `Usage: ${programName(process)} HOST [PORT]\n`);
    return 1;
  }
  const deadline = new Deadline(process);
  try {
    const address = isIpv4(host) ? host : ((await process.net.lookup(host))[0] ?? host);
    await print(process.stdout, `Trying ${address}...\n`);
    const connection = await connectTcp(process, address, port, deadline);
    await print(process.stdout, `Connected to ${host}.\nEscape character is '^]'.\n`);
    const code =
      connection instanceof HttpListener
        ? await typeRequest(process, { host, address, port })
        : await converse(process, connection);
    await print(process.stdout, 'Connection closed by foreign host.\n');
    return code === 0 ? 1 : code;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const unknown = error.code === 'ENOTFOUND';
    await print(
      process.stderr,
      unknown
        ? `telnet: could not resolve ${host}/${port}: Name or service not known\n`
        : `telnet: Unable to connect to remote host: ${whyNot(error)}\n`,
    );
    return 1;
  } finally {
    deadline.end();
  }
};
