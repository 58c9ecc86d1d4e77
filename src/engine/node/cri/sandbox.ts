/** A Pod's sandbox: its place on the network and the files every container of the Pod gets. */
import { type Net, NetError } from '#engine/http';
import type { PodNetwork, Resolver } from '#engine/node/cni';
import { createFileSystem, createVolume, type Mount, type ProcessGroup, type Volume } from '#engine/os';
import type { Clock, Millis } from '#engine/sim';
import type { SandboxRecord } from './records.ts';
import type { DnsConfig, Sandbox, SandboxConfig } from './types.ts';

const encoder = new TextEncoder();

/** The place on the network of a sandbox that has none any more. */
const NOWHERE: PodNetwork = {
  addresses: [],
  net: {
    addresses: [],
    listen: () => {
      throw new NetError('EHOSTUNREACH', 'bind: cannot assign requested address');
    },
    fetch: async () => {
      throw new NetError('EHOSTUNREACH', 'connect: network is unreachable');
    },
    lookup: async () => [],
  },
  detach: () => {},
  vanish: () => {},
};

export class SandboxBox implements Sandbox {
  state: Sandbox['state'] = 'ready';
  pidGroup: ProcessGroup | undefined;
  private etc: Volume | undefined;

  constructor(
    private readonly clock: Clock,
    readonly id: string,
    readonly config: SandboxConfig,
    readonly network: PodNetwork,
    readonly createdAt: Millis,
  ) {}

  get addresses(): readonly string[] {
    return this.config.hostNetwork ? [] : this.network.addresses;
  }

  get net(): Net {
    return this.network.net;
  }

  stop(): void {
    if (this.state === 'notready') return;
    this.state = 'notready';
    this.network.detach();
  }

  /** A sandbox of before a power cut: known, and dead. */
  static past(clock: Clock, id: string, { config, createdAt }: SandboxRecord): SandboxBox {
    const sandbox = new SandboxBox(clock, id, config, NOWHERE, createdAt);
    sandbox.state = 'notready';
    return sandbox;
  }

  /** The machine lost power. */
  vanish(): void {
    this.state = 'notready';
    this.network.vanish();
  }

  etcMounts(): readonly Mount[] {
    this.etc ??= this.writeEtc();
    const { etc } = this;
    return ['hosts', 'hostname', 'resolv.conf'].map((file) => ({ path: `/etc/${file}`, volume: etc, subPath: file }));
  }

  private writeEtc(): Volume {
    const volume = createVolume(this.clock);
    const fs = createFileSystem([{ path: '/', volume }]);
    const { hostname, dns } = this.config;
    fs.writeFile('/hostname', encoder.encode(`${hostname}\n`));
    fs.writeFile('/resolv.conf', encoder.encode(resolvConf(dns)));
    fs.writeFile('/hosts', encoder.encode(hostsFile(this.config, this.network.addresses)));
    return volume;
  }
}

/** @upstream pkg/kubelet/network/dns/dns.go */
export function resolvConf(dns: DnsConfig): string {
  const lines = [
    ...(dns.searches.length > 0 ? [`search ${dns.searches.join(' ')}`] : []),
    ...dns.servers.map((server) => `nameserver ${server}`),
    ...(dns.options.length > 0 ? [`options ${dns.options.join(' ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** @upstream pkg/kubelet/kubelet_pods.go */
export function hostsFile(config: SandboxConfig, addresses: readonly string[]): string {
  const head = config.hostNetwork
    ? '# Kubernetes-managed hosts file (host network).\n'
    : '# Kubernetes-managed hosts file.\n';
  const loopback =
    '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n';
  const own = addresses.map((address) => `${address}\t${(config.ownNames ?? [config.hostname]).join('\t')}\n`).join('');
  const aliases = config.hostAliases.map((alias) => `${alias.ip}\t${alias.hostnames.join('\t')}\n`).join('');
  return `${head}${loopback}${own}${aliases && `\n# Entries added by HostAliases.\n${aliases}`}`;
}

/** The same facts for the resolver of the Pod's network. */
export function resolverOf(config: SandboxConfig): Resolver {
  const ndots = config.dns.options.find((option) => option.startsWith('ndots:'));
  const hosts = new Map<string, string[]>();
  for (const alias of config.hostAliases) {
    for (const name of alias.hostnames) hosts.set(name, [...(hosts.get(name) ?? []), alias.ip]);
  }
  return {
    nameservers: config.dns.servers,
    searches: config.dns.searches,
    ndots: ndots ? Number(ndots.slice(6)) : 1,
    hosts,
    ...(!config.hostNetwork && { ownNames: config.ownNames ?? [config.hostname] }),
  };
}
