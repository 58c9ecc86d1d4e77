/** Mirrors hand-written Endpoints into EndpointSlices, so that those who read slices see them. @upstream pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go */
import { type EndpointSlice, endpointSlices, endpoints, services } from '#engine/api';
import { isNotFound, keyOf, objectKey } from '#engine/apimachinery';
import { type Client, startController, watch, watchWith } from '#engine/client-go';
import { type ControllerContext, SETTLE_MS } from '../context.ts';
import type { AddressType } from '../endpointslice/endpoint.ts';
import { MANAGED_BY, planSlices, SERVICE_NAME, type SlicePlan } from '../endpointslice/plan-slices.ts';
import { StaleCacheError, WriteTracker } from '../stale-cache.ts';
import { MIRRORING_MANAGER, mirrorGroups, mirrorOwner, shouldMirror } from './mirror.ts';

const MIRROR_INDEX = 'mirrored';
const FAMILIES: readonly AddressType[] = ['IPv4', 'IPv6'];

const keyOfSlice = ({ metadata }: EndpointSlice): string =>
  keyOf(metadata.labels?.[SERVICE_NAME] ?? '', metadata.namespace);

const isOurs = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[MANAGED_BY] === MIRRORING_MANAGER;

/** @fidelity full */
export function startEndpointSliceMirroringController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('endpointslicemirroring-controller');
  const endpointsList = informers.informer(endpoints).lister;
  const serviceList = informers.informer(services).lister;
  const indexers = { [MIRROR_INDEX]: (slice: EndpointSlice) => (isOurs(slice) ? [keyOfSlice(slice)] : []) };
  const slices = informers.informer(endpointSlices, { indexers }).lister;
  const tracker = new WriteTracker();

  const reconcile = async (key: string) => {
    const existing = slices.byIndex(MIRROR_INDEX, key);
    const source = endpointsList.get(key);
    if (!source || !shouldMirror(source, serviceList.get(key))) {
      tracker.forget(key);
      await perform(client, tracker, key, { create: [], update: [], remove: existing });
      return undefined;
    }
    if (tracker.isStale(key)) throw new StaleCacheError('EndpointSlice');
    for (const type of FAMILIES) {
      const same = existing.filter((slice) => slice.addressType === type);
      await perform(client, tracker, key, planSlices(mirrorOwner(source), type, same, mirrorGroups(source, type)));
    }
    return undefined;
  };
  const watches = [
    watch(endpoints, (source) => [objectKey(source)]),
    watch(services, (service) => [objectKey(service)]),
    watchWith(endpointSlices, (queue) => ({
      added: (slice) => tracker.saw(keyOfSlice(slice), slice),
      updated: (_, slice) => tracker.saw(keyOfSlice(slice), slice),
      deleted: (slice) => {
        tracker.sawDeletion(keyOfSlice(slice), slice);
        if (isOurs(slice)) queue.add(keyOfSlice(slice));
      },
    })),
  ];
  const spec = { name: 'endpointslice mirroring', watches, settleMs: SETTLE_MS, maxRetries: 15, reconcile };
  startController(world, informers, spec, signal);
}

async function perform(client: Client, tracker: WriteTracker, key: string, plan: SlicePlan): Promise<void> {
  for (const slice of plan.create) tracker.wrote(key, await client.create(endpointSlices, slice));
  for (const slice of plan.update) tracker.wrote(key, await client.update(endpointSlices, slice));
  for (const { metadata } of plan.remove) {
    try {
      await client.delete(endpointSlices, { namespace: metadata.namespace, name: metadata.name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
