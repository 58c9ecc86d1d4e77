/**
 * What a Node does to packets for virtual addresses: the effect of the rules that kube-proxy installs.
 * The rules themselves are data; the table remembers session affinity, as the `recent` lists of iptables do.
 */
import type { Millis, Rng } from '#engine/sim';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** A backend: KUBE-SEP-… of iptables. */
export interface ForwardEndpoint {
  readonly chain: string;
  readonly address: string;
  readonly port: number;
}

/** What happens to a packet for one virtual address and port. */
export interface ForwardTarget {
  /** `default/web:http` */
  readonly service: string;
  /** KUBE-SVC-…, KUBE-SVL-… or KUBE-EXT-… */
  readonly chain: string;
  /** Empty with `reject`: ICMP port unreachable; empty without: the packet is dropped. */
  readonly endpoints: readonly ForwardEndpoint[];
  readonly reject: boolean;
  /** The source becomes the Node's address (KUBE-MARK-MASQ). */
  readonly masquerade: boolean;
  /** Seconds a client sticks to its backend; absent: no affinity. */
  readonly affinitySeconds?: number;
}

export interface ForwardingRules {
  /** `TCP 10.96.0.10:53` -> target: ClusterIPs, external IPs, load balancer addresses. */
  readonly virtual: ReadonlyMap<string, ForwardTarget>;
  /** `TCP 30080` -> target. */
  readonly nodePorts: ReadonlyMap<string, ForwardTarget>;
}

const NO_RULES: ForwardingRules = { virtual: new Map(), nodePorts: new Map() };

export type Verdict =
  | { readonly kind: 'forward'; readonly target: ForwardTarget; readonly endpoint: ForwardEndpoint }
  | { readonly kind: 'reject' | 'drop'; readonly target: ForwardTarget };

interface Stuck {
  readonly endpoint: ForwardEndpoint;
  at: Millis;
}

export class ForwardingTable {
  private rules = NO_RULES;
  private affinity = new Map<string, Stuck>();

  constructor(private readonly rng: Rng) {}

  /** Replaces every rule at once, as iptables-restore does. Established affinity survives. */
  install(rules: ForwardingRules): void {
    this.rules = rules;
  }

  get installed(): ForwardingRules {
    return this.rules;
  }

  /** The verdict for a packet to a virtual address, or undefined when no rule matches. */
  virtual(protocol: Protocol, address: string, port: number, source: string, now: Millis): Verdict | undefined {
    if (this.rules.virtual.size === 0) return undefined;
    return this.decide(this.rules.virtual.get(`${protocol} ${address}:${port}`), source, now);
  }

  nodePort(protocol: Protocol, port: number, source: string, now: Millis): Verdict | undefined {
    if (this.rules.nodePorts.size === 0) return undefined;
    return this.decide(this.rules.nodePorts.get(`${protocol} ${port}`), source, now);
  }

  private decide(target: ForwardTarget | undefined, source: string, now: Millis): Verdict | undefined {
    if (!target) return undefined;
    if (target.endpoints.length === 0) return { kind: target.reject ? 'reject' : 'drop', target };
    return { kind: 'forward', target, endpoint: this.choose(target, source, now) };
  }

  /** The chain of rules with probabilities 1/n, 1/(n-1) … 1 is one uniform choice. */
  private choose(target: ForwardTarget, source: string, now: Millis): ForwardEndpoint {
    const pick = () =>
      target.endpoints[target.endpoints.length > 1 ? this.rng.int(target.endpoints.length) : 0] as ForwardEndpoint;
    if (target.affinitySeconds === undefined) return pick();
    const key = `${target.chain} ${source}`;
    const stuck = this.affinity.get(key);
    const alive =
      stuck &&
      now - stuck.at < target.affinitySeconds * 1000 &&
      target.endpoints.find((endpoint) => endpoint.chain === stuck.endpoint.chain);
    if (alive) {
      stuck.at = now;
      return alive;
    }
    const endpoint = pick();
    if (this.affinity.size > 10_000) this.affinity.clear();
    this.affinity.set(key, { endpoint, at: now });
    return endpoint;
  }
}
