/** What `kubeadm init` does after the control plane's Pods have been started: waits for the API, marks the Node, applies the addons. */

import { leases, type Node, nodes, type Pod, pods } from '#engine/api';
import { isAlreadyExists, StatusError } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { NetError } from '#engine/http';
import { parseTime, type World } from '#engine/sim';
import { addonObjects } from './addon-objects.ts';

const RETRY_MS = 500;

/** Label and taint of the Node that the control plane runs on. */
export const CONTROL_PLANE_ROLE = 'node-role.kubernetes.io/control-plane';

/** Repeats `act` while the API server is not there or not ready. */
async function untilAnswered(world: World, signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
      return;
    } catch (error) {
      if (isAlreadyExists(error)) return;
      const mayPass =
        error instanceof NetError ||
        (error instanceof StatusError && (error.code >= 500 || error.code === 404 || error.code === 409));
      if (!mayPass) throw error;
    }
    await world.clock.sleep(RETRY_MS, 'kubeadm: waiting for the API server', signal);
  }
}

export async function bootstrap(
  world: World,
  admin: Client,
  controlPlane: string,
  podNetwork: string,
  signal: AbortSignal,
): Promise<void> {
  await untilAnswered(world, signal, () => admin.request('GET', '/readyz'));
  for (const { resource, object } of addonObjects(podNetwork)) {
    await untilAnswered(world, signal, () => admin.create(resource, object, { fieldManager: 'kubeadm' }));
  }
  const labels = { [CONTROL_PLANE_ROLE]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
  const patch = { metadata: { labels } };
  await untilAnswered(world, signal, () =>
    admin.patch(nodes, { name: controlPlane }, 'strategic', patch, { fieldManager: 'kubeadm' }),
  );
}

const CHECK_MS = 1000;

const isReady = ({ status }: Node | Pod): boolean =>
  status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** Resolves when `count` Nodes are Ready and, with addons, so is every Pod of the control plane, of the agents and of cluster DNS. */
export async function untilReady(
  world: World,
  admin: Client,
  count: number,
  addons: boolean,
  signal: AbortSignal,
): Promise<void> {
  await untilAnswered(world, signal, () => admin.request('GET', '/readyz'));
  const ready = async () => {
    const { items } = await admin.list(nodes, { resourceVersion: '0' });
    if (items.filter(isReady).length < count) return false;
    if (!addons) return true;
    const system = await admin.list(pods, { namespace: 'kube-system', resourceVersion: '0' });
    const perNode = 2;
    return system.items.length > count * perNode && system.items.every(isReady);
  };
  let done = false;
  while (!done && !signal.aborted) {
    await untilAnswered(world, signal, async () => {
      done = await ready();
    });
    if (!done) await world.clock.sleep(CHECK_MS, 'kubeadm: waiting for the Nodes', signal);
  }
}

/** How long the other machines wait for the control plane after a power cut. */
const PATIENCE_MS = 60_000;

/** Resolves when the API server answers, or after a minute in which it did not. */
export async function untilAnswers(world: World, admin: Client, signal: AbortSignal): Promise<void> {
  const given = world.clock.now() + PATIENCE_MS;
  while (!signal.aborted && world.clock.now() < given) {
    try {
      await admin.request('GET', '/readyz');
      return;
    } catch (error) {
      if (!(error instanceof NetError || error instanceof StatusError)) throw error;
    }
    await world.clock.sleep(WAKE_CHECK_MS, 'kubeadm: waiting for the API server', signal);
  }
}

const WAKE_CHECK_MS = 50;
const LED_LIMIT_MS = 30_000;
const LEADERS = ['kube-controller-manager', 'kube-scheduler'];

/** Resolves when controllers and scheduler lead again, or after half a minute: somebody may have stopped them. */
export async function untilLed(world: World, admin: Client, signal: AbortSignal): Promise<void> {
  const since = world.clock.now();
  const led = async (name: string): Promise<boolean> => {
    try {
      const lease = await admin.get(leases, { namespace: 'kube-system', name });
      return (parseTime(lease.spec.acquireTime ?? '') ?? 0) >= since;
    } catch (error) {
      if (!(error instanceof NetError || error instanceof StatusError)) throw error;
      return false;
    }
  };
  while (!signal.aborted && world.clock.now() - since < LED_LIMIT_MS) {
    if ((await Promise.all(LEADERS.map(led))).every(Boolean)) return;
    await world.clock.sleep(CHECK_MS, 'kubeadm: waiting for leaders', signal);
  }
}
