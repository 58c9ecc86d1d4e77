/**
 * What `-v=6` and more say of each request: structured lines, whose amount depends on the level.
 * @upstream staging/src/k8s.io/client-go/transport/round_trippers.go debuggingRoundTripper, client-go/rest/request.go logBody
 * @fidelity partial: dialling and TLS take no time of their own here
 */
import type { Body, HttpRequest, HttpResponse } from '#engine/http';

/** Where the lines go. */
export interface RoundTripLog {
  /** `-v`. */
  readonly verbosity: number;
  /** Milliseconds of virtual time. */
  now(): number;
  /** A klog line of a place in upstream's source. */
  line(place: string, message: string): void;
}

const STATUS_TEXT: { readonly [code: number]: string } = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const statusText = (code: number): string => `${code} ${STATUS_TEXT[code] ?? ''}`.trimEnd();

type Value = string | number;

/** `key="text"`; a text of several lines stands below its key, indented. */
function pair(key: string, value: Value): string {
  if (typeof value === 'number') return `${key}=${value}`;
  if (!value.includes('\n')) return `${key}=${JSON.stringify(value)}`;
  const lines = value.endsWith('\n') ? value.slice(0, -1) : value;
  return `${key}=<\n${lines.replace(/^/gm, '\t')}\n >`;
}

const message = (title: string, pairs: readonly (readonly [string, Value])[]): string =>
  [JSON.stringify(title), ...pairs.map(([key, value]) => pair(key, value))].join(' ');

/** `kubectl-session` -> `Kubectl-Session` */
const canonical = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

const AUTHORIZATION = 'Authorization';
const KNOWN_TYPES = new Set(['bearer', 'basic', 'negotiate']);

/** Secrets stay out of logs. */
function masked(name: string, value: string): string {
  if (name !== AUTHORIZATION || value === '') return value;
  const [type = ''] = value.split(' ', 1);
  if (!KNOWN_TYPES.has(type.toLowerCase())) return '<masked>';
  return value.length > type.length + 1 ? `${type} <masked>` : type;
}

/** Sorted, as `Name: value`. What is added further out (the command's session) is not seen here, as upstream. */
function headerLines(headers: HttpRequest['headers']): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith('kubectl-'))
    .map(([name, value]) => [canonical(name), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${masked(name, value)}`);
}

const headersOf = (headers: HttpRequest['headers']): string =>
  headerLines(headers)
    .map((line) => `${line}\n`)
    .join('');

function curl({ method, headers }: HttpRequest, url: string): string {
  const flags = headerLines(headers).map((line) => ` -H ${JSON.stringify(line)}`);
  return `curl -v -X${method} ${flags.join('')} '${url}'\n`;
}

/** A body's beginning: 1024 characters at 8, 10240 at 9, all of it above. */
function truncated(text: string, verbosity: number): string {
  const most = verbosity >= 10 ? text.length : verbosity === 9 ? 10_240 : 1024;
  return text.length <= most ? text : `${text.slice(0, most)} [truncated ${text.length - most} chars]`;
}

function textOf(body: Body | undefined): string | undefined {
  if (body?.kind === 'json') return `${JSON.stringify(body.value)}\n`;
  if (body?.kind === 'text') return body.text;
  return body?.kind === 'bytes' ? new TextDecoder().decode(body.bytes) : undefined;
}

/** The lines of one request after the other; `dialled` remembers that the connection is there. */
export class RoundTrips {
  private dialled = false;

  constructor(private readonly log: RoundTripLog) {}

  /** Before the request is sent; the answer tells the log how it ended. */
  begin(request: HttpRequest, url: string): (response: HttpResponse | undefined) => void {
    const { verbosity } = this.log;
    if (verbosity < 6) return () => undefined;
    const { method } = request;
    const start = this.log.now();
    if (verbosity >= 8) this.body('Request Body', request.body);
    if (verbosity >= 9) {
      this.log.line('round_trippers.go:527', message('Request', [['curlCommand', curl(request, url)]]));
      this.dial(url);
    } else if (verbosity >= 7) {
      const pairs = [
        ['verb', method],
        ['url', url],
        ['headers', headersOf(request.headers)],
      ] as const;
      this.log.line('round_trippers.go:527', message('Request', pairs));
    }
    const reused = this.dialled;
    this.dialled = true;
    return (response) => this.end(method, url, response, start, reused);
  }

  private end(method: string, url: string, response: HttpResponse | undefined, start: number, reused: boolean): void {
    const { verbosity } = this.log;
    const took = Math.floor(this.log.now() - start);
    const names = verbosity === 6 || verbosity >= 9;
    const connection = [
      ['dnsLookupMilliseconds', 0],
      ['dialMilliseconds', 0],
      ['tlsHandshakeMilliseconds', 0],
    ] as const;
    const pairs: readonly (readonly [string, Value])[] = [
      ...(names
        ? ([
            ['verb', method],
            ['url', url],
          ] as const)
        : []),
      ['status', response ? statusText(response.status) : ''],
      ...(verbosity >= 8 ? ([['headers', headersOf(response?.headers ?? {})]] as const) : []),
      ['milliseconds', took],
      ...(verbosity < 9 ? [] : reused ? ([['getConnectionMilliseconds', 0]] as const) : connection),
      ...(verbosity >= 9 && response && took > 0 ? ([['serverProcessingMilliseconds', took]] as const) : []),
    ];
    this.log.line('round_trippers.go:632', message('Response', pairs));
    if (verbosity >= 8) this.body('Response Body', response?.body);
  }

  private dial(url: string): void {
    if (this.dialled) return;
    const address = /^[a-z]+:\/\/([^/?]+)/.exec(url)?.[1] ?? '';
    const pairs = [
      ['network', 'tcp'],
      ['address', address.includes(':') ? address : `${address}:443`],
    ] as const;
    this.log.line('round_trippers.go:562', message('HTTP Trace: Dial succeed', pairs));
  }

  private body(title: string, body: Body | undefined): void {
    const text = textOf(body);
    if (text === undefined) return;
    this.log.line('helper.go:113', message(title, [['body', truncated(text, this.log.verbosity)]]));
  }
}
