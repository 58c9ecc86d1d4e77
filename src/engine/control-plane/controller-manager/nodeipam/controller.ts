/** Gives every Node its block of Pod addresses. @upstream pkg/controller/nodeipam/ipam/range_allocator.go */
import { nodes } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor } from '../context.ts';
import { CidrSet } from './cidr-set.ts';

/** @fidelity partial: one IPv4 range */
export function startNodeIpamController(context: ControllerContext): void {
  const { world, informers, options, signal } = context;
  if (options.allocateNodeCidrs === false) return;
  const client = context.clientFor('node-controller');
  const recorder = recorderFor(context, client, 'cidrAllocator');
  const range = new CidrSet(options.clusterCidr ?? '10.244.0.0/16', options.nodeCidrMaskSize ?? 24);
  const nodeList = informers.informer(nodes).lister;
  /** What was handed out and may not be in the cache yet. */
  const given = new Map<string, string>();

  const reconcile = async (name: string) => {
    const node = nodeList.get(name);
    if (!node || node.spec.podCIDR) return undefined;
    const cidr = given.get(name) ?? range.allocate();
    if (cidr === undefined) {
      recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      throw new Error(
        `failed to allocate cidr from cluster cidr: CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range`,
      );
    }
    given.set(name, cidr);
    try {
      await client.patch(nodes, { name }, 'strategic', { spec: { podCIDR: cidr, podCIDRs: [cidr] } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return undefined;
  };
  const watches = [
    watchWith(nodes, (queue) => ({
      added: ({ metadata, spec }) => {
        if (spec.podCIDR) {
          range.occupy(spec.podCIDR);
          given.set(metadata.name, spec.podCIDR);
        } else queue.add(metadata.name);
      },
      updated: (_, { metadata, spec }) => {
        if (!spec.podCIDR) queue.add(metadata.name);
      },
      deleted: ({ metadata }) => {
        const cidr = given.get(metadata.name);
        if (cidr !== undefined) range.release(cidr);
        given.delete(metadata.name);
      },
    })),
  ];
  startController(world, informers, { name: 'node ipam', workers: 30, watches, reconcile }, signal);
}
