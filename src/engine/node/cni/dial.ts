/** From a request to the handler that answers it: names, rules, routes, faults, sockets, in the order a packet meets them. */
import { type HttpRequest, type HttpResponse, type Net, NetError, type Source } from '#engine/http';
import { isAddress } from './address.ts';
import { Flow } from './flow.ts';
import type { Protocol, Verdict } from './forwarding.ts';
import type { Medium } from './medium.ts';
import type { Namespace, Socket } from './namespace.ts';

/** How long ARP is tried before `No route to host`, ms. */
const NEIGHBOUR_TIMEOUT_MS = 3_000;
const FIRST_RETRANSMISSION_MS = 1_000;
/** How long a datagram's answer is waited for. */
const UDP_TIMEOUT_MS = 5_000;

/** Where a packet ends up, and what it has become on the way. */
interface Route {
  readonly to: Namespace;
  readonly address: string;
  readonly port: number;
  /** The source as the receiver sees it. */
  readonly source: string;
  readonly via: readonly string[];
}

type Outcome = Route | { readonly fail: 'refused' | 'timeout' | 'unreachable' };

/** Opens a connection and closes it again. Rejects like `dial`. */
export async function connect(fabric: Medium, from: Namespace, net: Net, request: HttpRequest): Promise<void> {
  await establish(fabric, from, net, request, {});
}

/** Sends a request from a namespace. Rejects with NetError; whoever aborts `request.signal` no longer waits. */
export async function dial(fabric: Medium, from: Namespace, net: Net, request: HttpRequest): Promise<HttpResponse> {
  const walk: Walk = {};
  try {
    const { to, source, socket, route } = await establish(fabric, from, net, request, walk);
    request.handshake?.(socket.tls);
    const response = await answer(socket, { ...request, peer: { ...request.peer, address: source } });
    if (fabric.traceRequests(route.port)) trace(fabric, from, request, walk, { status: response.status });
    return response.body?.kind === 'stream' ? withFlow(fabric, from, to, socket, response) : response;
  } catch (error) {
    if (error instanceof NetError && !request.signal?.aborted)
      trace(fabric, from, request, walk, { error: error.code });
    throw error;
  }
}

/** The server's answer, or a reset when its process dies first. */
function answer({ handler, connections }: Socket, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const reset = () => {
      connections.delete(reset);
      reject(new NetError('ECONNRESET', 'read: connection reset by peer'));
    };
    connections.add(reset);
    handler(request).then(
      (response) => {
        connections.delete(reset);
        resolve(response);
      },
      (error: unknown) => {
        connections.delete(reset);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

interface Reached {
  readonly to: Namespace;
  readonly source: string;
  readonly socket: Socket;
  readonly route: Route;
}

/** How far a request has come: for its trace, however it ends. */
interface Walk {
  /** What was dialled, after the name was resolved. */
  where?: string;
  route?: Route;
}

async function establish(
  fabric: Medium,
  from: Namespace,
  net: Net,
  request: HttpRequest,
  walk: Walk,
): Promise<Reached> {
  const { host, port, isAddress: literal } = targetOf(request);
  const protocol: Protocol = request.path === '/dns-query' ? 'UDP' : 'TCP';
  const address = literal ? host : ((await net.lookup(host))[0] as string);
  walk.where = `${address}:${port}`;
  const first = route(fabric, from, protocol, address, port);
  const outcome = isOpen(fabric, from, first)
    ? first
    : await reach(fabric, from, protocol, address, port, first, request.signal);
  const { to } = outcome;
  walk.route = outcome;
  const fault = fabric.fault(from, to);
  const roundTripMs =
    latency(fabric, from, to) + (fault ? fault.extraMs + retransmissions(fabric, fault.lossProbability) : 0);
  if (roundTripMs > 0) await fabric.world.clock.sleep(roundTripMs, 'net/round-trip', request.signal);
  if (request.signal?.aborted) throw new NetError('ECONNRESET', 'request canceled');
  const socket = to.accept(protocol, outcome.address, outcome.port);
  if (!socket) throw refused(`${address}:${port}`, protocol);
  return { to, source: outcome.source, socket, route: outcome };
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly isAddress: boolean;
}

/** Authorities are few and asked for over and over. */
const targets = new Map<string, Target>();
const MAX_TARGETS = 4096;

/** Throws NetError when there is no host. */
function targetOf({ authority = '', scheme }: HttpRequest): Target {
  const key = scheme === 'https' ? `s${authority}` : authority;
  const known = targets.get(key);
  if (known) return known;
  const bracket = authority.startsWith('[') ? authority.indexOf(']') : -1;
  const colon = bracket >= 0 ? bracket + 1 : authority.lastIndexOf(':');
  const end = colon < 0 ? authority.length : colon;
  const host = bracket >= 0 ? authority.slice(1, bracket) : authority.slice(0, end);
  if (!host) throw new NetError('ENOTFOUND', 'no host in request URL');
  const port = Number(authority.slice(end + 1)) || (scheme === 'https' ? 443 : 80);
  const target = { host, port, isAddress: isAddress(host) };
  if (targets.size >= MAX_TARGETS) targets.clear();
  targets.set(key, target);
  return target;
}

function route(fabric: Medium, from: Namespace, protocol: Protocol, address: string, port: number): Outcome {
  const now = fabric.world.clock.now();
  const source = from.addresses[0] ?? '127.0.0.1';
  if (address.startsWith('127.') || address === '::1') {
    return from.isNode
      ? arriveAtNode(fabric, from, from, protocol, address, port)
      : { to: from, address, port, source: '127.0.0.1', via: [] };
  }
  const node = from.nodeName === undefined ? undefined : fabric.node(from.nodeName);
  const verdict = node?.forwarding.virtual(protocol, address, port, source, now);
  if (verdict) return follow(fabric, from, verdict, node?.addresses[0] ?? source, source);
  const to = fabric.namespaceAt(address);
  if (!to) return nobody(fabric, from, address);
  if (to.isNode) return arriveAtNode(fabric, from, to, protocol, address, port);
  return { to, address, port, source, via: [] };
}

/** PREROUTING of a Node: hostPorts and NodePorts come before its own sockets. */
function arriveAtNode(
  fabric: Medium,
  from: Namespace,
  at: Namespace,
  protocol: Protocol,
  address: string,
  port: number,
): Outcome {
  const source = from === at ? address : (from.addresses[0] ?? address);
  const hostPort = at.hostPorts.get(`${protocol} ${port}`);
  if (hostPort) {
    const to = fabric.namespaceAt(hostPort.address);
    return to
      ? { to, address: hostPort.address, port: hostPort.port, source, via: ['CNI-HOSTPORT-DNAT'] }
      : { fail: 'timeout' };
  }
  const node = at.nodeName === undefined ? undefined : fabric.node(at.nodeName);
  if (!node?.powered) return { fail: 'timeout' };
  const verdict = node.forwarding.nodePort(protocol, port, source, fabric.world.clock.now());
  if (verdict) return follow(fabric, from, verdict, node.addresses[0] ?? address, source);
  return { to: at, address, port, source, via: [] };
}

function follow(fabric: Medium, from: Namespace, verdict: Verdict, nodeAddress: string, source: string): Outcome {
  if (verdict.kind !== 'forward') return { fail: verdict.kind === 'reject' ? 'refused' : 'timeout' };
  const { endpoint, target } = verdict;
  const to = fabric.namespaceAt(endpoint.address);
  if (!to) return nobody(fabric, from, endpoint.address);
  const hairpin = to === from;
  return {
    to,
    address: endpoint.address,
    port: endpoint.port,
    source: target.masquerade || hairpin ? nodeAddress : source,
    via: [target.chain, endpoint.chain],
  };
}

/** Nobody has the address: its Node says so if there is one and it lives; anything else leaves by the default route and vanishes. */
function nobody(fabric: Medium, from: Namespace, address: string): Outcome {
  const node = fabric.nodeRouting(address);
  if (node?.powered && !fabric.fault(from, node.namespace)?.cut) return { fail: 'unreachable' };
  return { fail: 'timeout' };
}

const isOpen = (fabric: Medium, from: Namespace, outcome: Outcome): outcome is Route =>
  !('fail' in outcome) && !fabric.fault(from, outcome.to)?.cut;

/**
 * The route, as soon as there is one: a segment without answer is sent again after 1, 2, 4 … seconds, so that a connection
 * attempt outlives a short cut. Rejects with NetError when the attempt has lasted too long, or at once when somebody refuses.
 */
async function reach(
  fabric: Medium,
  from: Namespace,
  protocol: Protocol,
  address: string,
  port: number,
  first: Outcome,
  signal: AbortSignal | undefined,
): Promise<Route> {
  const limitMs = protocol === 'UDP' ? UDP_TIMEOUT_MS : fabric.connectTimeoutMs;
  let waitedMs = 0;
  let outcome = first;
  for (let nextMs = FIRST_RETRANSMISSION_MS; ; nextMs *= 2) {
    if (isOpen(fabric, from, outcome)) return outcome;
    const where = `${address}:${port}`;
    if ('fail' in outcome && outcome.fail === 'refused') throw refused(where, protocol);
    const unreachable = 'fail' in outcome && outcome.fail === 'unreachable';
    const sleepMs = unreachable ? NEIGHBOUR_TIMEOUT_MS : Math.min(nextMs, limitMs - waitedMs);
    await fabric.world.clock.sleep(sleepMs, 'net/retransmission', signal);
    if (signal?.aborted) throw new NetError('ETIMEDOUT', 'request canceled');
    const dialled = `dial ${protocol.toLowerCase()} ${where}`;
    if (unreachable) throw new NetError('EHOSTUNREACH', `${dialled}: connect: no route to host`);
    waitedMs += sleepMs;
    if (waitedMs >= limitMs) throw new NetError('ETIMEDOUT', `${dialled}: i/o timeout`);
    outcome = route(fabric, from, protocol, address, port);
  }
}

const refused = (where: string, protocol: Protocol) =>
  new NetError('ECONNREFUSED', `dial ${protocol.toLowerCase()} ${where}: connect: connection refused`);

function latency(fabric: Medium, from: Namespace, to: Namespace): number {
  if (from === to) return 0;
  if (from.nodeName === undefined || to.nodeName === undefined) return fabric.latency.outsideMs;
  return from.nodeName === to.nodeName ? fabric.latency.sameNodeMs : fabric.latency.crossNodeMs;
}

/** Time lost to retransmissions of one segment: 1 s, 2 s, 4 s … per loss, at most six. */
function retransmissions(fabric: Medium, probability: number): number {
  if (probability <= 0) return 0;
  let total = 0;
  for (let i = 0; i < 6 && fabric.loss.next() < probability; i++) total += FIRST_RETRANSMISSION_MS * 2 ** i;
  return total;
}

function withFlow(
  fabric: Medium,
  from: Namespace,
  to: Namespace,
  socket: Socket,
  response: HttpResponse,
): HttpResponse {
  const body = response.body;
  if (body?.kind !== 'stream') return response;
  const flow = new Flow(fabric.world.clock, body.frames as Source<unknown>, (ended) => {
    fabric.untrack(ended);
    socket.connections.delete(reset);
  });
  const reset = () => flow.fail(new NetError('ECONNRESET', 'read: connection reset by peer'));
  socket.connections.add(reset);
  fabric.track(flow, from, to);
  if (fabric.fault(from, to)?.cut) flow.block(true);
  return { ...response, body: { ...body, frames: flow } as HttpResponse['body'] & object };
}

/** `net.request`: one request between two ends, as it ended. */
export interface RequestOnTheWire {
  /** Parties: a Node's name, `pod:<namespace>/<name>`, `workstation`. */
  readonly from: string;
  /** Absent when nobody was reached. */
  readonly to?: string;
  readonly authority: string;
  /** `address:port` that was dialled: a Service's, before it was rewritten. Absent when the name was not resolved. */
  readonly address?: string;
  /** What it was rewritten to, and by which chains. */
  readonly endpoint?: string;
  readonly via?: readonly string[];
  readonly source?: string;
  readonly method: string;
  readonly path: string;
  readonly agent?: string;
  /** Of the answer. */
  readonly status?: number;
  /** Why there was none. */
  readonly error?: NetError['code'];
}

function trace(
  fabric: Medium,
  from: Namespace,
  request: HttpRequest,
  { where, route: reached }: Walk,
  outcome: Pick<RequestOnTheWire, 'status' | 'error'>,
): void {
  const { authority = '', method, path, headers } = request;
  const agent = headers['user-agent'];
  const detail: RequestOnTheWire = {
    from: from.parties[0] ?? '',
    authority,
    method,
    path,
    ...(agent !== undefined && { agent }),
    ...(where !== undefined && { address: where }),
    ...(reached && {
      to: reached.to.parties[0] ?? '',
      endpoint: `${reached.address}:${reached.port}`,
      via: reached.via,
      source: reached.source,
    }),
    ...outcome,
  };
  fabric.world.trace.emit('net.request', detail);
}
