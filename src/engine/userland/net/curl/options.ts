/** curl's command line. */

import { concat } from '#engine/http';
import { absolute, OsError, type Process, readBytes } from '#engine/os';

/** A wrong command line or a setting that cannot be: `curl: message` and the exit code. */
export class CurlError extends Error {
  override readonly name = 'CurlError';
  constructor(
    readonly code: number,
    message: string,
    /** Before the message stands `curl: (code) `, otherwise just `curl: `. */
    readonly numbered = true,
  ) {
    super(message);
  }
}

export interface CurlOptions {
  silent: boolean;
  showError: boolean;
  fail: boolean;
  failWithBody: boolean;
  include: boolean;
  head: boolean;
  verbose: boolean;
  location: boolean;
  insecure: boolean;
  get: boolean;
  remoteName: boolean;
  noProgress: boolean;
  retryRefused: boolean;
  retryAllErrors: boolean;
  createDirs: boolean;
  failEarly: boolean;
  method?: string;
  /** One per URL, in order. */
  outputs: string[];
  outputDirectory?: string;
  readonly headers: string[];
  body?: Uint8Array;
  json: boolean;
  user?: string;
  userAgent?: string;
  referer?: string;
  cookie?: string;
  caFile?: string;
  writeOut?: string;
  dumpHeader?: string;
  maxTimeMs?: number;
  connectTimeoutMs?: number;
  maxRedirects: number;
  retries: number;
  retryDelayMs?: number;
  /** `host:port` to addresses. */
  readonly resolve: Map<string, readonly string[]>;
  readonly urls: string[];
}

/** Pairs of a letter and the long name it stands for. */
const SHORT = new Map(
  (
    's silent S show-error f fail i include I head v verbose o output O remote-name X request H header d data k insecure L location w write-out ' +
    'm max-time u user A user-agent G get e referer b cookie D dump-header N no-buffer # progress-bar x proxy F form T upload-file g globoff ' +
    '4 ipv4 6 ipv6 K config c cookie-jar C continue-at r range E cert Z parallel 0 http1.0 q disable R remote-time'
  )
    .split(' ')
    .flatMap((word, i, words) => (i % 2 === 0 ? [[word, words[i + 1] as string] as const] : [])),
);

type Apply = (options: CurlOptions, process: Process, value: string) => Promise<void> | void;

/** Options that switch one setting on. */
const FLAGS: { readonly [name: string]: keyof CurlOptions } = {
  silent: 'silent',
  'show-error': 'showError',
  fail: 'fail',
  'fail-with-body': 'failWithBody',
  'fail-early': 'failEarly',
  include: 'include',
  'show-headers': 'include',
  head: 'head',
  verbose: 'verbose',
  location: 'location',
  'location-trusted': 'location',
  insecure: 'insecure',
  get: 'get',
  'remote-name': 'remoteName',
  'no-progress-meter': 'noProgress',
  'retry-connrefused': 'retryRefused',
  'retry-all-errors': 'retryAllErrors',
  'create-dirs': 'createDirs',
};

/** Make no difference here: one protocol version, no buffering, no globbing, IPv4. */
const IGNORED_FLAGS = new Set(
  (
    'no-buffer progress-bar globoff ipv4 http1.0 http1.1 http2 http2-prior-knowledge disable compressed no-keepalive tcp-nodelay tlsv1.2 ' +
    'tlsv1.3 path-as-is remote-time'
  ).split(' '),
);

const text =
  (key: keyof CurlOptions): Apply =>
  (options, _, value) => {
    Object.assign(options, { [key]: value });
  };
const number =
  (key: keyof CurlOptions, shown: string, factor = 1): Apply =>
  (options, _, value) => {
    Object.assign(options, { [key]: seconds(value, shown) * factor });
  };

const VALUES: { readonly [name: string]: Apply } = {
  output: (o, _, value) => void o.outputs.push(value),
  'output-dir': text('outputDirectory'),
  request: text('method'),
  header: async (o, process, value) => {
    if (value.startsWith('@'))
      o.headers.push(
        ...new TextDecoder()
          .decode(await content(process, value.slice(1)))
          .split('\n')
          .filter(Boolean),
      );
    else o.headers.push(value);
  },
  data: (o, process, value) => addData(o, process, value, 'text'),
  'data-ascii': (o, process, value) => addData(o, process, value, 'text'),
  'data-binary': (o, process, value) => addData(o, process, value, 'binary'),
  'data-raw': (o, process, value) => addData(o, process, value, 'raw'),
  'data-urlencode': async (o, process, value) => append(o, encoder.encode(await encoded(process, value))),
  json: async (o, process, value) => {
    o.json = true;
    append(o, value.startsWith('@') ? await content(process, value.slice(1)) : encoder.encode(value), '');
  },
  'upload-file': async (o, process, value) => {
    o.method ??= 'PUT';
    o.body = await content(process, value);
  },
  user: text('user'),
  'user-agent': text('userAgent'),
  referer: text('referer'),
  cookie: text('cookie'),
  range: (o, _, value) => void o.headers.push(`Range: bytes=${value}`),
  cacert: text('caFile'),
  'oauth2-bearer': (o, _, value) => void o.headers.push(`Authorization: Bearer ${value}`),
  'write-out': async (o, process, value) => {
    o.writeOut = value.startsWith('@') ? new TextDecoder().decode(await content(process, value.slice(1))) : value;
  },
  'dump-header': text('dumpHeader'),
  'max-time': number('maxTimeMs', '--max-time', 1000),
  'connect-timeout': number('connectTimeoutMs', '--connect-timeout', 1000),
  'max-redirs': number('maxRedirects', '--max-redirs'),
  retry: number('retries', '--retry'),
  'retry-delay': number('retryDelayMs', '--retry-delay', 1000),
  'retry-max-time': () => undefined,
  'keepalive-time': () => undefined,
  resolve: (o, _, value) => {
    const [, host = '', port = '', addresses = ''] = /^\+?([^:]+):(\d+):(.+)$/.exec(value) ?? [];
    if (host === '') throw new CurlError(49, `Couldn't parse CURLOPT_RESOLVE entry '${value}'`);
    o.resolve.set(`${host.toLowerCase()}:${port}`, addresses.split(','));
  },
  url: (o, _, value) => void o.urls.push(value),
};

/** Real options that nothing here can do: refused, not forgotten. */
const UNSUPPORTED = new Set(
  'proxy form config cookie-jar continue-at cert key parallel unix-socket connect-to socks5 limit-rate interface'.split(
    ' ',
  ),
);

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information";
const encoder = new TextEncoder();

/** Throws CurlError. */
export async function parseCurl(process: Process): Promise<CurlOptions> {
  const options: CurlOptions = {
    silent: false,
    showError: false,
    fail: false,
    failWithBody: false,
    include: false,
    head: false,
    verbose: false,
    location: false,
    insecure: false,
    get: false,
    remoteName: false,
    noProgress: false,
    retryRefused: false,
    retryAllErrors: false,
    createDirs: false,
    failEarly: false,
    outputs: [],
    headers: [],
    json: false,
    maxRedirects: 50,
    retries: 0,
    resolve: new Map(),
    urls: [],
  };
  const queue = process.argv.slice(1);
  let onlyOperands = false;
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (onlyOperands || !arg.startsWith('-') || arg === '-') options.urls.push(arg);
    else if (arg === '--') onlyOperands = true;
    else if (arg.startsWith('--')) await long(options, process, arg, queue);
    else await letters(options, process, arg, queue);
  }
  return options;
}

async function long(options: CurlOptions, process: Process, arg: string, queue: string[]): Promise<void> {
  const name = arg.slice(2);
  const value = VALUES[name];
  if (value) await value(options, process, needed(queue.shift(), arg));
  else flag(options, name, arg);
}

async function letters(options: CurlOptions, process: Process, arg: string, queue: string[]): Promise<void> {
  for (let i = 1; i < arg.length; i++) {
    const letter = arg[i] as string;
    const name = SHORT.get(letter) ?? '';
    const value = VALUES[name];
    if (value) {
      await value(options, process, needed(arg.slice(i + 1) || queue.shift(), `-${letter}`));
      return;
    }
    flag(options, name, `-${letter}`);
  }
}

function flag(options: CurlOptions, name: string, shown: string): void {
  if (name === 'ipv6') throw new CurlError(2, 'option -6: the installed libcurl version does not support this', false);
  if (UNSUPPORTED.has(name)) throw new CurlError(2, `option ${shown}: is not simulated`, false);
  if (IGNORED_FLAGS.has(name)) return;
  const key = FLAGS[name] ?? FLAGS[name.replace(/^no-/, '')];
  if (key) Object.assign(options, { [key]: FLAGS[name] !== undefined });
  else throw new CurlError(2, `option ${shown}: is unknown\n${HINT}`, false);
}

function needed(value: string | undefined, shown: string): string {
  if (value !== undefined) return value;
  throw new CurlError(2, `option ${shown}: requires parameter\n${HINT}`, false);
}

function seconds(text: string, shown: string): number {
  if (/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return Number(text);
  throw new CurlError(2, `option ${shown}: expected a proper numerical parameter\n${HINT}`, false);
}

/** Several -d are joined with `&`. */
function append(options: CurlOptions, bytes: Uint8Array, separator = '&'): void {
  options.body = options.body ? concat([options.body, encoder.encode(separator), bytes]) : bytes;
}

async function addData(
  options: CurlOptions,
  process: Process,
  value: string,
  kind: 'text' | 'binary' | 'raw',
): Promise<void> {
  if (kind === 'raw' || !value.startsWith('@')) return append(options, encoder.encode(value));
  const bytes = await content(process, value.slice(1));
  append(options, kind === 'text' ? bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0) : bytes);
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
async function encoded(process: Process, value: string): Promise<string> {
  const at = value.search(/[=@]/);
  if (at < 0) return percentEncoded(value);
  const name = value.slice(0, at);
  const text =
    value[at] === '@' ? new TextDecoder().decode(await content(process, value.slice(at + 1))) : value.slice(at + 1);
  return `${name === '' ? '' : `${name}=`}${percentEncoded(text)}`;
}

const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

async function content(process: Process, path: string): Promise<Uint8Array> {
  if (path === '-') return readBytes(process.stdin);
  try {
    return process.fs.readFile(absolute(path, process.cwd));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new CurlError(26, `Failed to open ${path}`, false);
  }
}
