/** kube-controller-manager: elects a leader, then runs every controller. @upstream cmd/kube-controller-manager/app/controllermanager.go */
import { type Client, createEventRecorder, createInformerFactory, runLeaderElection } from '#engine/client-go';
import { randomUuid, type World } from '#engine/sim';
import type { ControllerContext, StartController } from './context.ts';
import { startDeploymentController } from './deployment/controller.ts';
import type { ControllerManagerOptions } from './options.ts';
import { startReplicaSetController } from './replicaset/controller.ts';

/** By upstream's names, in the order they start. */
const controllers: readonly (readonly [name: string, start: StartController])[] = [
  ['deployment-controller', startDeploymentController],
  ['replicaset-controller', startReplicaSetController],
];

/**
 * Runs until `signal` aborts or leadership is lost (upstream exits then; whoever runs it starts it again).
 * @fidelity partial: the controllers of the kinds that are served
 */
export async function runControllerManager(
  world: World,
  client: Client,
  options: ControllerManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const lead = (leading: AbortSignal) => {
    const context: ControllerContext = {
      world,
      informers: createInformerFactory(world, client, leading),
      clientFor: options.clientFor ?? (() => client),
      options,
      signal: leading,
    };
    for (const [name, start] of controllers) {
      if (options.controllers === undefined || options.controllers.includes(name)) start(context);
    }
  };
  if (options.leaderElect === false) {
    lead(signal);
    await aborted(signal);
    return;
  }
  const identity = `${options.identity ?? 'kube-controller-manager'}_${randomUuid(world.rng.fork('kube-controller-manager identity'))}`;
  const recorder = createEventRecorder(world, client, { component: 'kube-controller-manager' }, signal);
  const lease = { namespace: 'kube-system', name: 'kube-controller-manager', identity, recorder };
  await runLeaderElection(world, client, lease, lead, signal);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
