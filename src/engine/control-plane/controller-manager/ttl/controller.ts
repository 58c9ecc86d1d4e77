/** Tells kubelets how long they may cache Secrets and ConfigMaps: the longer, the more Nodes there are. @upstream pkg/controller/ttl/ttl_controller.go */
import { nodes } from '#engine/api';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** Fewer Nodes than the first number, or more than the second: another step. */
const STEPS: readonly (readonly [min: number, max: number, seconds: number])[] = [
  [0, 100, 0],
  [90, 500, 15],
  [450, 1000, 30],
  [900, 2000, 60],
  [1800, Number.POSITIVE_INFINITY, 300],
];

/** @fidelity full */
export function startTtlController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('ttl-controller');
  const nodeList = informers.informer(nodes).lister;
  let count = 0;
  let step = 0;
  const resize = (by: number) => {
    count += by;
    const [min, max] = STEPS[step] ?? [0, 0];
    if (count > max && step + 1 < STEPS.length) step++;
    else if (count < min && step > 0) step--;
  };
  const reconcile = async (name: string) => {
    const node = nodeList.get(name);
    const value = String(STEPS[step]?.[2] ?? 0);
    if (!node || node.metadata.annotations?.[ANNOTATION] === value) return undefined;
    await client.patch(nodes, { name }, 'strategic', { metadata: { annotations: { [ANNOTATION]: value } } });
    return undefined;
  };
  const watches = [
    watchWith(nodes, (queue) => ({
      added: ({ metadata }) => {
        resize(1);
        queue.add(metadata.name);
      },
      updated: (_, { metadata }) => {
        if (metadata.annotations?.[ANNOTATION] !== String(STEPS[step]?.[2] ?? 0)) queue.add(metadata.name);
      },
      deleted: () => resize(-1),
    })),
  ];
  startController(world, informers, { name: 'ttl', watches, reconcile }, signal);
}
