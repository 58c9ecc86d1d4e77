/** One run of kubectl: its process, flags and arguments, and the way to the cluster. What every command is handed. */
import type { Process } from '#engine/os';
import type { FlagSet } from './cobra/flags.ts';
import { ClientConfig, type Namespace } from './config/client-config.ts';
import { absolute } from './config/kubeconfig.ts';
import { BareError, CommandError, UrlError, UsageError } from './errors.ts';
import { type ApiGroup, discover } from './rest/discovery.ts';
import { RestMapper } from './rest/mapper.ts';
import { Rest } from './rest/rest.ts';
import { parseDuration } from './text/duration.ts';
import { klog } from './text/klog.ts';

const encoder = new TextEncoder();

export class Session {
  readonly config: ClientConfig;
  private readonly pending: { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] = [];
  private restClient: Rest | undefined;
  private restMapper: RestMapper | undefined;
  private readonly warned = new Set<string>();
  private warnings = 0;

  constructor(
    readonly process: Process,
    /** The help of the command that runs. */
    readonly help: () => string,
    readonly flags: FlagSet,
    readonly args: readonly string[],
    readonly argsBeforeDash: number,
    private readonly telemetry: { readonly [name: string]: string } = {},
  ) {
    this.config = new ClientConfig(process, flags);
  }

  out(text: string): void {
    if (text !== '') this.pending.push({ stream: 'stdout', text });
  }

  err(text: string): void {
    if (text !== '') this.pending.push({ stream: 'stderr', text });
  }

  warn(message: string): void {
    this.err(`Warning: ${message}\n`);
  }

  /** What was printed since the last flush goes out, in order. */
  async flush(): Promise<void> {
    for (const { stream, text } of this.pending.splice(0)) await this.process[stream].write(encoder.encode(text));
  }

  /** Bytes that are not ours to decode (logs, exec). */
  async writeBytes(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.process[stream].write(bytes);
  }

  namespace(): Namespace {
    return this.config.namespace();
  }

  usage(message: string): UsageError {
    return new UsageError(message);
  }

  rest(): Rest {
    if (!this.restClient && this.flags.int('v') >= 6) this.tellConfig();
    this.restClient ??= new Rest(
      this.process.net.fetch,
      this.config.rest((text) => this.out(text)),
      {
        warn: (message) => {
          this.warnings++;
          if (!this.warned.has(message)) this.warn(message);
          this.warned.add(message);
        },
        log: {
          verbosity: this.flags.int('v'),
          now: () => this.process.clock.now(),
          line: (place, message) => this.err(klog(this.process, 'I', place, message)),
        },
      },
      this.requestTimeout(),
      this.telemetry,
    );
    return this.restClient;
  }

  private tellConfig(): void {
    const { process, config } = this;
    for (const path of config.paths().map((one) => absolute(process.cwd, one))) {
      if (process.fs.exists(path)) this.err(klog(process, 'I', 'loader.go:402', `Config loaded from file:  ${path}`));
    }
  }

  /** Discovery, once a run. `tries` is how often upstream's caches ask before they give up: each failure is logged. */
  async mapper(tries = 5): Promise<RestMapper> {
    if (this.restMapper) return this.restMapper;
    const rest = this.rest();
    let groups: readonly ApiGroup[];
    try {
      groups = await discover(rest);
    } catch (error) {
      if (
        error instanceof Error &&
        (error instanceof UrlError || /asked for the client|Unauthorized/.test(error.message))
      ) {
        const why = `couldn't get current server API group list: ${error.message}`;
        for (let i = 0; i < tries; i++)
          this.err(klog(this.process, 'E', 'memcache.go:265', `"Unhandled Error" err=${JSON.stringify(why)}`));
      }
      throw error;
    }
    this.restMapper = new RestMapper(groups);
    return this.restMapper;
  }

  private requestTimeout(): { readonly text: string } | undefined {
    const text = this.flags.string('request-timeout');
    if (text === '' || text === '0') return undefined;
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
    if (ms === undefined) {
      throw new CommandError(
        'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      );
    }
    if (ms > 0 && ms < 1) throw new BareError('context deadline exceeded');
    return ms > 0 ? { text: /^\d+$/.test(text) ? `${text}s` : text } : undefined;
  }

  /** After the command: with --warnings-as-errors a warning fails it. */
  checkWarnings(): void {
    if (!this.flags.bool('warnings-as-errors') || this.warnings === 0) return;
    throw new CommandError(this.warnings === 1 ? '1 warning received' : `${this.warnings} warnings received`);
  }

  /** A path as the process sees it. */
  resolve(path: string): string {
    return absolute(this.process.cwd, path);
  }

  /** A file's text. Throws OsError. */
  readText(path: string): string {
    return new TextDecoder().decode(this.process.fs.readFile(this.resolve(path)));
  }

  async readStdin(): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    await this.process.stdin.forEach((bytes) => {
      text += decoder.decode(bytes, { stream: true });
    });
    return text;
  }
}
