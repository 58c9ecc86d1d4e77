/** Moves a Deployment's Pods from one template to the next. @upstream pkg/controller/deployment/deployment_controller.go */
import { type Deployment, deployments, type Pod, pods, type ReplicaSet, replicaSets } from '#engine/api';
import { controllerOf, keyOf, labelSelectorAsMatcher, matchesLabels, objectKey } from '#engine/apimachinery';
import {
  type ControllerQueue,
  type Lister,
  type ResourceEventHandler,
  type Result,
  startController,
  watch,
  watchWith,
} from '#engine/client-go';
import { type ControllerContext, recorderFor, settleForReplicas } from '../context.ts';
import { CONTROLLER_INDEX, claimObjects, controllerIndex, orphansOf } from '../ref-manager.ts';
import { DeploymentSync } from './sync.ts';

/**
 * Starts the Deployment controller.
 * @fidelity partial: the annotation of extensions/v1beta1 rollbacks (deprecated.deployment.rollback.to) is not acted on
 */
export function startDeploymentController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('deployment-controller');
  const recorder = recorderFor(context, client, 'deployment-controller');
  const indexers = { [CONTROLLER_INDEX]: controllerIndex };
  const deploymentList = informers.informer(deployments).lister;
  const replicaSetList = informers.informer(replicaSets, { indexers }).lister;
  const podList = informers.informer(pods, { indexers }).lister;
  const podsOf = (replicaSet: ReplicaSet) => podList.byIndex(CONTROLLER_INDEX, replicaSet.metadata.uid ?? '');

  const reconcile = async (key: string): Promise<Result | undefined> => {
    const deployment = deploymentList.get(key);
    if (!deployment) return undefined;
    const { namespace = '', uid = '' } = deployment.metadata;
    const matcher = labelSelectorAsMatcher(deployment.spec.selector);
    if (!matcher.nothing && matcher.requirements.length === 0) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      recorder.event(deployment, 'Warning', 'SelectingAll', message);
      return undefined;
    }
    const candidates = [
      ...replicaSetList.byIndex(CONTROLLER_INDEX, uid),
      ...replicaSetList.byIndex(CONTROLLER_INDEX, orphansOf(namespace)),
    ];
    const matches = (replicaSet: ReplicaSet) => matchesLabels(matcher, replicaSet.metadata.labels);
    const owned = await claimObjects(client, deployments, deployment, replicaSets, candidates, matches);
    const cached = (name: string) => replicaSetList.get(keyOf(name, namespace));
    return new DeploymentSync(world, client, recorder, deployment, owned, podsOf, cached).run();
  };

  const recreateDone = (pod: Pod): readonly string[] => recreateKeys(pod, deploymentList, replicaSetList, podsOf);
  startController(
    world,
    informers,
    {
      name: 'deployment',
      watches: [
        watch(deployments, (deployment) => [objectKey(deployment)]),
        watchWith(replicaSets, (queue) => replicaSetHandlers(queue, deploymentList)),
        watchWith(pods, (queue) => ({
          deleted: (pod) => {
            for (const key of recreateDone(pod)) queue.add(key);
          },
        })),
      ],
      // A ReplicaSet speaks first, its Deployment then sums up.
      settleMs: (key) => 2 * settleForReplicas(deploymentList.get(key)?.spec.replicas ?? 0),
      maxRetries: 15,
      reconcile,
    },
    signal,
  );
}

function replicaSetHandlers(queue: ControllerQueue, lister: Lister<Deployment>): ResourceEventHandler<ReplicaSet> {
  const owner = (replicaSet: ReplicaSet): string | undefined => {
    const reference = controllerOf(replicaSet);
    if (reference?.kind !== 'Deployment') return undefined;
    const key = keyOf(reference.name, replicaSet.metadata.namespace);
    return lister.get(key)?.metadata.uid === reference.uid ? key : undefined;
  };
  const wake = (replicaSet: ReplicaSet) => {
    const key = owner(replicaSet);
    if (key !== undefined) queue.add(key);
  };
  const wakeMatching = (replicaSet: ReplicaSet) => {
    for (const deployment of lister.list(replicaSet.metadata.namespace)) {
      const matcher = labelSelectorAsMatcher(deployment.spec.selector);
      if (matcher.requirements.length > 0 && matchesLabels(matcher, replicaSet.metadata.labels)) {
        queue.add(objectKey(deployment));
      }
    }
  };
  return {
    added: (replicaSet) => {
      if (controllerOf(replicaSet)) wake(replicaSet);
      else if (replicaSet.metadata.deletionTimestamp === undefined) wakeMatching(replicaSet);
    },
    updated: (previous, replicaSet) => {
      const before = controllerOf(previous);
      const after = controllerOf(replicaSet);
      if (before && before.uid !== after?.uid) wake(previous);
      if (after) wake(replicaSet);
      else if (before || previous.metadata.labels !== replicaSet.metadata.labels) wakeMatching(replicaSet);
    },
    deleted: wake,
  };
}

/** A Recreate rollout goes on when the last old Pod is gone. */
function recreateKeys(
  pod: Pod,
  deploymentList: Lister<Deployment>,
  replicaSetList: Lister<ReplicaSet>,
  podsOf: (replicaSet: ReplicaSet) => readonly Pod[],
): readonly string[] {
  const { namespace } = pod.metadata;
  const podOwner = controllerOf(pod);
  const replicaSet = podOwner && replicaSetList.get(keyOf(podOwner.name, namespace));
  const owner = replicaSet && controllerOf(replicaSet);
  const deployment = owner && deploymentList.get(keyOf(owner.name, namespace));
  if (deployment?.spec.strategy?.type !== 'Recreate' || deployment.metadata.uid !== owner?.uid) return [];
  const siblings = replicaSetList.byIndex(CONTROLLER_INDEX, owner?.uid ?? '');
  return siblings.every((sibling) => podsOf(sibling).length === 0) ? [objectKey(deployment)] : [];
}
