/** Nodes as rooms, and one more room for Pods that have none yet. */
import type { Node } from '#engine/api';
import type { Buckets, PlaceOf } from './buckets.ts';
import type { Group, Grouping } from './group.ts';
import type { Health } from './pod-state.ts';
import type { Ref } from './sources.ts';

const WAITING = 'waiting';

interface NodeFacts {
  readonly id: string;
  readonly name: string;
  readonly ref: Ref;
  /** As `kubectl get nodes` prints it. */
  readonly status: string;
  readonly health: Health;
}

const known = new WeakMap<Node, NodeFacts>();

function nodeFacts(node: Node): NodeFacts {
  const before = known.get(node);
  if (before) return before;
  const { name = '' } = node.metadata;
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const cordoned = node.spec?.unschedulable === true;
  const facts: NodeFacts = {
    id: `node/${name}`,
    name,
    ref: { apiVersion: 'v1', kind: 'Node', name },
    status: `${ready ? 'Ready' : 'NotReady'}${cordoned ? ',SchedulingDisabled' : ''}`,
    health: ready ? (cordoned ? 'warn' : 'good') : 'bad',
  };
  known.set(node, facts);
  return facts;
}

export const placeByNode: PlaceOf = ({ nodeName }) => nodeName ?? '';

/** Pods on a Node that is no longer there keep a room of its name until they are gone. */
export function groupByNode(nodes: readonly Node[], buckets: Buckets): Grouping {
  const waiting = [{ id: WAITING, pods: buckets.get('') ?? [] }];
  const groups: Group[] = [{ id: WAITING, kind: 'waiting', title: '', detail: '', health: 'idle', sections: waiting }];
  const there = new Set(['']);
  for (const node of nodes) {
    const { id, name, ref, status, health } = nodeFacts(node);
    const sections = [{ id, pods: buckets.get(name) ?? [] }];
    groups.push({ id, kind: 'node', title: name, detail: status, health, ref, sections });
    there.add(name);
  }
  for (const [name, pods] of buckets) {
    if (there.has(name)) continue;
    const id = `node/${name}`;
    groups.push({ id, kind: 'node', title: name, detail: '', health: 'bad', sections: [{ id, pods }] });
  }
  return { groups, relations: [] };
}
