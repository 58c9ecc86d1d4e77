/** The control plane as a drawing: who talks to whom, and which part is missing. */
import type { Buckets, PlaceOf } from './buckets.ts';
import type { PodFacts } from './facts.ts';
import type { Group, Grouping, Relation } from './group.ts';
import { type Health, worse } from './pod-state.ts';

const SERVER = 'kube-apiserver';

/** The parts a cluster cannot do without, and the column each stands in. */
const PARTS: ReadonlyMap<string, number> = new Map([
  ['etcd', 0],
  [SERVER, 1],
  ['kube-controller-manager', 2],
  ['kube-scheduler', 2],
]);

const ADDON_COLUMN = 3;

const componentOf = ({ labels, name, owner }: PodFacts): string =>
  labels.component ?? labels['k8s-app'] ?? labels['app.kubernetes.io/name'] ?? labels.app ?? owner?.name ?? name;

export const placeByComponent: PlaceOf = (pod) =>
  pod.namespace === 'kube-system' || pod.owner?.kind === 'Node' ? componentOf(pod) : undefined;

/** Nothing when the control plane does not run as Pods. A part without a Pod keeps its empty room. */
export function groupByComponent(buckets: Buckets): Grouping {
  if (!buckets.has(SERVER) && !buckets.has('etcd')) return { groups: [], relations: [] };
  const groups: Group[] = [];
  const relations: Relation[] = [];
  for (const name of new Set([...PARTS.keys(), ...buckets.keys()])) {
    const id = `component/${name}`;
    const pods = buckets.get(name) ?? [];
    const up = pods.some(({ health }) => health === 'good');
    const health = pods.reduce<Health>((worst, pod) => worse(worst, pod.health), up ? 'good' : 'bad');
    const column = PARTS.get(name) ?? ADDON_COLUMN;
    groups.push({ id, kind: 'component', title: name, detail: '', health, column, sections: [{ id, pods }] });
    const to = name === SERVER ? 'component/etcd' : `component/${SERVER}`;
    if (name !== 'etcd') relations.push({ id: `${id}>${to}`, from: id, to, broken: !up });
  }
  return { groups, relations };
}
