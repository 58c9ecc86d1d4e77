/** The sandbox a Pod asks for: host name, DNS, ports. @upstream pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, pkg/kubelet/network/dns/dns.go */
import type { Pod } from '#engine/api';
import type { DnsConfig, SandboxConfig } from '#engine/node/cri';
import type { KubeletOptions } from './types.ts';

export function sandboxConfig(pod: Pod, options: KubeletOptions, attempt: number): SandboxConfig {
  const { spec } = pod;
  const ownNames = namesOf(pod, options);
  return {
    podUid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    attempt,
    hostname: (spec.setHostnameAsFQDN ? ownNames[0] : ownNames.at(-1)) ?? '',
    ownNames,
    hostNetwork: spec.hostNetwork ?? false,
    portMappings: spec.hostNetwork
      ? []
      : spec.containers.flatMap((container) =>
          (container.ports ?? []).map((port) => ({
            protocol: (port.protocol ?? 'TCP') as 'TCP',
            containerPort: port.containerPort,
            hostPort: port.hostPort ?? 0,
          })),
        ),
    dns: dnsConfig(pod, options),
    hostAliases: (spec.hostAliases ?? []).map((alias) => ({ ip: alias.ip, hostnames: alias.hostnames ?? [] })),
    sharePids: spec.shareProcessNamespace ?? false,
  };
}

/** The whole name, if the Pod belongs to a subdomain, and the host name. @upstream pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain */
function namesOf({ spec, metadata }: Pod, options: KubeletOptions): readonly string[] {
  if (spec.hostnameOverride) return [spec.hostnameOverride];
  if (spec.hostNetwork) return [options.nodeName];
  const hostname = spec.hostname || metadata.name.slice(0, 63).replace(/[-.]+$/, '');
  const domain = `${spec.subdomain}.${metadata.namespace}.svc.${options.clusterDomain ?? 'cluster.local'}`;
  return spec.subdomain ? [`${hostname}.${domain}`, hostname] : [hostname];
}

/** @fidelity partial: the Node's own resolv.conf has no servers and no search domains */
export function dnsConfig(pod: Pod, options: KubeletOptions): DnsConfig {
  const { dnsPolicy, hostNetwork, dnsConfig: own } = pod.spec;
  const domain = options.clusterDomain ?? 'cluster.local';
  const servers = options.clusterDns ?? [];
  const useCluster =
    (dnsPolicy === 'ClusterFirstWithHostNet' || ((dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && !hostNetwork)) &&
    servers.length > 0;
  const base: DnsConfig = useCluster
    ? { servers, searches: [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain], options: ['ndots:5'] }
    : { servers: [], searches: [], options: [] };
  if (!own) return base;
  const extra = (own.options ?? []).map((option) =>
    option.value === undefined ? (option.name ?? '') : `${option.name}:${option.value}`,
  );
  const names = new Set(extra.map((option) => option.split(':')[0]));
  return {
    servers: [...new Set([...base.servers, ...(own.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(own.searches ?? [])])],
    options: [...base.options.filter((option) => !names.has(option.split(':')[0])), ...extra],
  };
}
