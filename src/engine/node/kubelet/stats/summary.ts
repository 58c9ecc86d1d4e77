/** `GET /stats/summary`: what Pods use now. @upstream staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go */
import type { Pod } from '#engine/api';
import type { ContainerStatus } from '#engine/node/cri';
import { formatTime, type Millis } from '#engine/sim';
import { type KubeletView, latestContainer } from '../types.ts';
import { declaredUse, SYSTEM } from './declared.ts';

interface ContainerUse {
  readonly name: string;
  readonly startedAt: Millis;
  /** CPU time since it started. */
  readonly cpuMs: Millis;
  readonly memoryBytes: number;
}

export interface PodUse {
  readonly pod: Pod;
  readonly containers: readonly ContainerUse[];
}

export interface NodeUse {
  readonly at: Millis;
  /** Never gets less, whatever ends. */
  readonly cpuMs: Millis;
  readonly memoryBytes: number;
  readonly pods: readonly PodUse[];
}

const MEBIBYTE = 1024 * 1024;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
export const cpuOf = ({ containers }: PodUse): Millis => sum(containers.map(({ cpuMs }) => cpuMs));
export const memoryOf = ({ containers }: PodUse): number => sum(containers.map(({ memoryBytes }) => memoryBytes));

/** What a running container has burnt and holds: its processes' own account, and what its image is declared to need besides. */
function useOf(view: KubeletView, status: ContainerStatus): ContainerUse {
  const { name, startedAt = 0, memoryLimitBytes = Number.POSITIVE_INFINITY } = status;
  const used = view.runtime.usage(status.id);
  const { milliCores, mebibytes } = declaredUse(status.image);
  const idleMs = ((view.world.clock.now() - startedAt) * milliCores) / 1000;
  const memoryBytes = Math.max(used?.memoryBytes ?? 0, Math.min(mebibytes * MEBIBYTE, memoryLimitBytes));
  return { name, startedAt, cpuMs: (used?.cpuUsageMs ?? 0) + idleMs, memoryBytes };
}

/** Reads the Node's meters. A container that ends between two readings takes along what it burnt since the last. */
export function createMeter(view: KubeletView): (pods: readonly Pod[]) => NodeUse {
  const since = view.world.clock.now();
  let ended: Millis = 0;
  let before = new Map<string, Millis>();
  return (all) => {
    const at = view.world.clock.now();
    const after = new Map<string, Millis>();
    const pods = all.map((pod): PodUse => {
      const runtime = view.runtimePod(pod.metadata.uid ?? '');
      const running = runtime.containers.filter(
        (status) => status.state === 'running' && latestContainer(runtime, status.name) === status,
      );
      const containers = running.map((status) => {
        const use = useOf(view, status);
        after.set(status.id, use.cpuMs);
        return use;
      });
      return { pod, containers };
    });
    for (const [id, cpuMs] of before) if (!after.has(id)) ended += cpuMs;
    before = after;
    const running = pods.filter(({ containers }) => containers.length > 0);
    return {
      at,
      cpuMs: ended + sum([...after.values()]) + ((at - since) * SYSTEM.milliCores) / 1000,
      memoryBytes: SYSTEM.mebibytes * MEBIBYTE + sum(running.map(memoryOf)),
      pods: running,
    };
  };
}

/** @fidelity partial: CPU time and working set of containers, Pods and the Node; no network, no volumes */
export function summary(nodeName: string, { at, cpuMs, memoryBytes, pods }: NodeUse): unknown {
  const time = formatTime(at);
  const usage = (cpu: Millis, memory: number) => ({
    cpu: { time, usageCoreNanoSeconds: Math.round(cpu * 1e6) },
    memory: { time, workingSetBytes: memory, usageBytes: memory, rssBytes: memory },
  });
  return {
    node: { nodeName, ...usage(cpuMs, memoryBytes) },
    pods: pods.map((use) => {
      const { name, namespace, uid } = use.pod.metadata;
      return {
        podRef: { name, namespace, uid },
        startTime: use.pod.status.startTime,
        containers: use.containers.map((one) => ({
          name: one.name,
          startTime: formatTime(one.startedAt),
          ...usage(one.cpuMs, one.memoryBytes),
        })),
        ...usage(cpuOf(use), memoryOf(use)),
      };
    }),
  };
}
