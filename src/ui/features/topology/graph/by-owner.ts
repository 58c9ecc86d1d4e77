/** Workloads beside the Pods they own: a Deployment through its ReplicaSets, others directly. */
import type { Buckets, PlaceOf } from './buckets.ts';
import type { PodFacts } from './facts.ts';
import type { Group, Grouping, Head, Section } from './group.ts';
import type { Ref, Sources } from './sources.ts';

interface Workload {
  readonly head: Head;
  /** By the id of the section: one per ReplicaSet, or one for all. */
  readonly sections: Map<string, { readonly head?: Head; readonly pods: readonly PodFacts[] }>;
}

const headOf = (ref: Ref, uid: string, ready: number, wanted: number): Head => ({
  id: `owner/${uid}`,
  ref,
  detail: `${ready}/${wanted}`,
  health: ready >= wanted ? (wanted === 0 ? 'idle' : 'good') : 'busy',
});

const refOf = (
  apiVersion: string,
  kind: string,
  { metadata }: { metadata: { name?: string; namespace?: string } },
): Ref => ({
  apiVersion,
  kind,
  name: metadata.name ?? '',
  ...(metadata.namespace && { namespace: metadata.namespace }),
});

const APPS = 'apps/v1';

function knownWorkloads({ deployments, daemonSets, statefulSets, replicationControllers, replicaSets }: Sources): {
  readonly workloads: Map<string, Workload>;
  /** Which workload and section a Pod's owner leads to. */
  readonly places: Map<string, { readonly workload: Workload; readonly section: string }>;
} {
  const workloads = new Map<string, Workload>();
  const places = new Map<string, { readonly workload: Workload; readonly section: string }>();
  const add = (uid: string, head: Head) => {
    const workload: Workload = { head, sections: new Map() };
    workloads.set(uid, workload);
    places.set(uid, { workload, section: head.id });
    return workload;
  };
  for (const deployment of deployments) {
    const { uid = '' } = deployment.metadata;
    const { readyReplicas = 0 } = deployment.status ?? {};
    add(uid, headOf(refOf(APPS, 'Deployment', deployment), uid, readyReplicas, deployment.spec?.replicas ?? 1));
  }
  for (const set of daemonSets) {
    const { uid = '' } = set.metadata;
    const { numberReady = 0, desiredNumberScheduled = 0 } = set.status ?? {};
    add(uid, headOf(refOf(APPS, 'DaemonSet', set), uid, numberReady, desiredNumberScheduled));
  }
  const counted = [
    ...statefulSets.map((set) => [refOf(APPS, 'StatefulSet', set), set] as const),
    ...replicationControllers.map(
      (controller) => [refOf('v1', 'ReplicationController', controller), controller] as const,
    ),
  ];
  for (const [ref, { metadata, spec, status }] of counted) {
    const { uid = '' } = metadata;
    add(uid, headOf(ref, uid, status?.readyReplicas ?? 0, spec?.replicas ?? 1));
  }
  for (const set of replicaSets) {
    const { uid = '', ownerReferences = [] } = set.metadata;
    const wanted = set.spec?.replicas ?? 1;
    const head = headOf(refOf(APPS, 'ReplicaSet', set), uid, set.status?.readyReplicas ?? 0, wanted);
    const owner = ownerReferences.find(({ controller }) => controller);
    const workload = owner && workloads.get(owner.uid);
    if (!workload) {
      if (wanted > 0 || !owner) add(uid, head);
      continue;
    }
    places.set(uid, { workload, section: head.id });
    // Old revisions that own nothing any more stay out of the picture.
    if (wanted > 0 || (set.status?.replicas ?? 0) > 0) workload.sections.set(head.id, { head, pods: [] });
  }
  return { workloads, places };
}

const BARE = 'bare';

export const placeByOwner: PlaceOf = ({ owner }) => (owner && owner.kind !== 'Node' ? owner.uid : BARE);

export function groupByOwner(sources: Sources, buckets: Buckets): Grouping {
  const { workloads, places } = knownWorkloads(sources);
  for (const [uid, pods] of buckets) {
    const owner = pods[0]?.owner;
    if (uid === BARE || !owner) continue;
    let place = places.get(uid);
    if (!place) {
      // Owners of kinds that are not watched here are known by what their Pods say.
      const { uid: _, ...ref } = owner;
      const workload: Workload = { head: { id: `owner/${uid}`, ref, detail: '', health: 'good' }, sections: new Map() };
      workloads.set(uid, workload);
      place = { workload, section: workload.head.id };
    }
    const { workload, section } = place;
    workload.sections.set(section, { ...workload.sections.get(section), pods });
  }
  const bare = buckets.get(BARE) ?? [];
  const groups = [...workloads.values()].map(ownerGroup).sort((a, b) => (a.title < b.title ? -1 : 1));
  if (bare.length > 0) {
    const sections = [{ id: BARE, pods: bare }];
    groups.push({ id: BARE, kind: 'rest', title: '', detail: '', health: 'idle', sections });
  }
  // The lines from owner to owned are not spelled out: who shares a room with a head is owned by it.
  return { groups, relations: [] };
}

function ownerGroup({ head, sections }: Workload): Group {
  const rows = [...sections].map(([id, row]): Section => ({ id, ...row }));
  const { namespace = '', name, kind } = head.ref;
  return {
    id: `group/${head.id}`,
    kind: 'owner',
    title: `${namespace}/${name}`,
    detail: kind,
    health: head.health,
    ref: head.ref,
    head,
    sections: rows.length > 0 ? rows : [{ id: head.id, pods: [] }],
  };
}
