/** The map of the cluster: Nodes as rooms, Pods in them, owners and Services beside them, live. */
import { useMemo } from 'react';
import {
  apiVersionOf,
  daemonSets,
  deployments,
  endpointSlices,
  nodes,
  pods,
  replicaSets,
  resourceForKind,
  services,
} from '#engine/api';
import { useList } from '../../cluster/index.ts';
import { select, useSession } from '../../session/index.ts';
import { type Ref, refKey, type Sources } from './graph/sources.ts';
import { TopologyPane } from './topology-pane.tsx';

function onSelect(ref: Ref | undefined): void {
  const resource = ref && resourceForKind(ref.apiVersion, ref.kind);
  select(ref && resource && { resource, name: ref.name, ...(ref.namespace && { namespace: ref.namespace }) });
}

export default function Topology() {
  const nodeList = useList(nodes);
  const podList = useList(pods);
  const sets = useList(replicaSets).items;
  const owners = useList(deployments).items;
  const daemons = useList(daemonSets).items;
  const fronts = useList(services).items;
  const slices = useList(endpointSlices).items;
  const selected = useSession((session) => session.selected);
  const locale = useSession((session) => session.locale);
  const sources = useMemo(
    (): Sources => ({
      nodes: nodeList.items,
      pods: podList.items,
      replicaSets: sets,
      deployments: owners,
      daemonSets: daemons,
      services: fronts,
      endpointSlices: slices,
    }),
    [nodeList.items, podList.items, sets, owners, daemons, fronts, slices],
  );
  const chosen = useMemo(() => {
    if (!selected) return '';
    const { resource, name, namespace } = selected;
    return refKey({ apiVersion: apiVersionOf(resource), kind: resource.kind, name, ...(namespace && { namespace }) });
  }, [selected]);
  return (
    <TopologyPane
      sources={sources}
      synced={nodeList.synced && podList.synced}
      chosen={chosen}
      locale={locale}
      onSelect={onSelect}
    />
  );
}
