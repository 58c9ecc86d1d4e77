/** The map of the cluster: Nodes as rooms, Pods in them, owners and Services beside them, live. */
import { useMemo } from 'react';
import {
  apiVersionOf,
  daemonSets,
  deployments,
  endpointSlices,
  leases,
  nodes,
  pods,
  replicaSets,
  replicationControllers,
  services,
  statefulSets,
} from '#engine/api';
import { type TrafficBatch, useCapabilities, useList, useReadOnly, useTraffic } from '../../cluster/index.ts';
import { type ObjectReference, select, useSession } from '../../session/index.ts';
import { actionsOf, referenceOf } from './actions-of.ts';
import { type Ref, refKey, type Sources } from './graph/sources.ts';
import { TopologyPane } from './topology-pane.tsx';
import type { TrafficSource } from './traffic/traffic-layer.tsx';

const KUBE_SYSTEM = { namespace: 'kube-system' } as const;

const onSelect = (ref: Ref | undefined): void => select(ref && referenceOf(ref));

const keyOf = ({ resource, name, namespace }: ObjectReference): string =>
  refKey({ apiVersion: apiVersionOf(resource), kind: resource.kind, name, ...(namespace && { namespace }) });

export default function Topology() {
  const nodeList = useList(nodes);
  const podList = useList(pods);
  const sets = useList(replicaSets).items;
  const owners = useList(deployments).items;
  const daemons = useList(daemonSets).items;
  const stateful = useList(statefulSets).items;
  const controllers = useList(replicationControllers).items;
  const fronts = useList(services).items;
  const slices = useList(endpointSlices).items;
  const leaders = useList(leases, KUBE_SYSTEM).items;
  const subscribe = useTraffic();
  const readOnly = useReadOnly();
  const { shell } = useCapabilities();
  const touched = useSession((session) => session.touched);
  const selected = useSession((session) => session.selected);
  const locale = useSession((session) => session.locale);
  const sources = useMemo(
    (): Sources => ({
      nodes: nodeList.items,
      pods: podList.items,
      replicaSets: sets,
      deployments: owners,
      daemonSets: daemons,
      statefulSets: stateful,
      replicationControllers: controllers,
      services: fronts,
      endpointSlices: slices,
      leases: leaders,
    }),
    [nodeList.items, podList.items, sets, owners, daemons, stateful, controllers, fronts, slices, leaders],
  );
  const chosen = selected ? keyOf(selected) : '';
  const lit = useMemo(() => new Set(touched.map(keyOf)), [touched]);
  const traffic = useMemo(
    () => (listener: Parameters<TrafficSource>[0]) =>
      subscribe(({ flows, more }: TrafficBatch) => listener(flows, more)),
    [subscribe],
  );
  return (
    <TopologyPane
      sources={sources}
      synced={nodeList.synced && podList.synced}
      chosen={chosen}
      locale={locale}
      onSelect={onSelect}
      lit={lit}
      traffic={readOnly ? undefined : traffic}
      actions={(ref, words) => actionsOf(ref, words, readOnly, shell)}
    />
  );
}
