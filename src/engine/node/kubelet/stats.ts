/** `GET /stats/summary`: what Pods use now. @upstream staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go */
import type { Pod } from '#engine/api';
import { formatTime } from '#engine/sim';
import type { KubeletContext } from './context.ts';

/** @fidelity partial: CPU time and working set of containers, Pods and the Node; no network, no volumes */
export function stats(context: KubeletContext, pods: readonly Pod[]): unknown {
  const time = formatTime(context.world.clock.now());
  const usage = (cpuMs: number, memoryBytes: number) => ({
    cpu: { time, usageCoreNanoSeconds: Math.round(cpuMs * 1e6) },
    memory: { time, workingSetBytes: memoryBytes, usageBytes: memoryBytes, rssBytes: memoryBytes },
  });
  let nodeCpu = 0;
  let nodeMemory = 0;
  const podStats = pods.map((pod) => {
    const running = context
      .runtimePod(pod.metadata.uid ?? '')
      .containers.filter((status) => status.state === 'running');
    const containers = running.map((status) => {
      const used = context.runtime.usage(status.id);
      return {
        name: status.name,
        startTime: formatTime(status.startedAt ?? 0),
        cpuMs: used?.cpuUsageMs ?? 0,
        memory: used?.memoryBytes ?? 0,
      };
    });
    const cpu = containers.reduce((sum, container) => sum + container.cpuMs, 0);
    const memory = containers.reduce((sum, container) => sum + container.memory, 0);
    nodeCpu += cpu;
    nodeMemory += memory;
    return {
      podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      startTime: pod.status.startTime,
      containers: containers.map(({ name, startTime, cpuMs, memory: bytes }) => ({
        name,
        startTime,
        ...usage(cpuMs, bytes),
      })),
      ...usage(cpu, memory),
    };
  });
  return { node: { nodeName: context.options.nodeName, ...usage(nodeCpu, nodeMemory) }, pods: podStats };
}
