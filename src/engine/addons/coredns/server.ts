/** The coredns program: reads a Corefile, builds the chain of plugins of each server block, answers on port 53. */
import type { Client } from '#engine/client-go';
import {
  type DnsRecordType,
  type DnsResponse,
  dnsReply,
  type Handler,
  type Listener,
  NetError,
  textResponse,
} from '#engine/http';
import { absolute, OsError, type Process, type Program, print } from '#engine/os';
import { CorefileError, PLUGIN_ORDER, type PluginConfig, parseCorefile, type ServerBlock } from './corefile.ts';
import { kubernetesPlugin } from './kubernetes.ts';
import { type DnsPlugin, type Question, REFUSED, SERVFAIL } from './plugin.ts';
import {
  cachePlugin,
  errorsPlugin,
  forwardPlugin,
  hostsPlugin,
  loadbalancePlugin,
  logPlugin,
  rewritePlugin,
  whoamiPlugin,
} from './plugins.ts';

const VERSION = '1.14.2';
const DEFAULT_COREFILE = '.:53 {\n    whoami\n    log\n}\n';
/** How long `kubernetes` may hold the start back. */
const SYNC_TIMEOUT_MS = 5000;
const RELOAD_MS = 30_000;
const RELOAD_JITTER_MS = 15_000;

interface Instance {
  readonly source: string;
  readonly blocks: readonly { readonly block: ServerBlock; readonly plugins: readonly DnsPlugin[] }[];
  readonly listeners: Listener[];
  readonly stop: AbortController;
  queries: number;
}

/**
 * CoreDNS as a Program. `client` reads Services, EndpointSlices, Namespaces and, for verified Pods, Pods.
 * @fidelity partial: plugins kubernetes, forward, hosts, cache, rewrite (names), loadbalance, errors, log, health, ready, reload, prometheus (a few counters); no DNSSEC, zone transfer, file or template
 */
export function createCoreDns(client: Client): Program {
  return async (process) => {
    const at = process.argv.indexOf('-conf');
    const path = absolute(at < 0 ? 'Corefile' : (process.argv[at + 1] ?? ''), process.cwd);
    let instance: Instance;
    try {
      instance = start(process, client, readCorefile(process, path, at >= 0));
    } catch (error) {
      if (!(error instanceof CorefileError || error instanceof NetError)) throw error;
      await print(process.stdout, `${error.message}\n`);
      return 1;
    }
    return serve(process, client, path, instance);
  };
}

async function serve(process: Process, client: Client, path: string, first: Instance): Promise<number> {
  let instance = first;
  let stopping: (() => void) | undefined;
  const stopped = new Promise<void>((resolve) => {
    stopping = resolve;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => stopping?.());
  await untilSynced(process, instance);
  listen(process, instance);
  const zones = instance.blocks.flatMap(({ block }) =>
    block.zones.map((zone) => `${zone}.:${block.port}`.replace(/^\.\.:/, '.:')),
  );
  await print(
    process.stdout,
    `${zones.join('\n')}\n[INFO] plugin/reload: Running configuration SHA512 = ${fingerprint(instance.source)}\nCoreDNS-${VERSION}\nlinux/amd64, go1.26, podarium\n`,
  );
  const reload = async () => {
    const source = readCorefile(process, path, false);
    if (source === instance.source) return;
    await print(process.stdout, '[INFO] Reloading\n');
    try {
      const next = start(process, client, source);
      close(instance);
      await untilSynced(process, next);
      listen(process, next);
      instance = next;
      await print(
        process.stdout,
        `[INFO] plugin/reload: Running configuration SHA512 = ${fingerprint(source)}\n[INFO] Reloading complete\n`,
      );
    } catch (error) {
      if (!(error instanceof CorefileError || error instanceof NetError)) throw error;
      await print(
        process.stdout,
        `[ERROR] Restart failed: ${error.message}\n[ERROR] plugin/reload: Corefile changed but reload failed: ${error.message}\n`,
      );
    }
  };
  process.onSignal('SIGUSR1', () => void reload());
  const timer = reloading(instance) ? watchCorefile(process, reload) : undefined;
  await process.until(stopped);
  await print(process.stdout, '[INFO] SIGTERM: Shutting down servers then terminating\n');
  timer?.();
  const lameduck = lameduckMs(instance);
  if (lameduck > 0) {
    await print(process.stdout, `[INFO] plugin/health: Going into lameduck mode for ${lameduck / 1000}s\n`);
    await process.clock.sleep(lameduck, 'coredns: lameduck');
  }
  close(instance);
  return 0;
}

function readCorefile(process: Process, path: string, required: boolean): string {
  try {
    return new TextDecoder().decode(process.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    if (required) throw new CorefileError(`loading Caddyfile via flag: open ${path}: no such file or directory`);
    return DEFAULT_COREFILE;
  }
}

function start(process: Process, client: Client, source: string): Instance {
  const stop = new AbortController();
  process.killed.addEventListener('abort', () => stop.abort(), { once: true });
  const blocks = parseCorefile(source).map((block) => ({
    block,
    plugins: buildPlugins(process, client, block, stop.signal),
  }));
  return { source, blocks, listeners: [], stop, queries: 0 };
}

function buildPlugins(process: Process, client: Client, block: ServerBlock, signal: AbortSignal): readonly DnsPlugin[] {
  const found: DnsPlugin[] = [];
  for (const name of PLUGIN_ORDER) {
    const configs = block.plugins.filter((plugin) => plugin.name === name);
    if (name === 'rewrite' && configs.length > 0) found.push(rewritePlugin(configs));
    else for (const config of configs) found.push(...buildPlugin(process, client, config, signal));
  }
  return found;
}

function buildPlugin(process: Process, client: Client, config: PluginConfig, signal: AbortSignal): DnsPlugin[] {
  switch (config.name) {
    case 'kubernetes':
      return [kubernetesPlugin(process, client, config, signal)];
    case 'cache':
      return [cachePlugin(process, config)];
    case 'hosts':
      return [hostsPlugin(process, config)];
    case 'forward':
      return [forwardPlugin(process, config)];
    case 'loadbalance':
      return [loadbalancePlugin()];
    case 'errors':
      return [errorsPlugin(process)];
    case 'log':
      return [logPlugin(process)];
    case 'whoami':
      return [whoamiPlugin];
    default:
      return [];
  }
}

/** The kubernetes plugin holds the start back a little, then the server starts unsynced. */
async function untilSynced(process: Process, instance: Instance): Promise<void> {
  const waits = instance.blocks.flatMap(({ plugins }) =>
    plugins.flatMap((plugin) => (plugin.synced ? [plugin.synced()] : [])),
  );
  if (waits.length === 0) return;
  await print(process.stdout, '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server\n');
  const all = Promise.all(waits).then(() => true);
  const stop = new AbortController();
  const synced = await Promise.race([
    all,
    process.clock.sleep(SYNC_TIMEOUT_MS, 'coredns: sync', stop.signal).then(() => false),
  ]);
  stop.abort();
  if (!synced)
    await print(process.stdout, '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API\n');
}

function listen(process: Process, instance: Instance): void {
  const ports = new Set(instance.blocks.map(({ block }) => block.port));
  for (const port of ports) {
    const handler = dnsHandler(process, instance, port);
    for (const protocol of ['TCP', 'UDP'] as const)
      instance.listeners.push(process.net.listen(port, handler, { protocol }));
  }
  for (const { block, plugins } of instance.blocks) {
    for (const config of block.plugins) {
      const handler = sideHandler(config, plugins, instance);
      if (handler) instance.listeners.push(process.net.listen(portOf(config), handler));
    }
  }
}

function dnsHandler(process: Process, instance: Instance, port: number): Handler {
  return async (request) => {
    await process.compute(0.05);
    instance.queries++;
    const raw = (request.query.get('name') ?? '').toLowerCase();
    const question: Question = {
      name: raw.endsWith('.') ? raw : `${raw}.`,
      type: (request.query.get('type') ?? 'A').toUpperCase() as DnsRecordType,
      client: request.peer?.address ?? '127.0.0.1',
    };
    return dnsReply(await resolve(instance, port, question));
  };
}

/** The most specific zone's block answers. */
async function resolve(instance: Instance, port: number, question: Question): Promise<DnsResponse> {
  let best: { readonly plugins: readonly DnsPlugin[]; readonly length: number } | undefined;
  for (const { block, plugins } of instance.blocks) {
    if (block.port !== port) continue;
    for (const zone of block.zones) {
      const inside = zone === '' || question.name === `${zone}.` || question.name.endsWith(`.${zone}.`);
      if (inside && (!best || zone.length > best.length)) best = { plugins, length: zone.length };
    }
  }
  if (!best) return REFUSED;
  const { plugins } = best;
  const run = (index: number, current: Question): Promise<DnsResponse> => {
    const plugin = plugins[index];
    return plugin ? plugin.answer(current, (next) => run(index + 1, next ?? current)) : Promise.resolve(SERVFAIL);
  };
  return run(0, question);
}

const DEFAULT_PORTS: { readonly [plugin: string]: number } = { health: 8080, ready: 8181, prometheus: 9153 };
const portOf = ({ name, args }: PluginConfig): number =>
  Number(/:(\d+)$/.exec(args[0] ?? '')?.[1] ?? DEFAULT_PORTS[name]);

function sideHandler(config: PluginConfig, plugins: readonly DnsPlugin[], instance: Instance): Handler | undefined {
  switch (config.name) {
    case 'health':
      return (request) =>
        Promise.resolve(
          request.path === '/health' ? textResponse(200, 'OK') : textResponse(404, '404 page not found\n'),
        );
    case 'ready':
      return (request) => {
        if (request.path !== '/ready') return Promise.resolve(textResponse(404, '404 page not found\n'));
        const waiting = plugins.filter((plugin) => plugin.ready && !plugin.ready()).map(({ name }) => name);
        return Promise.resolve(waiting.length === 0 ? textResponse(200, 'OK') : textResponse(503, waiting.join(',')));
      };
    case 'prometheus':
      return (request) => {
        if (request.path !== '/metrics') return Promise.resolve(textResponse(404, '404 page not found\n'));
        const help =
          '# HELP coredns_dns_requests_total Counter of DNS requests made per zone, protocol and family.\n# TYPE coredns_dns_requests_total counter\n';
        return Promise.resolve(
          textResponse(200, `${help}coredns_dns_requests_total{server="dns://:53"} ${instance.queries}\n`, {
            'content-type': 'text/plain; version=0.0.4',
          }),
        );
      };
    default:
      return undefined;
  }
}

function watchCorefile(process: Process, reload: () => Promise<void>): () => void {
  const rng = process.rng.fork('reload');
  let timer = process.clock.after(RELOAD_MS + rng.int(RELOAD_JITTER_MS), 'coredns: reload', tick);
  function tick(): void {
    void reload();
    timer = process.clock.after(RELOAD_MS + rng.int(RELOAD_JITTER_MS), 'coredns: reload', tick);
  }
  return () => timer.cancel();
}

const reloading = (instance: Instance) =>
  instance.blocks.some(({ block }) => block.plugins.some(({ name }) => name === 'reload'));

function lameduckMs(instance: Instance): number {
  const health = instance.blocks.flatMap(({ block }) => block.plugins).find(({ name }) => name === 'health');
  const text = health?.body.find(([name]) => name === 'lameduck')?.[1] ?? '';
  const match = /^(\d+)(ms|s)$/.exec(text);
  return match ? Number(match[1]) * (match[2] === 's' ? 1000 : 1) : 0;
}

function close(instance: Instance): void {
  for (const listener of instance.listeners.splice(0)) listener.close();
  instance.stop.abort();
}

/** Stands for the SHA-512 that coredns prints: it only has to change with the file. */
function fingerprint(source: string): string {
  let digest = '';
  for (let lane = 0; lane < 16; lane++) {
    let hash = 0x811c9dc5 ^ lane;
    for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
    digest += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return digest;
}
