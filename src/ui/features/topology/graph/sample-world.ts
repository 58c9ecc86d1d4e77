/** Clusters of any size for tests and measurements: the same size is the same cluster. */
import type { Deployment, EndpointSlice, Node, Pod, ReplicaSet, Service } from '#engine/api';
import type { Sources } from './sources.ts';

export interface PodWish {
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly waiting?: string;
  readonly deleted?: boolean;
  readonly restarts?: number;
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly labels?: { readonly [name: string]: string };
  readonly unschedulable?: boolean;
}

const CREATED = '2026-01-01T00:00:00Z';

function conditionsOf({ ready, node, unschedulable }: PodWish) {
  const scheduled = { type: 'PodScheduled', status: node ? 'True' : 'False' };
  return [
    { ...scheduled, ...(unschedulable && { reason: 'Unschedulable' }) },
    { type: 'Ready', status: ready ? 'True' : 'False' },
    ...(node ? [{ type: 'PodReadyToStartContainers', status: 'True' }] : []),
  ];
}

export function samplePod(wish: PodWish): Pod {
  const { name, namespace = 'default', node, ready = false, waiting, owner, labels = {}, restarts = 0 } = wish;
  const phase = wish.phase ?? (ready || waiting === 'CrashLoopBackOff' ? 'Running' : 'Pending');
  const state = waiting ? { waiting: { reason: waiting } } : { running: { startedAt: CREATED } };
  const image = 'nginx:1.27';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      labels,
      ...(wish.deleted && { deletionTimestamp: CREATED }),
      ...(owner && {
        ownerReferences: [{ apiVersion: owner.kind === 'Node' ? 'v1' : 'apps/v1', ...owner, controller: true }],
      }),
    },
    spec: { containers: [{ name: 'main', image }], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions: conditionsOf(wish),
      ...(node && {
        containerStatuses: [{ name: 'main', image, imageID: '', ready, restartCount: restarts, state }],
      }),
    },
  } as Pod;
}

export function sampleNode(name: string, { ready = true, cordoned = false } = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}` },
    spec: { ...(cordoned && { unschedulable: true }) },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
  } as Node;
}

export const EMPTY: Sources = {
  nodes: [],
  pods: [],
  replicaSets: [],
  deployments: [],
  daemonSets: [],
  statefulSets: [],
  replicationControllers: [],
  services: [],
  endpointSlices: [],
};

function workload(name: string, replicas: number) {
  const metadata = { name, namespace: 'default', uid: `uid-${name}` };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas },
    status: { readyReplicas: replicas },
  };
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-1`,
      namespace: 'default',
      uid: `uid-${name}-1`,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: metadata.uid, controller: true }],
    },
    spec: { replicas },
    status: { replicas, readyReplicas: replicas },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: { app: name }, clusterIP: '10.96.0.10', ports: [{ port: 80 }] },
  };
  return { deployment, set, service } as unknown as { deployment: Deployment; set: ReplicaSet; service: Service };
}

/** Deployments of a hundred Pods each, spread over the Nodes in turn, each behind a Service. */
export function sampleWorld({ nodes, pods }: { readonly nodes: number; readonly pods: number }): Sources {
  const all: Pod[] = [];
  const deployments: Deployment[] = [];
  const replicaSets: ReplicaSet[] = [];
  const services: Service[] = [];
  const endpointSlices: EndpointSlice[] = [];
  for (let first = 0; first < pods; first += 100) {
    const app = `app-${first / 100}`;
    const members: Pod[] = [];
    for (let index = first; index < Math.min(pods, first + 100); index++) {
      const owner = { kind: 'ReplicaSet', name: `${app}-1`, uid: `uid-${app}-1` };
      members.push(
        samplePod({ name: `${app}-1-${index}`, node: `node-${index % nodes}`, ready: true, owner, labels: { app } }),
      );
    }
    const { deployment, set, service } = workload(app, members.length);
    deployments.push(deployment);
    replicaSets.push(set);
    services.push(service);
    all.push(...members);
    endpointSlices.push({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${app}-x`, namespace: 'default', labels: { 'kubernetes.io/service-name': app } },
      addressType: 'IPv4',
      endpoints: members.map(({ metadata: { name = '' } }) => ({
        addresses: ['10.0.0.1'],
        targetRef: { kind: 'Pod', namespace: 'default', name },
        conditions: { ready: true },
      })),
    } as unknown as EndpointSlice);
  }
  const names = Array.from({ length: nodes }, (_, index) => sampleNode(`node-${index}`));
  return { ...EMPTY, nodes: names, pods: all, deployments, replicaSets, services, endpointSlices };
}

/** The same world after some of its Pods have restarted: every `step`-th, beginning with `offset`. */
export function stir(world: Sources, step: number, offset: number): Sources {
  const pods = world.pods.slice();
  for (let index = offset % step; index < pods.length; index += step) {
    const pod = pods[index];
    const [status] = pod?.status?.containerStatuses ?? [];
    if (!pod?.status || !status) continue;
    const ready = !status.ready;
    const conditions = conditionsOf({ name: '', ready, node: 'here' }) as NonNullable<Pod['status']>['conditions'] &
      object;
    const containerStatuses = [{ ...status, ready, restartCount: status.restartCount + 1 }];
    pods[index] = { ...pod, status: { ...pod.status, conditions, containerStatuses } };
  }
  return { ...world, pods };
}
