/** What a cluster is made from: equal options, seed and journal give an equal trace. */
import type { Time } from '#engine/apimachinery';
import type { PkiFiles } from './pki.ts';
import type { Scenario } from './scenario.ts';

export interface ClusterOptions {
  readonly seed?: number;
  /** The virtual instant of boot; default 2026-01-01T00:00:00Z. */
  readonly start?: Time;
  /**
   * How many Nodes, 0 to 5,000. In a `kubeadm` cluster the first one is the control plane, tainted unless it is the only one.
   * Default 2.
   */
  readonly nodes?: number;
  /**
   * `kubeadm`: the control plane runs as static Pods on the first Node, with coredns, kube-proxy and a CNI DaemonSet.
   * `hollow`: the control plane runs beside the cluster, and the Nodes `node-1` … start containers at once, without programs, as kubemark does.
   */
  readonly shape?: 'kubeadm' | 'hollow';
  /** A hollow cluster without a scheduler and without address ranges for Nodes, as upstream tests kubectl: Pods stay Pending. */
  readonly bare?: boolean;
  /** kube-apiserver's `--service-cluster-ip-range` in a hollow cluster. */
  readonly serviceClusterIpRange?: string;
  /** More users of the API besides the administrator, by bearer token. */
  readonly users?: readonly ClusterUser[];
  /** Labels and capacity of hollow Nodes, by index from 0. */
  readonly hollowNode?: (index: number) => {
    readonly labels?: { readonly [key: string]: string };
    readonly cpu?: string;
    readonly memory?: string;
  };
  /** kube-apiserver's `--etcd-compaction-interval`. Upstream compacts every 300,000; the default here is 0, never: see `historyRevisions`. */
  readonly etcdCompactionIntervalMs?: number;
  /** How many of etcd's newest revisions can be gone back to at least three quarters of; default 30,000. */
  readonly historyRevisions?: number;
  /** What is installed into a `kubeadm` cluster before it is ready, as `minikube addons enable` does it. Default nothing. */
  readonly addons?: readonly Addon[];
  /** What is there before anybody types: a lesson's world. */
  readonly scenario?: Scenario;
  /** What the cluster signs with, fresh from the host. Never part of a link. Default: drawn from the seed, see `drawPki`. */
  readonly pki?: PkiFiles;
  /** Deep-freeze what is stored: tests and development. */
  readonly freeze?: boolean;
}

/** An addon by its name. */
type Addon = 'metrics-server';

export interface ClusterUser {
  readonly token: string;
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

export const KUBERNETES_VERSION = 'v1.36.2';
export const BOOT_TIME: Time = '2026-01-01T00:00:00Z';
export const API_PORT = 6443;
/** kubeadm's usual block holds 256 Nodes of /24 each; a larger cluster needs a larger one. */
export const podNetworkOf = ({ nodes = 2 }: Pick<ClusterOptions, 'nodes'>): string =>
  nodes > 200 ? '10.128.0.0/9' : '10.244.0.0/16';

/** The etcd member's quota: room for 10,000 Pods on 1,000 Nodes, and for a small cluster what a browser can hold and show beside it. */
export const etcdQuotaOf = ({ nodes = 2 }: Pick<ClusterOptions, 'nodes'>): number =>
  Math.min(20_000 + 80 * nodes, 100_000);

export const SERVICE_NETWORK = '10.96.0.0/16';
export const CLUSTER_DNS = '10.96.0.10';
