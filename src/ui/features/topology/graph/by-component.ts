/** The control plane as a drawing: who talks to whom, and which part is missing. */
import type { Lease, Node } from '#engine/api';
import type { Buckets, PlaceOf } from './buckets.ts';
import type { PodFacts } from './facts.ts';
import type { Group, Grouping, Relation } from './group.ts';
import { type Health, worse } from './pod-state.ts';
import type { Sources } from './sources.ts';

const SERVER = 'kube-apiserver';

/** The parts a cluster cannot do without, and the column each stands in. */
const PARTS: ReadonlyMap<string, number> = new Map([
  ['etcd', 0],
  [SERVER, 1],
  ['kube-controller-manager', 2],
  ['kube-scheduler', 2],
]);

const ADDON_COLUMN = 3;
const KUBELET = 'kubelet';

const componentOf = ({ labels, name, owner }: PodFacts): string =>
  labels.component ?? labels['k8s-app'] ?? labels['app.kubernetes.io/name'] ?? labels.app ?? owner?.name ?? name;

export const placeByComponent: PlaceOf = (pod) =>
  pod.namespace === 'kube-system' || pod.owner?.kind === 'Node' ? componentOf(pod) : undefined;

/** `2 of 3`: kubelets are no Pods, but they talk to the server like the others. */
function kubelets(nodes: readonly Node[]): Group {
  const ready = nodes.filter(({ status }) =>
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  ).length;
  return {
    id: `component/${KUBELET}`,
    kind: 'component',
    title: KUBELET,
    detail: `${ready}/${nodes.length} Nodes`,
    health: ready === nodes.length ? 'good' : ready === 0 ? 'bad' : 'warn',
    column: ADDON_COLUMN,
    sections: [{ id: `component/${KUBELET}`, pods: [] }],
  };
}

/** Who leads, and when he last said so. */
function leadership(name: string, leases: readonly Lease[]): string {
  const { holderIdentity, renewTime } = leases.find(({ metadata }) => metadata.name === name)?.spec ?? {};
  return holderIdentity && renewTime ? `⚑ ${holderIdentity.replace(/_.*$/, '')} ${renewTime.slice(11, 19)}` : '';
}

/** Nothing when the control plane does not run as Pods. A part without a Pod keeps its empty room. */
export function groupByComponent(
  buckets: Buckets,
  { nodes, leases = [] }: Pick<Sources, 'nodes' | 'leases'>,
): Grouping {
  if (!buckets.has(SERVER) && !buckets.has('etcd')) return { groups: [], relations: [] };
  const groups: Group[] = [];
  const relations: Relation[] = [];
  const add = (group: Group, up: boolean) => {
    groups.push(group);
    const to = group.title === SERVER ? 'component/etcd' : `component/${SERVER}`;
    if (group.title !== 'etcd') relations.push({ id: `${group.id}>${to}`, from: group.id, to, broken: !up });
  };
  for (const name of new Set([...PARTS.keys(), ...buckets.keys()])) {
    const id = `component/${name}`;
    const pods = buckets.get(name) ?? [];
    const up = pods.some(({ health }) => health === 'good');
    const health = pods.reduce<Health>((worst, pod) => worse(worst, pod.health), up ? 'good' : 'bad');
    const column = PARTS.get(name) ?? ADDON_COLUMN;
    const sections = [{ id, pods }];
    const detail = PARTS.has(name) ? leadership(name, leases) : '';
    const trouble = !up && PARTS.has(name) ? { trouble: { kind: 'down', about: name } as const } : {};
    add({ id, kind: 'component', title: name, detail, health, column, sections, ...trouble }, up);
  }
  const agents = kubelets(nodes);
  if (nodes.length > 0) add(agents, agents.health !== 'bad');
  return { groups, relations };
}
