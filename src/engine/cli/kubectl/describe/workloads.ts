/** describe deployment, replicaset, replicationcontroller, daemonset, statefulset. */

import type {
  CoreV1Event,
  DaemonSet,
  Deployment,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '#engine/api';
import { compareText, formatLabelSelector, type KubeObject } from '#engine/apimachinery';
import { equalJson, type Json, type JsonObject } from '../text/json.ts';
import { annotations, conditionTable, controlledBy, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import { podTemplate } from './pod.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;

const heading = (w: DescriptionWriter, object: KubeObject) => {
  w.write(0, `Name:\t${object.metadata.name}\n`);
  w.write(0, `Namespace:\t${object.metadata.namespace ?? ''}\n`);
};

export async function describeDeployment(
  w: DescriptionWriter,
  one: Deployment,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const { spec, status, metadata } = one;
  heading(w, one);
  w.write(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `Selector:\t${formatLabelSelector(spec.selector)}\n`);
  w.write(
    0,
    `Replicas:\t${spec.replicas ?? 0} desired | ${status?.updatedReplicas ?? 0} updated | ${status?.replicas ?? 0} total | ${status?.availableReplicas ?? 0} available | ${status?.unavailableReplicas ?? 0} unavailable\n`,
  );
  w.write(0, `StrategyType:\t${spec.strategy?.type ?? ''}\n`);
  w.write(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}\n`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling)
    w.write(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge\n`);
  podTemplate(w, spec.template);
  conditionTable(w, status?.conditions);
  const owned = await ownedReplicaSets(context, one);
  const current = newReplicaSet(one, owned);
  w.write(0, `OldReplicaSets:\t${replicaSetNames(owned.filter((set) => set !== current))}\n`);
  w.write(0, `NewReplicaSet:\t${replicaSetNames(current ? [current] : [])}\n`);
  events(w, list_);
}

export async function ownedReplicaSets(context: DescribeContext, one: Deployment): Promise<readonly ReplicaSet[]> {
  const found = await list(context, 'replicasets.apps', one.metadata.namespace ?? '', {
    labelSelector: formatLabelSelector(one.spec.selector),
  });
  return (found as unknown as readonly ReplicaSet[]).filter((set) =>
    set.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === one.metadata.uid),
  );
}

/** The oldest replica set with the deployment's own template. */
function newReplicaSet(one: Deployment, owned: readonly ReplicaSet[]): ReplicaSet | undefined {
  const matching = owned.filter((set) => sameTemplate(set.spec.template, one.spec.template));
  return [...matching].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1,
  )[0];
}

function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec): boolean {
  const bare = (template: PodTemplateSpec | undefined): Json => {
    const value = template as unknown as JsonObject | undefined;
    const metadata = (value?.metadata ?? {}) as JsonObject;
    const { 'pod-template-hash': _, ...rest } = (metadata.labels ?? {}) as JsonObject;
    return { ...value, metadata: { ...metadata, labels: rest } };
  };
  return equalJson(bare(a), bare(b));
}

const replicaSetNames = (sets: readonly ReplicaSet[]): string =>
  sets
    .map((set) => `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec.replicas ?? 0} replicas created)`)
    .join(', ') || '<none>';

/** `4 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that belong to the object. */
async function podsStatus(context: DescribeContext, one: KubeObject, selector: string): Promise<string> {
  const found = (await list(context, 'pods', one.metadata.namespace ?? '', {
    labelSelector: selector,
  })) as unknown as readonly Pod[];
  const owned = found.filter((pod) =>
    pod.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === one.metadata.uid),
  );
  const count = (phase: string) => owned.filter((pod) => pod.status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

export async function describeReplicaSet(
  w: DescriptionWriter,
  one: ReplicaSet,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const selector = formatLabelSelector(one.spec.selector);
  heading(w, one);
  w.write(0, `Selector:\t${selector}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  const owner = controlledBy(one.metadata);
  if (owner) w.write(0, `Controlled By:\t${owner}\n`);
  await replicas(w, one, selector, list_, context);
}

/** What ReplicaSets and ReplicationControllers have in common, from their counts on. */
async function replicas(
  w: DescriptionWriter,
  one: ReplicaSet | ReplicationController,
  selector: string,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  w.write(0, `Replicas:\t${one.status?.replicas ?? 0} current / ${one.spec.replicas ?? 0} desired\n`);
  w.write(0, `Pods Status:\t${await podsStatus(context, one, selector)}\n`);
  podTemplate(w, one.spec.template);
  conditionTable(w, one.status?.conditions);
  events(w, list_);
}

export async function describeReplicationController(
  w: DescriptionWriter,
  one: ReplicationController,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const selector = formatLabelSelector({ matchLabels: one.spec.selector ?? {} });
  heading(w, one);
  w.write(0, `Selector:\t${selector}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  await replicas(w, one, selector, list_, context);
}

export async function describeDaemonSet(
  w: DescriptionWriter,
  one: DaemonSet,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const selector = formatLabelSelector(one.spec.selector);
  const { status } = one;
  const nodeSelector = Object.entries(one.spec.template.spec?.nodeSelector ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  heading(w, one);
  w.write(0, `Selector:\t${selector}\n`);
  w.write(0, `Node-Selector:\t${nodeSelector.sort(compareText).join(',') || '<none>'}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
  w.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
  w.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
  w.write(0, `Pods Status:\t${await podsStatus(context, one, selector)}\n`);
  podTemplate(w, one.spec.template);
  events(w, list_);
}

export async function describeStatefulSet(
  w: DescriptionWriter,
  one: StatefulSet,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const selector = formatLabelSelector(one.spec.selector);
  heading(w, one);
  w.write(0, `CreationTimestamp:\t${rfc1123(one.metadata.creationTimestamp)}\n`);
  w.write(0, `Selector:\t${selector}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, `Replicas:\t${one.spec.replicas ?? 0} desired | ${one.status?.replicas ?? 0} total\n`);
  w.write(0, `Update Strategy:\t${one.spec.updateStrategy?.type ?? ''}\n`);
  const partition = one.spec.updateStrategy?.rollingUpdate?.partition;
  if (partition !== undefined) w.write(1, `Partition:\t${partition}\n`);
  w.write(0, `Pods Status:\t${await podsStatus(context, one, selector)}\n`);
  podTemplate(w, one.spec.template);
  claims(w, one.spec.volumeClaimTemplates);
  events(w, list_);
}

function claims(w: DescriptionWriter, templates: StatefulSet['spec']['volumeClaimTemplates']): void {
  if (!templates?.length) {
    w.write(0, 'Volume Claims:\t<none>\n');
    return;
  }
  w.write(0, 'Volume Claims:\n');
  for (const one of templates) {
    w.write(1, `Name:\t${one.metadata.name}\n`);
    w.write(1, `StorageClass:\t${one.spec.storageClassName ?? ''}\n`);
    labels(w, '  Labels', one.metadata.labels);
    annotations(w, '  Annotations', one.metadata.annotations);
    w.write(1, `Capacity:\t${one.spec.resources?.requests?.storage ?? '<default>'}\n`);
    w.write(1, `Access Modes:\t[${(one.spec.accessModes ?? []).join(' ')}]\n`);
  }
}
