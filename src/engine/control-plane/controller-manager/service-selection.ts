/** Which Services a Pod is behind. @upstream staging/src/k8s.io/endpointslice/util/controller_utils.go */
import type { Pod, Service } from '#engine/api';
import { objectKey } from '#engine/apimachinery';
import type { ControllerQueue, Lister, ResourceEventHandler } from '#engine/client-go';
import { endpointChanged } from './endpointslice/endpoint.ts';

/** Services with a selector that all labels of the Pod satisfy; a Service without one selects nothing here. */
export function selects({ spec: { selector } }: Service, pod: Pod): boolean {
  if (!selector) return false;
  const { labels = {} } = pod.metadata;
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}

/** Wakes the Services of a Pod that came, went or changed in a way that endpoints show. */
export function podHandlers(queue: ControllerQueue, services: Lister<Service>): ResourceEventHandler<Pod> {
  const wake = (pod: Pod) => {
    for (const service of services.list(pod.metadata.namespace)) {
      if (selects(service, pod)) queue.add(objectKey(service));
    }
  };
  return {
    added: wake,
    updated: (previous, pod) => {
      if (!endpointChanged(previous, pod)) return;
      wake(pod);
      if (previous.metadata.labels !== pod.metadata.labels) wake(previous);
    },
    deleted: wake,
  };
}
