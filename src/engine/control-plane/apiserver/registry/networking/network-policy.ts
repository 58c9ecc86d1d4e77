/**
 * NetworkPolicies: who may talk to whom.
 * @upstream pkg/registry/networking/networkpolicy/strategy.go, pkg/apis/networking/validation/validation.go
 */
import {
  type IPBlock,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type NetworkPolicySpec,
  networkPolicies,
} from '#engine/api';
import {
  type Cidr,
  fieldErrors,
  formatLabelSelector,
  isValidPortName,
  parseCidr,
  semanticEqual,
} from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { cidrWarnings } from '../core/ip-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeItems, changeMember, withDefaults, withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkCidr,
  checkFormat,
  checkLabelSelector,
  checkPortNum,
  checkSupported,
  type Errors,
} from '../validation.ts';

type Rule = { readonly ports?: readonly NetworkPolicyPort[] };
const withProtocols = <T extends Rule>(rule: T): T =>
  changeItems(rule, 'ports', (port: NetworkPolicyPort) => withDefaults(port, { protocol: 'TCP' }));

function defaultSpec(spec: NetworkPolicySpec): NetworkPolicySpec {
  const ingress = changeItems<NetworkPolicySpec, 'ingress', Rule>(spec, 'ingress', withProtocols);
  const both = changeItems<NetworkPolicySpec, 'egress', Rule>(ingress, 'egress', withProtocols);
  if ((both.policyTypes ?? []).length > 0) return both;
  return withMember(both, 'policyTypes', both.egress && both.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
}

function checkPort(errors: Errors, at: string, { protocol, port, endPort }: NetworkPolicyPort): void {
  if (protocol !== undefined) checkSupported(errors, `${at}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']);
  const invalidEnd = (value: number | undefined, why: string) =>
    errors.push(fieldErrors.invalid(`${at}.endPort`, value, why));
  if (port === undefined) {
    if (endPort !== undefined) invalidEnd(endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port === 'number') {
    checkPortNum(errors, `${at}.port`, port);
    if (endPort === undefined) return;
    if (endPort < port) invalidEnd(port, 'must be greater than or equal to `port`');
    checkPortNum(errors, `${at}.endPort`, endPort);
  } else {
    if (endPort !== undefined) invalidEnd(endPort, 'may not be specified when `port` is non-numeric');
    checkFormat(errors, `${at}.port`, port, isValidPortName);
  }
}

function isStrictSubset(inner: Cidr, outer: Cidr): boolean {
  if (inner.address.family !== outer.address.family || inner.prefixLength <= outer.prefixLength) return false;
  return outer.address.bytes.every((byte, i) => {
    const host = 255 >> Math.max(0, Math.min(8, outer.prefixLength - i * 8));
    return (byte | host) === ((inner.address.bytes[i] ?? 0) | host);
  });
}

function checkBlock(errors: Errors, at: string, { cidr = '', except = [] }: IPBlock): void {
  if (cidr === '') {
    errors.push(fieldErrors.required(`${at}.cidr`));
    return;
  }
  checkCidr(errors, `${at}.cidr`, cidr);
  const outer = parseCidr(cidr);
  if (!outer) return;
  for (const [i, inner] of except.entries()) {
    const path = `${at}.except[${i}]`;
    checkCidr(errors, path, inner);
    const network = parseCidr(inner);
    if (network && !isStrictSubset(network, outer)) {
      errors.push(fieldErrors.invalid(path, inner, 'must be a strict subset of `cidr`'));
    }
  }
}

function checkPeer(errors: Errors, at: string, peer: NetworkPolicyPeer): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  checkLabelSelector(errors, `${at}.podSelector`, podSelector);
  checkLabelSelector(errors, `${at}.namespaceSelector`, namespaceSelector);
  if (ipBlock) checkBlock(errors, `${at}.ipBlock`, ipBlock);
  const count = [podSelector, namespaceSelector, ipBlock].filter((part) => part !== undefined).length;
  if (count === 0) errors.push(fieldErrors.required(at, 'must specify a peer'));
  else if (count > 1 && ipBlock) {
    errors.push(fieldErrors.forbidden(at, 'may not specify both ipBlock and another peer'));
  }
}

function checkTypes(errors: Errors, types: readonly string[]): void {
  if (types.length > 2) {
    errors.push(fieldErrors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'));
    return;
  }
  for (const [i, type] of types.entries()) {
    checkSupported(errors, `spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']);
  }
}

function validate({ spec = {} }: NetworkPolicy): Errors {
  const errors: Errors = [];
  checkLabelSelector(errors, 'spec.podSelector', spec.podSelector);
  for (const [i, { ports = [], from = [] }] of (spec.ingress ?? []).entries()) {
    for (const [j, port] of ports.entries()) checkPort(errors, `spec.ingress[${i}].ports[${j}]`, port);
    for (const [j, peer] of from.entries()) checkPeer(errors, `spec.ingress[${i}].from[${j}]`, peer);
  }
  for (const [i, { ports = [], to = [] }] of (spec.egress ?? []).entries()) {
    for (const [j, port] of ports.entries()) checkPort(errors, `spec.egress[${i}].ports[${j}]`, port);
    for (const [j, peer] of to.entries()) checkPeer(errors, `spec.egress[${i}].to[${j}]`, peer);
  }
  checkTypes(errors, spec.policyTypes ?? []);
  return errors;
}

/** What is odd about the ranges of a policy. */
function warnings({ spec = {} }: NetworkPolicy): string[] {
  const found: string[] = [];
  const look = (at: string, peers: readonly NetworkPolicyPeer[] = []) => {
    for (const [i, { ipBlock }] of peers.entries()) {
      if (!ipBlock) continue;
      found.push(...cidrWarnings(`${at}[${i}].ipBlock.cidr`, ipBlock.cidr));
      for (const [j, inner] of (ipBlock.except ?? []).entries())
        found.push(...cidrWarnings(`${at}[${i}].ipBlock.except[${j}]`, inner));
    }
  };
  for (const [i, { from }] of (spec.ingress ?? []).entries()) look(`spec.ingress[${i}].from`, from);
  for (const [i, { to }] of (spec.egress ?? []).entries()) look(`spec.egress[${i}].to`, to);
  return found;
}

/** @fidelity full */
export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  resource: networkPolicies,
  shortNames: ['netpol'],
  defaults: (policy) => changeMember(policy, 'spec', defaultSpec),
  validate,
  validateUpdate: validate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Pod-Selector', 'string', fieldDescription('NetworkPolicySpec', 'podSelector'), (o) =>
      formatLabelSelector(o.spec?.podSelector),
    ),
    ageColumn,
  ],
};
