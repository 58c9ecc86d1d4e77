/** The words of the container runtime interface. @upstream staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto */
import type { Net } from '#engine/http';
import type { ExitStatus, Mount, Signal } from '#engine/os';
import type { Millis } from '#engine/sim';
import type { ContainerLog } from './container-log.ts';

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort: number;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface SandboxConfig {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly attempt: number;
  readonly hostname: string;
  /** What /etc/hosts calls the Pod: its whole name, and its host name. */
  readonly ownNames?: readonly string[];
  readonly hostNetwork: boolean;
  readonly portMappings: readonly PortMapping[];
  readonly dns: DnsConfig;
  /** /etc/hosts beyond what the runtime writes. */
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  /** Containers of the Pod see each other's processes. */
  readonly sharePids: boolean;
}

export interface Sandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly state: 'ready' | 'notready';
  readonly createdAt: Millis;
  /** Absent on the host network. */
  readonly addresses: readonly string[];
  readonly net: Net;
}

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
}

export interface ContainerConfig {
  readonly name: string;
  /** The restart count. */
  readonly attempt: number;
  /** As the Pod names it. */
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly command?: readonly string[];
  /** Replaces the image's cmd. */
  readonly args?: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  /** Volumes; the container's own root, /dev, /etc/hosts, /etc/hostname and /etc/resolv.conf are the runtime's. */
  readonly mounts: readonly Mount[];
  readonly user?: { readonly uid?: number; readonly gid?: number; readonly supplementalGroups?: readonly number[] };
  readonly readOnlyRoot?: boolean;
  readonly tty?: boolean;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
  readonly stopSignal?: Signal;
  readonly terminationMessagePath?: string;
}

export type ContainerState = 'created' | 'running' | 'exited';

/** A container as the runtime reports it. */
export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: ContainerState;
  readonly createdAt: Millis;
  readonly startedAt?: Millis;
  readonly finishedAt?: Millis;
  readonly exitCode?: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown`; absent from a hollow runtime */
  readonly reason?: string;
  readonly message?: string;
  /** First tag of the image on the Node. */
  readonly image: string;
  /** `name@digest`, or the id of an image that was loaded. */
  readonly imageRef: string;
  readonly user?: ContainerUser;
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
  readonly log: ContainerLog;
  /** The file at terminationMessagePath when it ended. */
  readonly terminationMessage?: string;
}

/** The runtime refused or failed; `message` is what the kubelet shows. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

export interface ExecResult {
  readonly status: ExitStatus;
  /** stdout and stderr as they came */
  readonly output: string;
}

export interface ContainerUsage {
  readonly cpuUsageMs: Millis;
  readonly memoryBytes: number;
  readonly fsUsedBytes: number;
}

/** What happened to a Pod's containers or sandbox: the kubelet's PLEG without the polling. */
export interface PodEvent {
  readonly podUid: string;
  readonly type: 'SandboxStarted' | 'SandboxStopped' | 'ContainerStarted' | 'ContainerDied' | 'ContainerRemoved';
  readonly id: string;
}
