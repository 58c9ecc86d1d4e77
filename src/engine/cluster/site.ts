/** What all parts of one cluster share: the world, the network, the images, the store. */

import type { HaltedControllers } from '#engine/control-plane/controller-manager/halting';
import type { Fabric, NodeNetwork } from '#engine/node/cni';
import type { ImageRegistry, Kernel } from '#engine/os';
import type { World } from '#engine/sim';
import type { LoadAsset } from './assets.ts';
import type { EtcdMember } from './etcd-process.ts';
import type { ClusterOptions } from './options.ts';
import type { PkiFiles } from './pki.ts';
import type { SiteDisk } from './stable.ts';

export interface Site {
  readonly world: World;
  readonly options: ClusterOptions;
  readonly fabric: Fabric;
  readonly load: LoadAsset;
  readonly etcd: EtcdMember;
  readonly registry: ImageRegistry;
  readonly kernel: Kernel;
  /** Where the API server listens. */
  readonly apiAddress: string;
  /** Names of machines as the network outside the cluster knows them. */
  readonly hosts: Map<string, readonly string[]>;
  /** The disks of all machines together. */
  readonly disk: SiteDisk;
  readonly pki: PkiFiles;
  /** Controllers that somebody stopped. */
  readonly halted: HaltedControllers;
  /** Administrator's bearer token. */
  readonly adminToken: string;
  /** The host's assets for those who only look: the loop does not wait for them, and does not know that they were asked for. */
  readonly loadBeside: LoadAsset;
  /** The API servers that run, by their process. */
  readonly apiServers: Set<object>;
}

/** The Node's place on the network, which privileged programs of the Node may change. */
export function nodeNetwork(site: Pick<Site, 'fabric'>, name: string): NodeNetwork {
  const network = site.fabric.node(name);
  if (!network) throw new Error(`no such node: ${name}`);
  return network;
}

/** 172.18.0.2, 172.18.0.3, … */
export const nodeAddress = (index: number): string =>
  `172.18.${Math.floor((index + 2) / 250)}.${((index + 2) % 250) + (index + 2 >= 250 ? 1 : 0)}`;

export const CONTROL_PLANE = 'control-plane';
