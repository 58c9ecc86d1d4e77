/** The flags of kube-apiserver, as far as they mean something here. */

import type { Etcd } from '#engine/control-plane/etcd';
import type { Net } from '#engine/http';
import type * as aggregation from './aggregation/index.ts';
import type { RequestAssets } from './assets.ts';
import type * as customResources from './custom-resources/index.ts';
import type { StaticUser } from './filters/authentication.ts';

/** Code that this server can start without. */
export interface ApiServerAssets extends RequestAssets {
  readonly aggregation: typeof aggregation;
  readonly customresources: typeof customResources;
}

/** Brings a part of the server. */
type LoadServerAsset = <K extends keyof ApiServerAssets>(asset: K) => Promise<ApiServerAssets[K]>;

export interface ApiServerOptions {
  readonly etcd: Etcd;
  readonly users?: readonly StaticUser[];
  /** Default true. */
  readonly anonymous?: boolean;
  /** Default 10.96.0.0/16. */
  readonly serviceClusterIpRange?: string;
  /** Default 30000 to 32767. */
  readonly serviceNodePortRange?: { readonly first: number; readonly last: number };
  /** How kubelets are reached for logs, exec, attach and port-forward. */
  readonly net?: Net;
  /** Where clients in the cluster find this server. Default 192.168.49.2. */
  readonly advertiseAddress?: string;
  /** Default 6443. */
  readonly advertisePort?: number;
  /** Default 3600. */
  readonly eventTtlSeconds?: number;
  /** `--etcd-compaction-interval`: default 300,000; 0 leaves compaction to others. */
  readonly compactionIntervalMs?: number;
  /** Brings what is large or seldom used. */
  readonly load: LoadServerAsset;
  /** Deep-freeze what is stored: tests and development. */
  readonly freeze?: boolean;
  /** `--service-account-signing-key-file`: a private key on P-256, PEM; the same for every server of a cluster. Default: drawn from the world. */
  readonly serviceAccountKey?: string;
  /** `--client-ca-file`: the certificates of who signs clients' certificates, PEM. */
  readonly clientCa?: string;
  /** Default true: create the system namespaces and what else a fresh cluster has. */
  readonly bootstrap?: boolean;
}

export const DEFAULT_ADVERTISE_ADDRESS = '192.168.49.2';
export const DEFAULT_ADVERTISE_PORT = 6443;
export const DEFAULT_EVENT_TTL_SECONDS = 3600;
export const DEFAULT_COMPACTION_INTERVAL_MS = 300_000;
export const DEFAULT_SERVICE_RANGE = '10.96.0.0/16';
export const DEFAULT_NODE_PORTS = Object.freeze({ first: 30_000, last: 32_767 });
