/** Writes the Pods behind each Service into Endpoints, for those who still read them. @upstream pkg/controller/endpoint/endpoints_controller.go */
import { type Endpoints, endpoints, type Pod, pods, type Service, services } from '#engine/api';
import { isAlreadyExists, isNotFound, objectKey, semanticEqual, splitKey } from '#engine/apimachinery';
import { startController, watch, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { HEADLESS, isHeadless } from '../endpointslice/endpoint.ts';
import { TRIGGER_TIME, TriggerTimeTracker } from '../endpointslice/trigger-time.ts';
import { isNamespaceTerminating, messageOf } from '../pod-control.ts';
import { podHandlers, selects } from '../service-selection.ts';
import { without } from '../without.ts';
import { endpointSubsets, truncate } from './subsets.ts';

const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** @fidelity partial: one address family, the Service's first; addresses over the limit are cut in order, not in proportion */
export function startEndpointsController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('endpoint-controller');
  const recorder = recorderFor(context, client, 'endpoint-controller');
  const serviceList = informers.informer(services).lister;
  const podList = informers.informer(pods).lister;
  const endpointsList = informers.informer(endpoints).lister;
  const triggerTimes = new TriggerTimeTracker();

  const removeLeftover = async (key: string) => {
    triggerTimes.forget(key);
    if (!endpointsList.get(key)) return;
    try {
      await client.delete(endpoints, splitKey(key));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
  const write = async (current: Endpoints | undefined, next: Endpoints) => {
    try {
      if (current) await client.update(endpoints, next);
      else await client.create(endpoints, next);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const verb = current ? 'update' : 'create';
      const about = current ?? next;
      const text = `Failed to ${verb} endpoint ${objectKey(next)}: ${messageOf(error)}`;
      if (!isAlreadyExists(error))
        recorder.event(about, 'Warning', `FailedTo${current ? 'Update' : 'Create'}Endpoint`, text);
      throw error;
    }
  };
  const reconcile = async (key: string) => {
    const service = serviceList.get(key);
    if (!service) {
      await removeLeftover(key);
      return undefined;
    }
    if (service.spec.type === 'ExternalName' || !service.spec.selector) return undefined;
    const behind = podList.list(service.metadata.namespace).filter((pod) => selects(service, pod));
    const trigger = triggerTimes.next(key, service, behind);
    const current = endpointsList.get(key);
    const next = desiredEndpoints(service, behind, current, trigger);
    if (!current || differs(current, next)) await write(current, next);
    return undefined;
  };
  const watches = [
    watch(services, (service) => [objectKey(service)]),
    watchWith(pods, (queue) => podHandlers(queue, serviceList)),
    watchWith(endpoints, (queue) => ({ deleted: (object) => queue.add(objectKey(object)) })),
  ];
  const spec = { name: 'endpoints', watches, settleMs: SETTLE_MS, maxRetries: 15, reconcile };
  startController(world, informers, spec, signal);
}

function desiredEndpoints(
  service: Service,
  behind: readonly Pod[],
  current: Endpoints | undefined,
  trigger: string | undefined,
): Endpoints {
  const all = endpointSubsets(service, behind);
  const subsets = truncate(all);
  const labels = without(service.metadata.labels, HEADLESS);
  const kept = without(current?.metadata.annotations, TRIGGER_TIME, OVER_CAPACITY);
  const annotations = {
    ...kept,
    ...(trigger !== undefined && { [TRIGGER_TIME]: trigger }),
    ...(subsets !== all && { [OVER_CAPACITY]: 'truncated' }),
  };
  const { name, namespace } = service.metadata;
  const { annotations: _, ...metadata } = current?.metadata ?? {
    name,
    ...(namespace !== undefined && { namespace }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...metadata,
      labels: { ...labels, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: 'endpoint-controller' },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(subsets.length > 0 && { subsets }),
  };
}

const differs = (current: Endpoints, next: Endpoints): boolean =>
  !semanticEqual(current.subsets, next.subsets) ||
  !semanticEqual(current.metadata.labels, next.metadata.labels) ||
  current.metadata.annotations?.[OVER_CAPACITY] !== next.metadata.annotations?.[OVER_CAPACITY];
