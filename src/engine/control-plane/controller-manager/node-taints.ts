/** Taints that controllers put on Nodes. @upstream pkg/controller/util/node/controller_utils.go */
import { type Node, nodes, type Taint } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { formatTime, type Millis } from '#engine/sim';

type TaintId = Pick<Taint, 'key' | 'effect'>;

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';

export const hasTaint = ({ spec }: Node, { key, effect }: TaintId): boolean =>
  (spec.taints ?? []).some((taint) => taint.key === key && taint.effect === effect);

const same = (a: TaintId, b: TaintId) => a.key === b.key && a.effect === b.effect;

/**
 * Puts taints on a Node and takes others off, in one patch; none when nothing changes. New taints carry the time.
 * Reads the Node again when somebody else wrote in between. False when the Node is gone.
 */
export async function swapTaints(
  client: Client,
  node: Node,
  add: readonly TaintId[],
  remove: readonly TaintId[],
  now: Millis,
): Promise<boolean> {
  let current = node;
  for (;;) {
    const before = current.spec.taints ?? [];
    const kept = before.filter((taint) => !remove.some((each) => same(each, taint)));
    const added = add
      .filter((taint) => !kept.some((each) => same(each, taint)))
      .map(({ key, effect }) => ({ key, effect, timeAdded: formatTime(now) }));
    if (added.length === 0 && kept.length === before.length) return true;
    const taints = [...kept, ...added];
    const { name, resourceVersion } = current.metadata;
    const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
    try {
      await client.patch(nodes, { name }, 'strategic', patch);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!isConflict(error)) throw error;
      current = await client.get(nodes, { name });
    }
  }
}
