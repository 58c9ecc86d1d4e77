/** Where proxy_pass sends requests: upstream groups in weighted turn, host names resolved once at start. */
import { type HttpRequest, type HttpResponse, NetError } from '#engine/http';
import type { Process } from '#engine/os';
import { ConfigError, type Directive } from './config.ts';
import type { Configuration } from './model.ts';

export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  /** As written: a host or an upstream's name, with a port when it had one. */
  readonly authority: string;
  /** Undefined when proxy_pass had no URI part. */
  readonly path?: string;
}

export function proxyTarget(url: string): ProxyTarget {
  const match = /^(https?):\/\/([^/?]+)(\/[^?]*)?/.exec(url);
  const scheme = (match?.[1] ?? 'http') as 'http' | 'https';
  return { scheme, authority: match?.[2] ?? url, ...(match?.[3] !== undefined && { path: match[3] }) };
}

interface Peer {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly weight: number;
  readonly backup: boolean;
  current: number;
}

export class Balancer {
  private readonly groups = new Map<string, Peer[]>();

  constructor(private readonly process: Process) {}

  /** Resolves every name the configuration mentions. Throws ConfigError: nginx does not start with an unknown upstream host. */
  async prepare(configuration: Configuration): Promise<void> {
    for (const { name, servers } of configuration.upstreams.values()) {
      const peers: Peer[] = [];
      for (const { address, weight, backup, directive } of servers) {
        peers.push({
          name: address,
          addresses: await this.resolve(address, 'http', directive),
          weight,
          backup,
          current: 0,
        });
      }
      this.groups.set(name, peers);
    }
    for (const directive of proxyPasses(configuration)) {
      const url = directive.args[0] ?? '';
      if (!/^https?:\/\//.test(url)) throw new ConfigError(`invalid URL prefix in ${directive.file}:${directive.line}`);
      const { scheme, authority } = proxyTarget(url);
      if (url.includes('$') || this.groups.has(authority)) continue;
      const addresses = await this.resolve(authority, scheme, directive);
      this.groups.set(authority, [{ name: authority, addresses, weight: 1, backup: false, current: 0 }]);
    }
  }

  /** Sends to the next peer of the group, then to the others. Rejects with the last NetError. */
  async send(target: ProxyTarget, request: Omit<HttpRequest, 'authority'>): Promise<HttpResponse> {
    const peers = this.groups.get(target.authority) ?? [];
    const fallback = withPort(target.authority, target.scheme);
    const tries = peers.length > 0 ? this.order(peers) : [fallback];
    let failure: unknown;
    for (const authority of tries) {
      try {
        return await this.process.net.fetch({ ...request, authority });
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Smooth weighted round robin, backups last. */
  private order(peers: readonly Peer[]): string[] {
    const regular = peers.filter((peer) => !peer.backup);
    const total = regular.reduce((sum, peer) => sum + peer.weight, 0);
    for (const peer of regular) peer.current += peer.weight;
    const chosen = regular.reduce<Peer | undefined>(
      (best, peer) => (best && best.current >= peer.current ? best : peer),
      undefined,
    );
    if (chosen) chosen.current -= total;
    const order = [
      ...(chosen ? [chosen] : []),
      ...regular.filter((peer) => peer !== chosen),
      ...peers.filter((peer) => peer.backup),
    ];
    return order.flatMap((peer) => peer.addresses);
  }

  private async resolve(
    host: string,
    scheme: 'http' | 'https',
    { file, line, name }: Directive,
  ): Promise<readonly string[]> {
    const full = withPort(host, scheme);
    const at = full.lastIndexOf(':');
    const port = full.slice(at + 1);
    const bare = full.slice(0, at);
    if (/^[\d.]+$/.test(bare) || bare.startsWith('[')) return [full];
    try {
      return (await this.process.net.lookup(bare)).map(
        (address) => `${address.includes(':') ? `[${address}]` : address}:${port}`,
      );
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      throw new ConfigError(`host not found in upstream "${name === 'server' ? host : bare}" in ${file}:${line}`);
    }
  }
}

const withPort = (authority: string, scheme: 'http' | 'https'): string =>
  /:\d+$/.test(authority) ? authority : `${authority}:${scheme === 'https' ? 443 : 80}`;

function proxyPasses(configuration: Configuration): readonly Directive[] {
  const found: Directive[] = [];
  const walk = (directives: readonly Directive[]) => {
    for (const directive of directives) {
      if (directive.name === 'proxy_pass') found.push(directive);
      if (directive.block) walk(directive.block);
    }
  };
  walk(configuration.scope.directives);
  return found;
}
