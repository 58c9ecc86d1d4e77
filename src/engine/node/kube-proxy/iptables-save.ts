/** The rules as `iptables-save` prints them, for those who know how to read that. @upstream pkg/proxy/iptables/proxier.go */
import type { ForwardEndpoint } from '#engine/node/cni';
import { endpointChain, serviceChain } from './chain-name.ts';
import type { RuleSet, ServicePortRules } from './compute-rules.ts';

class Text {
  readonly filter: string[] = [];
  readonly natChains = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ']);
  readonly services: string[] = [];
  readonly nodePorts: string[] = [];
  readonly rest: string[] = [];
}

/** @param clusterCidr the range of Pod addresses: traffic from elsewhere is masqueraded */
export function iptablesSave(rules: RuleSet, clusterCidr?: string): string {
  const text = new Text();
  for (const port of rules.ports) writePort(text, port, clusterCidr);
  const nat = [...text.natChains].map((chain) => `:${chain} - [0:0]`);
  return [
    '*filter',
    ...[
      'KUBE-NODEPORTS',
      'KUBE-SERVICES',
      'KUBE-EXTERNAL-SERVICES',
      'KUBE-FORWARD',
      'KUBE-FIREWALL',
      'KUBE-PROXY-FIREWALL',
    ].map((chain) => `:${chain} - [0:0]`),
    ...text.filter,
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'COMMIT',
    '*nat',
    ...nat,
    ...text.services,
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ...text.nodePorts,
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    ...text.rest,
    'COMMIT',
    '',
  ].join('\n');
}

function writePort(text: Text, rules: ServicePortRules, clusterCidr: string | undefined): void {
  const { name, protocol, port } = rules;
  const proto = protocol.toLowerCase();
  const match = (ip: string) => `-m ${proto} -p ${proto} -d ${ip} --dport ${port}`;
  const comment = (what: string) => `-m comment --comment "${name} ${what}"`;
  const internalChain = serviceChain(rules.internalLocal ? 'SVL' : 'SVC', name, protocol);
  for (const ip of rules.clusterIps) {
    if (rules.internal.length > 0)
      text.services.push(`-A KUBE-SERVICES ${comment('cluster IP')} ${match(ip)} -j ${internalChain}`);
    else if (!rules.anyEndpoints)
      text.filter.push(`-A KUBE-SERVICES ${comment('has no endpoints')} ${match(ip)} -j REJECT`);
    else text.filter.push(`-A KUBE-SERVICES ${comment('has no local endpoints')} ${match(ip)} -j DROP`);
  }
  if (rules.internal.length > 0) {
    const masquerade = clusterCidr
      ? rules.clusterIps.map(
          (ip) => `-A ${internalChain} ${comment('cluster IP')} ${match(ip)} ! -s ${clusterCidr} -j KUBE-MARK-MASQ`,
        )
      : [];
    writeChain(text, internalChain, rules, rules.internal, masquerade);
  }
  writeExternal(text, rules, match, comment);
}

function writeExternal(
  text: Text,
  rules: ServicePortRules,
  match: (ip: string) => string,
  comment: (what: string) => string,
): void {
  const { name, protocol, nodePort } = rules;
  if (rules.externalIps.length === 0 && nodePort === undefined) return;
  const proto = protocol.toLowerCase();
  const chain = serviceChain('EXT', name, protocol);
  if (!rules.anyEndpoints) {
    for (const ip of rules.externalIps)
      text.filter.push(`-A KUBE-EXTERNAL-SERVICES ${comment('has no endpoints')} ${match(ip)} -j REJECT`);
    if (nodePort !== undefined) {
      text.filter.push(
        `-A KUBE-EXTERNAL-SERVICES ${comment('has no endpoints')} -m addrtype --dst-type LOCAL -m ${proto} -p ${proto} --dport ${nodePort} -j REJECT`,
      );
    }
    return;
  }
  for (const ip of rules.externalIps)
    text.services.push(`-A KUBE-SERVICES ${comment('external IP')} ${match(ip)} -j ${chain}`);
  if (nodePort !== undefined)
    text.nodePorts.push(
      `-A KUBE-NODEPORTS -m comment --comment ${quoted(name)} -m ${proto} -p ${proto} --dport ${nodePort} -j ${chain}`,
    );
  text.natChains.add(chain);
  if (!rules.externalLocal) {
    text.rest.push(
      `-A ${chain} -m comment --comment "masquerade traffic for ${name} external destinations" -j KUBE-MARK-MASQ`,
    );
    text.rest.push(`-A ${chain} -j ${serviceChain('SVC', name, protocol)}`);
    return;
  }
  const local = serviceChain('SVL', name, protocol);
  text.rest.push(
    `-A ${chain} -m comment --comment "pod traffic for ${name} external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
  );
  if (rules.external.length > 0) {
    text.rest.push(`-A ${chain} -j ${local}`);
    writeChain(text, local, rules, rules.external, []);
  } else if (nodePort !== undefined) {
    text.filter.push(
      `-A KUBE-EXTERNAL-SERVICES ${comment('has no local endpoints')} -m addrtype --dst-type LOCAL -m ${proto} -p ${proto} --dport ${nodePort} -j DROP`,
    );
  }
}

function writeChain(
  text: Text,
  chain: string,
  { name, protocol, affinitySeconds }: ServicePortRules,
  endpoints: readonly ForwardEndpoint[],
  head: readonly string[],
): void {
  if (text.natChains.has(chain)) return;
  text.natChains.add(chain);
  text.rest.push(...head);
  const to = (endpoint: ForwardEndpoint) => `-m comment --comment "${name} -> ${endpoint.address}:${endpoint.port}"`;
  if (affinitySeconds !== undefined) {
    for (const endpoint of endpoints) {
      text.rest.push(
        `-A ${chain} ${to(endpoint)} -m recent --name ${endpoint.chain} --rcheck --seconds ${affinitySeconds} --reap -j ${endpoint.chain}`,
      );
    }
  }
  for (const [i, endpoint] of endpoints.entries()) {
    const left = endpoints.length - i;
    const chance = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(10)} ` : '';
    text.rest.push(`-A ${chain} ${to(endpoint)} ${chance}-j ${endpoint.chain}`);
  }
  for (const endpoint of endpoints) writeEndpoint(text, name, protocol, endpoint, affinitySeconds !== undefined);
}

function writeEndpoint(
  text: Text,
  name: string,
  protocol: string,
  { address, port }: ForwardEndpoint,
  sticky: boolean,
): void {
  const proto = protocol.toLowerCase();
  const chain = endpointChain(name, protocol, `${address}:${port}`);
  if (text.natChains.has(chain)) return;
  text.natChains.add(chain);
  const comment = `-m comment --comment ${quoted(name)}`;
  text.rest.push(`-A ${chain} ${comment} -s ${address} -j KUBE-MARK-MASQ`);
  const recent = sticky ? `-m recent --name ${chain} --set ` : '';
  text.rest.push(`-A ${chain} ${comment} ${recent}-m ${proto} -p ${proto} -j DNAT --to-destination ${address}:${port}`);
}

/** iptables-save quotes a comment only when it has to. */
const quoted = (text: string) => (/[\s"]/.test(text) ? JSON.stringify(text) : text);
