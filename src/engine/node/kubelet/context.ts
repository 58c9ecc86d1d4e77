/** What the parts of one kubelet share. */
import type { Pod, Service } from '#engine/api';
import type { Client, EventRecorder, EventType } from '#engine/client-go';
import type { ContainerRuntime } from '#engine/node/cri';
import type { Millis, Timer, World } from '#engine/sim';
import type { Backoff } from './backoff.ts';
import type { ImageManager } from './image-manager.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Prober } from './prober.ts';
import type { StatusManager } from './status-manager.ts';
import type { KubeletOptions, RuntimePod } from './types.ts';

export interface KubeletContext {
  readonly world: World;
  readonly client: Client;
  readonly options: KubeletOptions;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  readonly statuses: StatusManager;
  readonly prober: Prober;
  readonly images: ImageManager;
  readonly crashBackoff: Backoff;
  readonly reader: ObjectReader;
  readonly signal: AbortSignal;
  readonly allocatable: { readonly [resource: string]: string };
  services(): Promise<readonly Service[]>;
  runtimePod(uid: string): RuntimePod;
  /** Rings at the first tick of the kubelet's one-second clock that is at least `ms` away; not after the kubelet has ended. */
  atTick(ms: Millis, name: string, ring: () => void): Timer;
  /** A uniformly random factor in [1, 1.5). */
  jitter(): number;
}

/** Events about containers; hollow kubelets send none. */
export function podEvent(
  context: KubeletContext,
  pod: Pod,
  type: EventType,
  reason: string,
  message: string,
  fieldPath?: string,
): void {
  if (context.options.hollow) return;
  context.recorder.event(pod, type, reason, message, fieldPath === undefined ? undefined : { fieldPath });
}

/** `spec.initContainers{i1}`. */
export function fieldPathOf(pod: Pod, container: string): string {
  const list = pod.spec.containers.some(({ name }) => name === container)
    ? 'containers'
    : pod.spec.initContainers?.some(({ name }) => name === container)
      ? 'initContainers'
      : 'ephemeralContainers';
  return `spec.${list}{${container}}`;
}
