/** What wakes a DaemonSet. @upstream pkg/controller/daemon/daemon_controller.go */
import type { DaemonSet, Node, Pod } from '#engine/api';
import { controllerOf, keyOf, labelSelectorAsMatcher, matchesLabels, objectKey } from '#engine/apimachinery';
import type { ControllerQueue, Expectations, Lister, ResourceEventHandler } from '#engine/client-go';
import { countsDiffer, isPodReady } from '../pod-status.ts';
import { placeOnNode } from './placement.ts';

/** Nodes that come, go or change in a way that concerns placement. A heartbeat wakes nobody. */
export function nodeHandlers(queue: ControllerQueue, daemonSets: Lister<DaemonSet>): ResourceEventHandler<Node> {
  const wakeAll = (node: Node) => {
    for (const daemonSet of daemonSets.list()) {
      if (placeOnNode(daemonSet, node).shouldContinueRunning) queue.add(objectKey(daemonSet));
    }
  };
  return {
    added: wakeAll,
    updated: (previous, node) => {
      if (previous.metadata.labels === node.metadata.labels && previous.spec.taints === node.spec.taints) return;
      for (const daemonSet of daemonSets.list()) {
        const before = placeOnNode(daemonSet, previous);
        const after = placeOnNode(daemonSet, node);
        const same =
          before.shouldRun === after.shouldRun && before.shouldContinueRunning === after.shouldContinueRunning;
        if (!same) queue.add(objectKey(daemonSet));
      }
    },
    deleted: wakeAll,
  };
}

export function podHandlers(
  queue: ControllerQueue,
  daemonSets: Lister<DaemonSet>,
  expectations: Expectations,
): ResourceEventHandler<Pod> {
  const owner = (pod: Pod): string | undefined => {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'DaemonSet') return undefined;
    const key = keyOf(reference.name, pod.metadata.namespace);
    return daemonSets.get(key)?.metadata.uid === reference.uid ? key : undefined;
  };
  const gone = (pod: Pod) => {
    const key = owner(pod);
    if (key === undefined) return;
    expectations.deletionObserved(key, pod.metadata.uid ?? '');
    queue.add(key);
  };
  const wakeMatching = (pod: Pod) => {
    for (const daemonSet of daemonSets.list(pod.metadata.namespace)) {
      const matcher = labelSelectorAsMatcher(daemonSet.spec.selector);
      if (matcher.requirements.length > 0 && matchesLabels(matcher, pod.metadata.labels))
        queue.add(objectKey(daemonSet));
    }
  };
  return {
    added: (pod) => {
      if (pod.metadata.deletionTimestamp !== undefined) gone(pod);
      else if (controllerOf(pod)) {
        const key = owner(pod);
        if (key === undefined) return;
        expectations.creationObserved(key);
        queue.add(key);
      } else wakeMatching(pod);
    },
    updated: (previous, pod) => {
      if (!countsDiffer(previous, pod)) return;
      if (pod.metadata.deletionTimestamp !== undefined) {
        gone(pod);
        return;
      }
      const before = controllerOf(previous);
      const after = controllerOf(pod);
      const formerKey = before && before.uid !== after?.uid ? owner(previous) : undefined;
      if (formerKey !== undefined) queue.add(formerKey);
      if (!after) {
        wakeMatching(pod);
        return;
      }
      const key = owner(pod);
      if (key === undefined) return;
      queue.add(key);
      const minReadySeconds = daemonSets.get(key)?.spec.minReadySeconds ?? 0;
      if (minReadySeconds > 0 && !isPodReady(previous) && isPodReady(pod)) {
        queue.addAfter(key, minReadySeconds * 1000 + 1000);
      }
    },
    deleted: gone,
  };
}
