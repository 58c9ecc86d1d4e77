/** The container runtime of a Node: sandboxes, containers with their processes and logs, images. */

export type { Attachment, Container } from './container.ts';
export { ContainerLog, type LogOptions, renderLine, renderLines } from './container-log.ts';
export { type ExecStreams, execSync, startExec } from './exec.ts';
export { imageRefOf, PullError, type StoredImage } from './image-store.ts';
export type { LogLine } from './log-line.ts';
export { ContainerRuntime, type ContainerRuntimeOptions, createContainerRuntime } from './runtime.ts';
export {
  type ContainerConfig,
  type ContainerState,
  type ContainerStatus,
  type ContainerUsage,
  type DnsConfig,
  type ExecResult,
  type PodEvent,
  type PortMapping,
  RuntimeError,
  type Sandbox,
  type SandboxConfig,
} from './types.ts';
