/** What a kubelet is started with, and the words its parts share. */
import type { Node, NodeSystemInfo, Pod, Service } from '#engine/api';
import type { Client, Lister } from '#engine/client-go';
import type { HttpRequest, HttpResponse, Net } from '#engine/http';
import type { ContainerRuntime, ContainerStatus, Sandbox } from '#engine/node/cri';
import type { Millis, World } from '#engine/sim';

/** Pods that come from the Node itself, not from the API: parsed manifests of a directory. */
export interface StaticPodSource {
  list(): readonly Pod[];
  /** Called after every change. Returns a function that stops it. */
  onChange(listener: () => void): () => void;
}

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

export interface KubeletOptions {
  readonly nodeName: string;
  readonly runtime: ContainerRuntime;
  /** The Node's own network. */
  readonly net: Net;
  readonly addresses: readonly string[];
  /** Quantities by resource name; defaults for what is not given. */
  readonly capacity?: { readonly [resource: string]: string };
  /** Subtracted from capacity to give allocatable. */
  readonly reserved?: { readonly [resource: string]: string };
  readonly labels?: { readonly [key: string]: string };
  readonly taints?: readonly Taint[];
  readonly providerId?: string;
  readonly nodeInfo?: Partial<NodeSystemInfo>;
  readonly clusterDns?: readonly string[];
  readonly clusterDomain?: string;
  readonly staticPods?: StaticPodSource;
  /** Services of the cluster, shared by its kubelets; without it a kubelet keeps its own cache. */
  readonly services?: Lister<Service>;
  /** Statuses as kubemark's hollow kubelets write them: every container is ready, no events about containers. */
  readonly hollow?: boolean;
  readonly port?: number;
  /** Brings the part that knows users and figures; without it everybody is let in, and no figures are told. */
  readonly extra?: () => Promise<{ createKubeletExtras(view: KubeletView): KubeletExtras }>;
}

/** What the kubelet's figures are made of. */
export interface KubeletView {
  readonly world: World;
  readonly client: Client;
  readonly options: { readonly nodeName: string };
  readonly runtime: Pick<ContainerRuntime, 'usage'>;
  runtimePod(uid: string): RuntimePod;
}

/** Answers who may not come in, and what is about resource use; undefined: the kubelet's common half answers. */
export type KubeletExtras = (request: HttpRequest, pods: () => readonly Pod[]) => Promise<HttpResponse | undefined>;

/** A Pod's sandboxes and containers as the runtime has them, oldest first. */
export interface RuntimePod {
  readonly sandboxes: readonly Sandbox[];
  readonly containers: readonly ContainerStatus[];
}

/** The newest container of a name. @upstream pkg/kubelet/container/runtime.go */
export function latestContainer(runtime: RuntimePod, name: string): ContainerStatus | undefined {
  for (let i = runtime.containers.length - 1; i >= 0; i--) {
    const status = runtime.containers[i];
    if (status?.name === name) return status;
  }
  return undefined;
}

/** Why a container could not be started, for `state.waiting`. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

/** What the probes know. */
export interface ProbeView {
  /** undefined: has not run yet */
  result(kind: ProbeKind, containerId: string): boolean | undefined;
  has(kind: ProbeKind, podUid: string, container: string): boolean;
}

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** `name_namespace(uid)`, as kubelet messages name a Pod. @upstream pkg/kubelet/util/format/pod.go */
export const formatPod = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;

export const STATIC_SOURCE = 'file';
export const CONFIG_SOURCE = 'kubernetes.io/config.source';
export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_SEEN = 'kubernetes.io/config.seen';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

export const isStaticPod = (pod: Pod): boolean => {
  const source = pod.metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== 'api';
};
export const isMirrorPod = (pod: Pod): boolean => pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;

/** A container of `initContainers` that keeps running beside the others: a sidecar. */
export const isRestartableInit = (container: { readonly restartPolicy?: string }): boolean =>
  container.restartPolicy === 'Always';

/** As Go prints a duration: `10s`, `1m20s`, `1.5s`, `250ms`. */
export function formatDuration(ms: Millis): string {
  if (ms === 0) return '0s';
  if (ms < 1) return `${trim(ms * 1000)}µs`;
  if (ms < 1000) return `${trim(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = trim((ms % 60_000) / 1000);
  return `${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}s`;
}

const trim = (value: number) => String(Math.round(value * 1e6) / 1e6);
