/**
 * metrics-server: what Nodes and Pods use, read from kubelets and served through the aggregation layer.
 * @upstream sigs.k8s.io/metrics-server pkg/server
 */
import { nodes, pods } from '#engine/api';
import { StatusError, statusErrors } from '#engine/apimachinery';
import { type Client, createInformerFactory } from '#engine/client-go';
import { type Handler, type HttpRequest, type HttpResponse, jsonResponse, NetError, textResponse } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import { formatTime, type Millis } from '#engine/sim';
import { letIn, type Target } from './access.ts';
import { DISCOVERY, GROUP, type MetricsSource, readMetrics } from './api.ts';
import { FlagError, type MetricsServerFlags, parseFlags } from './flags.ts';
import { type LoadOpenApi, openApiDocument } from './openapi.ts';
import { scrape } from './scraper.ts';
import { MetricsStorage } from './storage.ts';

/** How the last round went. */
interface Tick {
  startedAt: Millis;
  ok: boolean;
}

interface Server {
  readonly process: Process;
  readonly client: Client;
  readonly flags: MetricsServerFlags;
  readonly source: MetricsSource;
  readonly tick: Tick;
  readonly loadOpenApi: LoadOpenApi;
}

/** `I0101 00:00:15.003000       1 server.go:191] …` */
function klog(process: Process, severity: 'I' | 'W' | 'E', from: string, text: string): Promise<unknown> {
  const at = formatTime(process.clock.now());
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:]+)/.exec(at) ?? [];
  const millis = String(Math.floor(process.clock.now() % 1000)).padStart(3, '0');
  return print(process.stderr, `${severity}${month}${day} ${time}.${millis}000       1 ${from}] ${text}\n`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function round({ process, flags, source, tick }: Server): Promise<void> {
  tick.startedAt = process.clock.now();
  const batch = await scrape(process, flags, source.nodes.list(), async (node, error) => {
    const words = `"Failed to scrape node" err=${JSON.stringify(messageOf(error))} node=${JSON.stringify(node)}`;
    await klog(process, 'E', 'scraper.go:149', words);
  });
  source.storage.store(batch);
  tick.ok = batch.nodes.size > 0 || source.nodes.list().length === 0;
}

type Check = readonly [name: string, failure: string | undefined];

function liveness({ process, flags, tick }: Server): Check {
  const late = process.clock.now() - tick.startedAt > 1.1 * flags.resolutionMs;
  return ['metric-collection-timely', late ? 'time since last tick was greater than expected' : undefined];
}

function readiness({ source, tick }: Server): Check {
  const failure = tick.ok ? (source.storage.ready ? undefined : 'no metrics to serve') : "last tick wasn't healthy";
  return ['metric-storage-ready', failure];
}

/** As every generic API server prints its checks. */
async function health(server: Server, name: 'livez' | 'readyz' | 'healthz'): Promise<HttpResponse> {
  const checks: readonly Check[] = [
    ['ping', undefined],
    ['log', undefined],
    ...(name === 'livez' ? [liveness(server)] : name === 'readyz' ? [readiness(server)] : []),
  ];
  const failed = checks.filter(([, failure]) => failure !== undefined);
  for (const [probe, failure] of failed) {
    await klog(
      server.process,
      'I',
      'server.go:191',
      `"Failed probe" probe=${JSON.stringify(probe)} err=${JSON.stringify(failure)}`,
    );
  }
  if (failed.length === 0) return textResponse(200, 'ok');
  const lines = checks.map(([check, failure]) => (failure ? `[-]${check} failed: reason withheld` : `[+]${check} ok`));
  return textResponse(500, `${lines.join('\n')}\n${name} check failed\n`);
}

/** Undefined: no path of the API's own. */
function targetOf(path: string): Target | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (parts[0] !== 'apis' || parts[1] !== GROUP || parts[2] !== 'v1beta1') return undefined;
  const rest = parts.slice(3);
  const [first, namespace = '', resource, name = '', ...more] = rest;
  if (first === 'namespaces' && resource === 'pods' && more.length === 0) return { resource, namespace, name };
  if ((first === 'nodes' || first === 'pods') && rest.length < 3) {
    // A Pod has a namespace; a path that names none names no Pod.
    if (first === 'pods' && rest.length === 2) return undefined;
    return { resource: first, namespace: '', name: rest[1] ?? '' };
  }
  return undefined;
}

async function answer(server: Server, request: HttpRequest): Promise<HttpResponse> {
  const { path, method, query, headers } = request;
  if (path === '/livez' || path === '/readyz' || path === '/healthz') {
    return health(server, path.slice(1) as 'livez' | 'readyz' | 'healthz');
  }
  const target = targetOf(path);
  await letIn(server.client, request, target ?? { namespace: '', name: '' });
  if (target?.resource) {
    const { resource } = target;
    if (method !== 'GET' || query.get('watch')) {
      const action = method === 'GET' ? 'watch' : (VERBS[method] ?? method.toLowerCase());
      throw statusErrors.methodNotSupported({ group: GROUP, resource }, action);
    }
    const asTable = /as=Table/.test(headers.accept ?? '');
    return jsonResponse(200, readMetrics(server.source, { ...target, resource }, query, asTable));
  }
  const document = DISCOVERY[path.replace(/\/$/, '')] ?? (await openApiDocument(path, server.loadOpenApi));
  if (document) return jsonResponse(200, document);
  return textResponse(404, '404 page not found\n');
}

const VERBS: { readonly [method: string]: string } = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const handlerOf =
  (server: Server): Handler =>
  async (request) => {
    // Serving costs CPU time, like everything a program does.
    await server.process.compute(0.5);
    try {
      return await answer(server, request);
    } catch (error) {
      if (error instanceof StatusError) return jsonResponse(error.status.code ?? 500, error.status);
      if (!(error instanceof NetError)) throw error;
      const { status } = statusErrors.internal(error.message);
      return jsonResponse(500, status);
    }
  };

async function serve(server: Server): Promise<void> {
  const { process, flags } = server;
  const { securePort } = flags;
  await klog(process, 'I', 'serving.go:380', 'Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)');
  const listener = process.net.listen(securePort, handlerOf(server));
  await klog(process, 'I', 'secure_serving.go:211', `Serving securely on [::]:${securePort}`);
  try {
    while (!process.killed.aborted) {
      const next = process.clock.now() + flags.resolutionMs;
      await round(server);
      await process.clock.sleep(Math.max(0, next - process.clock.now()), 'metrics-server: next round', process.killed);
    }
  } finally {
    listener.close();
  }
}

/**
 * metrics-server as a Program.
 * @fidelity partial: no watch, no metrics of its own; JSON answers only; certificates of kubelets are not looked at
 */
export function createMetricsServer(client: Client, loadOpenApi: LoadOpenApi): Program {
  return async (process) => {
    let flags: MetricsServerFlags;
    try {
      flags = parseFlags(process.argv.slice(1));
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      await print(process.stderr, `Error: ${error.message}\n`);
      return 1;
    }
    const informers = createInformerFactory(process, client, process.killed);
    const source: MetricsSource = {
      now: () => process.clock.now(),
      storage: new MetricsStorage(flags.resolutionMs),
      nodes: informers.informer(nodes).lister,
      pods: informers.informer(pods).lister,
    };
    await process.until(informers.synced());
    await serve({ process, client, flags, source, tick: { startedAt: process.clock.now(), ok: true }, loadOpenApi });
    return 0;
  };
}
