/** A network namespace: the sockets behind some addresses. A Node has one, and so has every Pod that is not on the host network. */
import { type Handler, type HttpResponse, type Listener, type ListenOptions, type Net, NetError } from '#engine/http';
import type { Flow } from './flow.ts';
import type { Protocol } from './forwarding.ts';
import { NO_RESOLVER, type Resolver, resolve } from './resolver.ts';

/** A listening socket and the connections it has accepted. */
export interface Socket {
  readonly handler: Handler;
  readonly address: string | undefined;
  /** Certificates that it presents. */
  readonly tls: string | undefined;
  /** Resets one connection each. */
  readonly connections: Set<() => void>;
}

/** The first port of the ephemeral range of Linux, used for `listen(0)`. */
const FIRST_EPHEMERAL_PORT = 32_768;

export class Namespace {
  private readonly sockets = new Map<string, Socket[]>();
  private nextEphemeral = FIRST_EPHEMERAL_PORT;
  /** It went without a word: its connections stall until somebody gives up. */
  vanished = false;
  /** Streams that have an end here. */
  readonly flows = new Set<Flow>();
  /** `TCP 8080` -> the Pod's address and port: hostPort of Pods on this Node. */
  readonly hostPorts = new Map<string, { readonly address: string; readonly port: number }>();

  constructor(
    /** For traces and faults: the parties this end answers to, most specific first. */
    readonly parties: readonly string[],
    readonly addresses: readonly string[],
    /** The Node whose rules its packets pass; undefined outside the cluster. */
    readonly nodeName: string | undefined,
    /** Whether it is the Node's own namespace. */
    readonly isNode: boolean,
  ) {}

  listen(port: number, handler: Handler, { address, protocol = 'TCP', tls }: ListenOptions): Listener {
    const chosen = port === 0 ? this.nextEphemeral++ : port;
    const key = `${protocol} ${chosen}`;
    const bound = address === '0.0.0.0' || address === '::' || address === '' ? undefined : address;
    const sockets = this.sockets.get(key) ?? [];
    if (sockets.some((other) => other.address === undefined || bound === undefined || other.address === bound)) {
      throw new NetError(
        'EADDRINUSE',
        `listen ${protocol.toLowerCase()} ${address ?? ''}:${chosen}: bind: address already in use`,
      );
    }
    const socket: Socket = { handler, address: bound, tls, connections: new Set() };
    this.sockets.set(key, [...sockets, socket]);
    const close = () => {
      const rest = (this.sockets.get(key) ?? []).filter((other) => other !== socket);
      if (rest.length > 0) this.sockets.set(key, rest);
      else this.sockets.delete(key);
    };
    return {
      close,
      abort: () => {
        close();
        for (const reset of [...socket.connections]) reset();
      },
    };
  }

  /** Who accepts a connection to a local address. */
  accept(protocol: Protocol, address: string, port: number): Socket | undefined {
    const sockets = this.sockets.get(`${protocol} ${port}`);
    return sockets?.find((socket) => socket.address === undefined || socket.address === address);
  }

  /** Ports that are listened on, `TCP 80`, in order of binding. */
  ports(): readonly string[] {
    return [...this.sockets.keys()];
  }

  /** The machine is gone without a word. Returns what will reset the requests under way, when their senders give up. */
  vanish(): readonly (() => void)[] {
    this.vanished = true;
    const sockets = [...this.sockets.values()].flat();
    this.sockets.clear();
    return sockets.flatMap(({ connections }) => {
      const resets = [...connections];
      connections.clear();
      return resets;
    });
  }

  /** Everything ends: sockets close and connections break. */
  close(reason: string): void {
    if (this.vanished) return;
    const sockets = [...this.sockets.values()].flat();
    this.sockets.clear();
    this.hostPorts.clear();
    for (const { connections } of sockets) for (const reset of [...connections]) reset();
    for (const flow of [...this.flows]) flow.fail(new NetError('ECONNRESET', reason));
  }
}

/** A namespace as a program sees it, with its own resolver: containers of one Pod share the sockets but not /etc/resolv.conf. */
export class HostNet implements Net {
  constructor(
    private readonly namespace: Namespace,
    private readonly dial: (from: Namespace, net: Net, request: Parameters<Handler>[0]) => Promise<HttpResponse>,
    private resolver: Resolver = NO_RESOLVER,
  ) {}

  get addresses(): readonly string[] {
    return this.namespace.addresses;
  }

  setResolver(resolver: Resolver): void {
    this.resolver = resolver;
  }

  listen(port: number, handler: Handler, options: ListenOptions = {}): Listener {
    return this.namespace.listen(port, handler, options);
  }

  readonly fetch: Handler = (request) => this.dial(this.namespace, this, request);

  lookup(name: string): Promise<readonly string[]> {
    if (this.resolver.ownNames?.includes(name)) return Promise.resolve(this.addresses);
    return resolve(name, this.resolver, this.fetch);
  }
}
