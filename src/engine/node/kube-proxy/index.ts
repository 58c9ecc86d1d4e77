/** Service addresses: from Services and EndpointSlices to the forwarding rules of a Node. */
export { computeRules, type RuleInput, type RuleSet, type ServicePortRules } from './compute-rules.ts';
export { iptablesSave } from './iptables-save.ts';
export { createProxyState, type KubeProxyOptions, type ProxyState, runKubeProxy } from './kube-proxy.ts';
