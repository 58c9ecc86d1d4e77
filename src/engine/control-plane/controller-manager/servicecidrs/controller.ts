/**
 * Keeps ranges of Service addresses for as long as addresses of theirs are in use, and says whether they are ready.
 * @upstream pkg/controller/servicecidrs/servicecidrs_controller.go
 */
import { ipAddresses, type ServiceCIDR, serviceCIDRs } from '#engine/api';
import { type Cidr, isNotFound, parseCidr, parseIp } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { formatTime, parseTime } from '#engine/sim';
import type { ControllerContext } from '../context.ts';

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
const MANAGER = 'service-cidr-controller';
const READY = 'Kubernetes Service CIDR is ready';
const IN_USE =
  'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';

function contains({ address, prefixLength }: Cidr, text: string): boolean {
  const ip = parseIp(text);
  if (!ip || ip.family !== address.family) return false;
  return ip.bytes.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, prefixLength - i * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((address.bytes[i] ?? 0) & mask);
  });
}

const rangesOf = ({ spec }: ServiceCIDR): readonly Cidr[] =>
  (spec?.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []);

/** So long no server may take an address from a range that goes: they learn of it meanwhile. */
const DELETION_GRACE_MS = 10_000;

/** @fidelity full */
export function startServiceCIDRController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('service-cidrs-controller');
  const ranges = informers.informer(serviceCIDRs).lister;
  const addresses = informers.informer(ipAddresses).lister;

  /** An address of the range that no other range would hold. */
  const isUsed = (cidr: ServiceCIDR): boolean => {
    const own = rangesOf(cidr);
    const others = ranges
      .list()
      .filter(({ metadata }) => metadata.name !== cidr.metadata.name && !metadata.deletionTimestamp)
      .flatMap(rangesOf);
    return addresses.list().some(({ metadata: { name } }) => {
      return own.some((range) => contains(range, name)) && !others.some((range) => contains(range, name));
    });
  };

  const say = async (cidr: ServiceCIDR, status: 'True' | 'False', reason: string, message: string) => {
    const known = cidr.status?.conditions?.find(({ type }) => type === 'Ready');
    if (known?.status === status && known.reason === reason && known.message === message) return;
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(world.clock.now());
    const { name } = cidr.metadata;
    const wanted = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name },
      status: { conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime }] },
    };
    const options = { fieldManager: MANAGER, force: true };
    await client.patch(serviceCIDRs, { name, subresource: 'status' }, 'apply', wanted, options);
  };

  const reconcile = async (key: string) => {
    const cidr = ranges.get(key);
    if (!cidr) return undefined;
    const { metadata } = cidr;
    const { finalizers = [] } = metadata;
    const held = finalizers.includes(FINALIZER);
    try {
      if (metadata.deletionTimestamp) {
        if (isUsed(cidr)) await say(cidr, 'False', 'Terminating', IN_USE);
        else if (held) {
          const since = parseTime(metadata.deletionTimestamp) ?? 0;
          const left = since + DELETION_GRACE_MS - world.clock.now();
          if (left > 0) return { requeueAfterMs: left };
          const rest = finalizers.filter((one) => one !== FINALIZER);
          await client.update(serviceCIDRs, { ...cidr, metadata: { ...metadata, finalizers: rest } });
        }
        return undefined;
      }
      if (!held) {
        const kept = { ...metadata, finalizers: [...finalizers, FINALIZER] };
        await client.update(serviceCIDRs, { ...cidr, metadata: kept });
        return undefined;
      }
      await say(cidr, 'True', '', READY);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return undefined;
  };

  const wakeTerminating = (queue: { add(key: string): void }) => {
    for (const { metadata } of ranges.list()) if (metadata.deletionTimestamp) queue.add(metadata.name);
  };
  const watches = [
    watchWith(serviceCIDRs, (queue) => ({
      // Another range may hold the addresses of one that is going.
      added: ({ metadata }) => {
        queue.add(metadata.name);
        wakeTerminating(queue);
      },
      updated: (_, { metadata }) => queue.add(metadata.name),
    })),
    watchWith(ipAddresses, (queue) => ({
      // Only a range that is going waits for addresses.
      deleted: () => wakeTerminating(queue),
    })),
  ];
  startController(world, informers, { name: 'service-cidrs', workers: 1, watches, reconcile }, signal);
}
