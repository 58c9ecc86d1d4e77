/** wget as busybox has it. */
import { OsError, type Process, print } from '#engine/os';
import { type Applet, parseOptions, pathOf, UsageError } from '../applet.ts';
import { Deadline } from './deadline.ts';
import { addressesOf, ERRNO_TEXTS, ExchangeFailure, eachPiece, exchange, isRedirect, type Reply } from './exchange.ts';
import { Output } from './output.ts';
import { hostHeader, parseUrl, remoteName, resolveLocation, type Url } from './url.ts';

const MAX_REDIRECTIONS = 5;
/** FEATURE_WGET_TIMEOUT's default, ms. */
const DEFAULT_TIMEOUT_MS = 900_000;
/** The name of a download in the progress bar. */
const NAME_WIDTH = 20;
const BAR_WIDTH = 32;

const USAGE = `BusyBox v1.37.0 (2025-01-01 00:00:00 UTC) multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
\t[--post-data STR | --post-file FILE] [-Y on/off]
\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...
`;

interface Wget {
  readonly process: Process;
  readonly quiet: boolean;
  readonly showHeaders: boolean;
  readonly spider: boolean;
  readonly output: string | undefined;
  readonly directory: string | undefined;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number;
}

/** The program ends with this complaint and 1. */
class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** @fidelity partial: HTTP only, no proxy, no resumed downloads (-c) */
export const busyboxWget: Applet = async (process) => {
  let urls: readonly string[];
  let wget: Wget;
  try {
    [wget, urls] = configure(process);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof OsError)) throw error;
    const path = error instanceof OsError ? `can't open '${error.path ?? ''}': ` : '';
    await print(process.stderr, `wget: ${path}${error.message}\n${error instanceof UsageError ? USAGE : ''}`);
    return 1;
  }
  if (urls.length === 0) {
    await print(process.stderr, USAGE);
    return 1;
  }
  for (const url of urls) {
    const deadline = new Deadline(process, wget.timeoutMs);
    try {
      await download(wget, url, deadline);
    } catch (error) {
      if (!(error instanceof Complaint || error instanceof ExchangeFailure)) throw error;
      await print(process.stderr, `wget: ${error instanceof Complaint ? error.message : describe(error)}\n`);
      return 1;
    } finally {
      deadline.end();
    }
  }
  return 0;
};

function configure(process: Process): [Wget, readonly string[]] {
  const options = parseOptions(process.argv, {
    flags: 'qSc',
    values: 'OoPTUtYH',
    long: {
      quiet: 'q',
      'server-response': 'S',
      continue: 'c',
      spider: 'spider',
      'output-document=': 'O',
      'output-file=': 'o',
      'directory-prefix=': 'P',
      'timeout=': 'T',
      'user-agent=': 'U',
      'tries=': 't',
      'proxy=': 'Y',
      'header=': 'header',
      'post-data=': 'post-data',
      'post-file=': 'post-file',
      'no-check-certificate': 'insecure',
    },
  });
  if (options.has('c')) throw new UsageError('resuming a download (-c) is not simulated');
  const timeout = options.value('T') ?? String(DEFAULT_TIMEOUT_MS / 1000);
  if (!/^\d+$/.test(timeout)) throw new UsageError(`invalid number '${timeout}'`);
  const file = options.value('post-file');
  const data = options.value('post-data');
  const body = file === undefined ? data && new TextEncoder().encode(data) : process.fs.readFile(pathOf(process, file));
  const headers: { [name: string]: string } = { 'user-agent': options.value('U') ?? 'Wget', connection: 'close' };
  if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
  for (const line of options.all('header')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  const wget: Wget = {
    process,
    quiet: options.has('q'),
    showHeaders: options.has('S'),
    spider: options.has('spider'),
    output: options.value('O'),
    directory: options.value('P'),
    headers,
    body: body || undefined,
    timeoutMs: Number(timeout) * 1000,
  };
  return [wget, options.operands];
}

function describe({ kind, address }: ExchangeFailure): string {
  if (kind === 'deadline') return 'download timed out';
  if (kind === 'reset') return 'error getting response: Connection reset by peer';
  const why =
    kind === 'unreachable' ? 'Host is unreachable' : kind === 'timeout' ? 'Operation timed out' : ERRNO_TEXTS[kind];
  return `can't connect to remote host (${address}): ${why}`;
}

async function download(wget: Wget, text: string, deadline: Deadline): Promise<void> {
  const { process } = wget;
  let url = parsed(text, text);
  const name = wget.output ?? (remoteName(url) || 'index.html');
  const path = wget.output === undefined && wget.directory ? `${wget.directory}/${name}` : name;
  if (wget.output === undefined && !wget.spider && process.fs.exists(pathOf(process, path)))
    throw new Complaint(`can't open '${path}': File exists`);
  for (let redirections = 0; ; redirections++) {
    if (redirections > MAX_REDIRECTIONS) throw new Complaint('too many redirections');
    const reply = await ask(wget, url, deadline);
    if (wget.showHeaders) await print(process.stderr, headText(reply));
    if (isRedirect(reply.status) && reply.headers.location !== undefined) {
      url = parsed(reply.headers.location, reply.headers.location, url);
      continue;
    }
    if (reply.status < 200 || reply.status > 206)
      throw new Complaint(`server returned error: HTTP/1.1 ${reply.status} ${reply.reason}`);
    if (wget.spider) return say(wget, 'remote file exists\n');
    return save(wget, reply, path, deadline);
  }
}

function parsed(text: string, shown: string, base?: Url): Url {
  const url = base ? resolveLocation(base, text) : parseUrl(text);
  if (typeof url === 'object') return url;
  throw new Complaint(url === 'scheme' ? `not an http or ftp url: ${shown}` : `bad address '${shown}'`);
}

async function ask(wget: Wget, url: Url, deadline: Deadline): Promise<Reply> {
  const { process } = wget;
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(process, url.host, deadline);
  } catch (error) {
    if (!(error instanceof ExchangeFailure) || error.kind === 'deadline') throw error;
    throw new Complaint(`bad address '${hostHeader(url)}'`);
  }
  await say(wget, `Connecting to ${hostHeader(url)} (${addresses[0]}:${url.port})\n`);
  if (url.scheme === 'https') await say(wget, 'wget: note: TLS certificate validation not implemented\n');
  const method = wget.spider ? 'HEAD' : wget.body ? 'POST' : 'GET';
  const credentials = url.credentials !== undefined && { authorization: `Basic ${btoa(url.credentials)}` };
  const request = {
    url,
    method,
    headers: { ...credentials, ...wget.headers },
    addresses,
    ...(wget.body && { body: wget.body }),
  };
  return exchange(process, request, deadline);
}

const headText = (reply: Reply): string =>
  `${[`HTTP/1.1 ${reply.status} ${reply.reason}`, ...reply.head.map((header) => header.join(': '))]
    .map((line) => `  ${line}\n`)
    .join('')}  \n`;

async function save(wget: Wget, reply: Reply, path: string, deadline: Deadline): Promise<void> {
  const { process } = wget;
  const toStdout = path === '-';
  await say(wget, toStdout ? 'writing to stdout\n' : `saving to '${path}'\n`);
  let output: Output;
  try {
    output = new Output(process, path);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new Complaint(`can't open '${path}': ${error.message}`);
  }
  await eachPiece(reply.body, deadline, (bytes) => output.write(bytes));
  await say(wget, `${progress(path.replace(/^.*\//, ''), output.size)}\n`);
  await say(wget, toStdout ? 'written to stdout\n' : `'${path}' saved\n`);
}

/** The last state of busybox's progress bar. */
function progress(name: string, size: number): string {
  const shown =
    size < 100_000
      ? String(size)
      : size < 100_000 * 1024
        ? `${Math.floor(size / 1024)}k`
        : `${Math.floor(size / 1024 ** 2)}M`;
  return `${name.slice(0, NAME_WIDTH).padEnd(NAME_WIDTH)} 100% |${'*'.repeat(BAR_WIDTH)}| ${shown.padStart(5)}  0:00:00 ETA`;
}

const say = async (wget: Wget, text: string): Promise<void> => {
  if (!wget.quiet) await print(wget.process.stderr, text);
};
