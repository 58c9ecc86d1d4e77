/** What a silent Node is said to be, and which taints its conditions call for. Pure. @upstream pkg/controller/nodelifecycle/node_lifecycle_controller.go */
import type { Node, NodeCondition } from '#engine/api';
import { formatTime, type Millis } from '#engine/sim';
import { NOT_READY, UNREACHABLE } from '../node-taints.ts';

const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export const nodeCondition = ({ status }: Node, type: string): NodeCondition | undefined =>
  status.conditions?.find((condition) => condition.type === type);

/** The Node with every condition of its kubelet Unknown; the same object when they are already. */
export function withUnknownConditions(node: Node, now: Millis): Node {
  const time = formatTime(now);
  let conditions = node.status.conditions ?? [];
  for (const type of KUBELET_CONDITIONS) {
    const current = conditions.find((condition) => condition.type === type);
    if (!current) {
      const never: NodeCondition = {
        type,
        status: 'Unknown',
        ...(node.metadata.creationTimestamp !== undefined && { lastHeartbeatTime: node.metadata.creationTimestamp }),
        lastTransitionTime: time,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      };
      conditions = [...conditions, never];
    } else if (current.status !== 'Unknown') {
      const unknown: NodeCondition = {
        ...current,
        status: 'Unknown',
        lastTransitionTime: time,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      };
      conditions = conditions.map((condition) => (condition === current ? unknown : condition));
    }
  }
  return conditions === node.status.conditions ? node : { ...node, status: { ...node.status, conditions } };
}

const NO_SCHEDULE_KEYS: { readonly [condition: string]: { readonly [status: string]: string } } = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

const MANAGED_KEYS = new Set([
  UNSCHEDULABLE,
  ...Object.values(NO_SCHEDULE_KEYS).flatMap((keys) => Object.values(keys)),
]);

/** The NoSchedule taints that conditions and `spec.unschedulable` call for, and those to take off. */
export function noScheduleTaints({ spec, status }: Node): {
  readonly add: readonly string[];
  readonly remove: readonly string[];
} {
  const wanted = new Set<string>();
  for (const { type, status: value } of status.conditions ?? []) {
    const key = NO_SCHEDULE_KEYS[type]?.[value];
    if (key !== undefined) wanted.add(key);
  }
  if (spec.unschedulable) wanted.add(UNSCHEDULABLE);
  const present = (spec.taints ?? []).filter(({ key, effect }) => effect === 'NoSchedule' && MANAGED_KEYS.has(key));
  return {
    add: [...wanted].filter((key) => !present.some((taint) => taint.key === key)),
    remove: present.filter(({ key }) => !wanted.has(key)).map(({ key }) => key),
  };
}
