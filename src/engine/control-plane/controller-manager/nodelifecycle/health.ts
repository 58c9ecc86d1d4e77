/** When a Node was last heard of: by its status or by its lease. @upstream pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth */
import type { Lease, Node, NodeCondition } from '#engine/api';
import { type Millis, parseTime } from '#engine/sim';
import { nodeCondition } from './conditions.ts';

export interface NodeHealth {
  readonly ready: NodeCondition | undefined;
  readonly renewTime: string | undefined;
  readonly probedAt: Millis;
}

/** What is known of a Node after a look at its object and its lease. */
export function observeHealth(
  saved: NodeHealth | undefined,
  node: Node,
  lease: Lease | undefined,
  now: Millis,
): NodeHealth {
  const ready = nodeCondition(node, 'Ready');
  const created = parseTime(node.metadata.creationTimestamp ?? '') ?? now;
  const heard =
    saved && Boolean(saved.ready) === Boolean(ready) && saved.ready?.lastHeartbeatTime === ready?.lastHeartbeatTime;
  let probedAt = heard ? saved.probedAt : saved || ready ? now : created;
  const renewTime = lease?.spec.renewTime;
  if (renewTime !== undefined && (saved?.renewTime === undefined || saved.renewTime < renewTime)) probedAt = now;
  return { ready, renewTime: renewTime ?? saved?.renewTime, probedAt };
}
