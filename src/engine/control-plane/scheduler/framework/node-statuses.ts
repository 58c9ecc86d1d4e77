/** Why each Node was refused; Nodes never looked at share one verdict. @upstream pkg/scheduler/framework/types.go NodeToStatus */
import type { Code, Verdict } from './verdict.ts';

export class NodeStatuses {
  private readonly byNode = new Map<string, Verdict>();
  /** For Nodes without a verdict of their own. */
  absent: Verdict = NOT_EVALUATED;

  set(node: string, verdict: Verdict): void {
    this.byNode.set(node, verdict);
  }

  get(node: string): Verdict {
    return this.byNode.get(node) ?? this.absent;
  }

  get size(): number {
    return this.byNode.size;
  }

  get explicit(): ReadonlyMap<string, Verdict> {
    return this.byNode;
  }

  /** The Nodes among these whose verdict has the code. */
  withCode<N extends { readonly name: string }>(nodes: readonly N[], code: Code): N[] {
    if (this.byNode.size === 0 && this.absent.code !== code) return [];
    return nodes.filter((node) => this.get(node.name).code === code);
  }
}

/** Upstream gives no reason here: the Node was left out because enough others fit. */
const NOT_EVALUATED: Verdict = Object.freeze({ code: 'UnschedulableAndUnresolvable', reasons: Object.freeze([]) });

/**
 * The Pod fits nowhere, in upstream's words: `0/3 nodes are available: 1 Insufficient cpu, 2 …`.
 * @upstream pkg/scheduler/framework/types.go FitError
 */
export function fitErrorMessage(
  numAllNodes: number,
  statuses: NodeStatuses,
  rest: { readonly preFilterMessage?: string | undefined; readonly postFilterMessage?: string | undefined } = {},
): string {
  let message = `0/${numAllNodes} nodes are available:`;
  if (rest.preFilterMessage) {
    message += ` ${rest.preFilterMessage}.`;
  } else {
    const counts = reasonCounts(numAllNodes, statuses);
    if (counts.length > 0) message += ` ${counts.join(', ')}.`;
  }
  return rest.postFilterMessage ? `${message} ${rest.postFilterMessage}` : message;
}

/** `3 Insufficient cpu`, sorted as strings. */
function reasonCounts(numAllNodes: number, statuses: NodeStatuses): string[] {
  const counts = new Map<string, number>();
  for (const { reasons } of statuses.explicit.values()) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const absent = numAllNodes - statuses.size;
  if (absent > 0) for (const reason of statuses.absent.reasons) counts.set(reason, (counts.get(reason) ?? 0) + absent);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort((a, b) => (a < b ? -1 : 1));
}
