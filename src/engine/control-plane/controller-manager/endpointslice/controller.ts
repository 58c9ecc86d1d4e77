/** Writes the Pods behind each Service into EndpointSlices. @upstream pkg/controller/endpointslice/endpointslice_controller.go */
import {
  type Endpoint,
  type EndpointSlice,
  endpointSlices,
  type Node,
  nodes,
  type Pod,
  pods,
  type Service,
  services,
} from '#engine/api';
import { type Draft, isNotFound, keyOf, objectKey } from '#engine/apimachinery';
import { type Client, type Lister, startController, watch, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { isNamespaceTerminating, messageOf } from '../pod-control.ts';
import { podHandlers, selects } from '../service-selection.ts';
import { StaleCacheError, WriteTracker } from '../stale-cache.ts';
import { without } from '../without.ts';
import {
  type AddressType,
  addressTypes,
  endpointPorts,
  podAddresses,
  podToEndpoint,
  portsKey,
  shouldBeInEndpoints,
} from './endpoint.ts';
import {
  MANAGED_BY,
  MANAGER,
  type PortGroup,
  planSlices,
  SERVICE_NAME,
  type SlicePlan,
  serviceOwner,
} from './plan-slices.ts';
import { TRIGGER_TIME, TriggerTimeTracker } from './trigger-time.ts';

const SERVICE_INDEX = 'service';

const serviceKeyOf = ({ metadata }: EndpointSlice): string =>
  keyOf(metadata.labels?.[SERVICE_NAME] ?? '', metadata.namespace);

const isOurs = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[MANAGED_BY] === MANAGER;

/** @fidelity partial: hints follow trafficDistribution, not the annotation service.kubernetes.io/topology-mode */
export function startEndpointSliceController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('endpointslice-controller');
  const recorder = recorderFor(context, client, 'endpoint-slice-controller');
  const serviceList = informers.informer(services).lister;
  const podList = informers.informer(pods).lister;
  const tracker = new WriteTracker();
  const sync = new SliceSync(client, podList, informers.informer(nodes).lister, tracker, slicesOf(context));

  const reconcile = async (key: string) => {
    const service = serviceList.get(key);
    if (!service) {
      sync.forget(key);
      return undefined;
    }
    if (service.spec.type === 'ExternalName' || !service.spec.selector) return undefined;
    try {
      await sync.run(key, service);
    } catch (error) {
      if (!(error instanceof StaleCacheError)) {
        const text = `Error updating Endpoint Slices for Service ${key}: ${messageOf(error)}`;
        recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', text);
      }
      throw error;
    }
    return undefined;
  };
  const watches = [
    watch(services, (service) => [objectKey(service)]),
    watchWith(pods, (queue) => podHandlers(queue, serviceList)),
    watchWith(endpointSlices, (queue) => ({
      added: (slice) => tracker.saw(serviceKeyOf(slice), slice),
      updated: (previous, slice) => {
        tracker.saw(serviceKeyOf(slice), slice);
        if (isOurs(previous) !== isOurs(slice) || serviceKeyOf(previous) !== serviceKeyOf(slice)) {
          queue.add(serviceKeyOf(previous));
          queue.add(serviceKeyOf(slice));
        }
      },
      deleted: (slice) => {
        tracker.sawDeletion(serviceKeyOf(slice), slice);
        if (isOurs(slice)) queue.add(serviceKeyOf(slice));
      },
    })),
  ];
  const spec = { name: 'endpointslice', watches, settleMs: SETTLE_MS, maxRetries: 15, reconcile };
  startController(world, informers, spec, signal);
}

function slicesOf({ informers }: ControllerContext): (key: string) => readonly EndpointSlice[] {
  const indexers = { [SERVICE_INDEX]: (slice: EndpointSlice) => (isOurs(slice) ? [serviceKeyOf(slice)] : []) };
  const { lister } = informers.informer(endpointSlices, { indexers });
  return (key) => lister.byIndex(SERVICE_INDEX, key);
}

class SliceSync {
  private readonly triggerTimes = new TriggerTimeTracker();

  constructor(
    private readonly client: Client,
    private readonly pods: Lister<Pod>,
    private readonly nodes: Lister<Node>,
    private readonly tracker: WriteTracker,
    private readonly slices: (key: string) => readonly EndpointSlice[],
  ) {}

  forget(key: string): void {
    this.triggerTimes.forget(key);
    this.tracker.forget(key);
  }

  async run(key: string, service: Service): Promise<void> {
    const existing = this.slices(key);
    if (this.tracker.isStale(key)) throw new StaleCacheError('EndpointSlice');
    const behind = this.pods.list(service.metadata.namespace).filter((pod) => selects(service, pod));
    const trigger = this.triggerTimes.next(key, service, behind);
    const types = addressTypes(service);
    const missing: string[] = [];
    const plan: { create: Draft<EndpointSlice>[]; update: EndpointSlice[]; remove: EndpointSlice[] } = {
      create: [],
      update: [],
      remove: existing.filter((slice) => !types.includes(slice.addressType as AddressType)),
    };
    for (const type of types) {
      const groups = this.groups(service, type, behind, missing);
      const same = existing.filter(
        (slice) => slice.addressType === type && slice.metadata.deletionTimestamp === undefined,
      );
      const part = planSlices(serviceOwner(service), type, same, groups);
      plan.create.push(...part.create);
      plan.update.push(...part.update);
      plan.remove.push(...part.remove);
    }
    await this.perform(key, service, plan, trigger);
    if (missing.length > 0) throw new Error(missing.join(', '));
  }

  private groups(service: Service, type: AddressType, behind: readonly Pod[], missing: string[]): readonly PortGroup[] {
    const groups = new Map<string, { ports: PortGroup['ports']; endpoints: Endpoint[] }>();
    for (const pod of behind) {
      if (!shouldBeInEndpoints(pod, true) || podAddresses(pod, type).length === 0) continue;
      const { nodeName } = pod.spec;
      const node = nodeName ? this.nodes.get(nodeName) : undefined;
      if (nodeName && !node && !service.spec.publishNotReadyAddresses) {
        const { namespace, name } = service.metadata;
        missing.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`);
        continue;
      }
      const ports = endpointPorts(service, pod);
      const key = portsKey(ports);
      const endpoint = podToEndpoint(pod, node, service, type);
      const group = groups.get(key);
      if (group) group.endpoints.push(endpoint);
      else groups.set(key, { ports, endpoints: [endpoint] });
    }
    return [...groups.values()];
  }

  private async perform(key: string, service: Service, plan: SlicePlan, trigger: string | undefined): Promise<void> {
    if (service.metadata.deletionTimestamp === undefined) {
      for (const slice of plan.create) {
        try {
          this.tracker.wrote(key, await this.client.create(endpointSlices, withTrigger(slice, trigger)));
        } catch (error) {
          if (isNamespaceTerminating(error)) return;
          throw error;
        }
      }
    }
    for (const slice of plan.update) {
      this.tracker.wrote(key, await this.client.update(endpointSlices, withTrigger(slice, trigger)));
    }
    for (const { metadata } of plan.remove) {
      try {
        await this.client.delete(endpointSlices, { namespace: metadata.namespace, name: metadata.name });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
}

function withTrigger<T extends { readonly metadata: { readonly annotations?: { readonly [name: string]: string } } }>(
  slice: T,
  trigger: string | undefined,
): T {
  const { annotations, ...metadata } = slice.metadata;
  const others = without(annotations, TRIGGER_TIME);
  const next = trigger === undefined ? others : { ...others, [TRIGGER_TIME]: trigger };
  return { ...slice, metadata: Object.keys(next).length > 0 ? { ...metadata, annotations: next } : metadata };
}
