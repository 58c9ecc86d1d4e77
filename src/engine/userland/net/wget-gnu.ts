/** wget of GNU. */
import { OsError, type Process, print } from '#engine/os';
import { civilTime } from '#engine/sim';
import { type Applet, type OptionSpec, parseOptions, pathOf, UsageError } from '../applet.ts';
import { pad } from '../http-date.ts';
import { Deadline } from './deadline.ts';
import { addressesOf, ERRNO_TEXTS, ExchangeFailure, eachPiece, exchange, isRedirect, type Reply } from './exchange.ts';
import { Output } from './output.ts';
import { formatUrl, isIpv4, parseUrl, remoteName, resolveLocation, type Url } from './url.ts';

const VERSION = '1.25.0';
const MAX_REDIRECTIONS = 20;
const DEFAULT_TRIES = 20;
/** Exit codes: GNU wget's "Exit Status". */
const PARSE_ERROR = 2;
const FILE_ERROR = 3;
const NETWORK_ERROR = 4;
const VERIFY_ERROR = 5;
const SERVER_ERROR = 8;

interface Wget {
  readonly process: Process;
  readonly quiet: boolean;
  /** -nv: one line per file. */
  readonly brief: boolean;
  readonly showHeaders: boolean;
  readonly spider: boolean;
  readonly insecure: boolean;
  readonly output: string | undefined;
  readonly directory: string | undefined;
  readonly method: string | undefined;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number | undefined;
  readonly tries: number;
}

class Exit extends Error {
  override readonly name = 'Exit';
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** @fidelity partial: HTTP(S) only; no recursion, proxies, resumed downloads or timestamps */
export const gnuWget: Applet = async (process) => {
  const [wget, urls] = configure(process);
  if (urls.length === 0) throw new UsageError('missing URL\nUsage: wget [OPTION]... [URL]...\n');
  let code = 0;
  for (const url of urls) {
    try {
      await retrieve(wget, url);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
  }
  return code;
};

const OPTIONS: OptionSpec = {
  flags: 'qSd',
  values: 'OPTtUo',
  long: {
    quiet: 'q',
    'no-verbose': 'no-verbose',
    'server-response': 'S',
    spider: 'spider',
    'output-document=': 'O',
    'directory-prefix=': 'P',
    'timeout=': 'T',
    'connect-timeout=': 'T',
    'read-timeout=': 'T',
    'tries=': 't',
    'user-agent=': 'U',
    'header=': 'header',
    'method=': 'method',
    'post-data=': 'body',
    'body-data=': 'body',
    'post-file=': 'file',
    'body-file=': 'file',
    'user=': 'user',
    'password=': 'password',
    'no-check-certificate': 'insecure',
    'no-clobber': 'no-clobber',
    'no-proxy': 'no-proxy',
    'show-progress': 'show-progress',
    'content-on-error': 'content-on-error',
    'progress=': 'progress',
    'waitretry=': 'waitretry',
    'retry-connrefused': 'retry-connrefused',
  },
};

function configure(process: Process): [Wget, readonly string[]] {
  // `-nv` is one option of two letters.
  const argv = process.argv.map((arg) => (arg === '-nv' ? '--no-verbose' : arg === '-nc' ? '--no-clobber' : arg));
  const options = parseOptions(argv, OPTIONS);
  const file = options.value('file');
  const data = options.value('body');
  const body =
    file === undefined
      ? data === undefined
        ? undefined
        : new TextEncoder().encode(data)
      : process.fs.readFile(pathOf(process, file));
  const timeout = options.value('T');
  const user = options.value('user');
  const headers: { [name: string]: string } = {
    'user-agent': options.value('U') ?? `Wget/${VERSION}`,
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'Keep-Alive',
    ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(user !== undefined && { authorization: `Basic ${btoa(`${user}:${options.value('password') ?? ''}`)}` }),
  };
  for (const line of options.all('header')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  const wget: Wget = {
    process,
    quiet: options.has('q'),
    brief: options.has('no-verbose'),
    showHeaders: options.has('S'),
    spider: options.has('spider'),
    insecure: options.has('insecure'),
    output: options.value('O'),
    directory: options.value('P'),
    method: options.value('method'),
    headers,
    body,
    timeoutMs: timeout === undefined || Number(timeout) === 0 ? undefined : Number(timeout) * 1000,
    tries: Number(options.value('t') ?? DEFAULT_TRIES) || Number.POSITIVE_INFINITY,
  };
  return [wget, options.operands];
}

/** `2026-01-01 00:00:00` */
function stamp({ clock }: Process): string {
  const t = civilTime(clock.now());
  return `${t.year}-${pad(t.month)}-${pad(t.day)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`;
}

const say = async (wget: Wget, text: string): Promise<void> => {
  if (!wget.quiet && !wget.brief) await print(wget.process.stderr, text);
};
/** Said even with -nv. */
const complain = async (wget: Wget, text: string): Promise<void> => {
  if (!wget.quiet) await print(wget.process.stderr, text);
};

async function retrieve(wget: Wget, text: string): Promise<void> {
  const { process } = wget;
  if (wget.spider) await say(wget, 'Spider mode enabled. Check if remote file exists.\n');
  let url = parseUrl(text);
  const first = url;
  for (let redirections = 0; ; redirections++) {
    if (typeof url !== 'object' || typeof first !== 'object') {
      await complain(
        wget,
        `${text}: ${url === 'scheme' ? `Unsupported scheme ‘${text.split(':')[0]}’` : 'Invalid host name'}.\n`,
      );
      throw new Exit(PARSE_ERROR);
    }
    if (redirections > MAX_REDIRECTIONS) {
      await complain(wget, `${MAX_REDIRECTIONS} redirections exceeded.\n`);
      throw new Exit(SERVER_ERROR);
    }
    await say(wget, `--${stamp(process)}--  ${formatUrl(url)}\n`);
    const deadline = new Deadline(process, wget.timeoutMs);
    try {
      const reply = await withTries(wget, url);
      const location = reply.headers.location;
      if (!isRedirect(reply.status) || location === undefined) {
        await settle(wget, url, remoteName(first) || 'index.html', reply, deadline);
        return;
      }
      url = resolveLocation(url, location);
      await say(wget, `Location: ${location} [following]\n`);
    } finally {
      deadline.end();
    }
  }
}

async function withTries(wget: Wget, url: Url): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const deadline = new Deadline(wget.process, wget.timeoutMs);
    try {
      return await ask(wget, url, deadline);
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      const isWorthIt = error.kind === 'deadline' || error.kind === 'timeout' || error.kind === 'reset';
      await say(
        wget,
        `${error.kind === 'reset' ? 'Read error (Connection reset by peer) in headers' : `failed: ${ERRNO_TEXTS[error.kind]}`}.\n`,
      );
      if (!isWorthIt) throw new Exit(NETWORK_ERROR);
      if (attempt >= wget.tries) {
        await say(wget, 'Giving up.\n\n');
        throw new Exit(NETWORK_ERROR);
      }
      await say(wget, 'Retrying.\n\n');
      await wget.process.clock.sleep(Math.min(attempt, 10) * 1000, 'wget: retry');
      await say(wget, `--${stamp(wget.process)}--  (try:${String(attempt + 1).padStart(2)})  ${formatUrl(url)}\n`);
    } finally {
      deadline.end();
    }
  }
}

async function ask(wget: Wget, url: Url, deadline: Deadline): Promise<Reply> {
  const { process } = wget;
  const addresses = await resolve(wget, url, deadline);
  const method = wget.method ?? (wget.spider ? 'HEAD' : wget.body ? 'POST' : 'GET');
  const credentials = url.credentials !== undefined && { authorization: `Basic ${btoa(url.credentials)}` };
  const request = {
    url,
    method,
    headers: { ...credentials, ...wget.headers },
    addresses,
    ...(wget.body && { body: wget.body }),
  };
  const named = isIpv4(url.host) ? `${url.host}:${url.port}` : '';
  const reply = await exchange(process, request, deadline, (address) =>
    say(wget, `Connecting to ${named || `${url.host} (${url.host})|${address}|:${url.port}`}... `),
  );
  await say(wget, 'connected.\n');
  if (url.scheme === 'https' && !wget.insecure) {
    await complain(
      wget,
      `ERROR: The certificate of ‘${url.host}’ is not trusted.\nERROR: The certificate of ‘${url.host}’ doesn't have a known issuer.\n`,
    );
    throw new Exit(VERIFY_ERROR);
  }
  await say(
    wget,
    `HTTP request sent, awaiting response... ${wget.showHeaders ? '' : `${reply.status} ${reply.reason}`}\n`,
  );
  if (wget.showHeaders) {
    const lines = [`HTTP/1.1 ${reply.status} ${reply.reason}`, ...reply.head.map((header) => header.join(': '))];
    await complain(wget, lines.map((line) => `  ${line}\n`).join(''));
  }
  return reply;
}

async function resolve(wget: Wget, url: Url, deadline: Deadline): Promise<readonly string[]> {
  if (isIpv4(url.host)) return [url.host];
  await say(wget, `Resolving ${url.host} (${url.host})... `);
  try {
    const addresses = await addressesOf(wget.process, url.host, deadline);
    await say(wget, `${addresses.join(', ')}\n`);
    return addresses;
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error;
    await say(wget, 'failed: Name or service not known.\n');
    await complain(wget, `wget: unable to resolve host address ‘${url.host}’\n`);
    throw new Exit(NETWORK_ERROR);
  }
}

async function settle(wget: Wget, url: Url, name: string, reply: Reply, deadline: Deadline): Promise<void> {
  const { process } = wget;
  if (wget.spider && reply.status === 404) {
    await say(wget, 'Remote file does not exist -- broken link!!!\n\n');
    throw new Exit(SERVER_ERROR);
  }
  if (reply.status >= 400) {
    await complain(
      wget,
      `${wget.brief ? `${formatUrl(url)}:\n` : ''}${stamp(process)} ERROR ${reply.status}: ${reply.reason}.\n${wget.brief ? '' : '\n'}`,
    );
    throw new Exit(SERVER_ERROR);
  }
  const type = reply.headers['content-type']?.split(';')[0];
  const length = reply.headers['content-length'];
  await say(
    wget,
    `Length: ${length === undefined ? 'unspecified' : sized(Number(length))}${type === undefined ? '' : ` [${type}]`}\n`,
  );
  if (wget.spider) return say(wget, 'Remote file exists.\n\n');
  const path = wget.output ?? freeName(process, wget.directory === undefined ? name : `${wget.directory}/${name}`);
  const shown = path === '-' ? '‘STDOUT’' : `‘${path}’`;
  await say(wget, `Saving to: ${shown}\n`);
  const startedAt = process.clock.now();
  const output = await open(wget, path);
  await eachPiece(reply.body, deadline, (bytes) => output.write(bytes));
  const rate = speed(output.size, process.clock.now() - startedAt);
  await say(wget, `\n     0K${' '.repeat(55)}100% ${rate.replace(/ .*/, '')}=0s\n\n`);
  const outcome = path === '-' ? 'written to stdout' : `${shown} saved`;
  await say(
    wget,
    `${stamp(process)} (${rate}) - ${outcome} [${output.size}${length === undefined ? '' : `/${length}`}]\n\n`,
  );
  if (wget.brief)
    await complain(wget, `${stamp(process)} URL:${formatUrl(url)} [${output.size}/${output.size}] -> "${path}" [1]\n`);
}

async function open(wget: Wget, path: string): Promise<Output> {
  try {
    return new Output(wget.process, path === '-' ? path : pathOf(wget.process, path));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await complain(wget, `${path}: ${error.message}\n`);
    throw new Exit(FILE_ERROR);
  }
}

/** A file is never written over: the next gets `.1` behind its name. */
function freeName(process: Process, path: string): string {
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? path : `${path}.${i}`;
    if (!process.fs.exists(pathOf(process, candidate))) return candidate;
  }
}

const sized = (bytes: number): string => (bytes < 1024 ? String(bytes) : `${bytes} (${human(bytes)})`);
const human = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)}K` : `${(bytes / 1024 ** 2).toFixed(1)}M`;

function speed(bytes: number, ms: number): string {
  const perSecond = (bytes * 1000) / Math.max(ms, 0.01);
  return perSecond < 1024 ** 2 ? `${(perSecond / 1024).toFixed(1)} KB/s` : `${(perSecond / 1024 ** 2).toFixed(1)} MB/s`;
}
