/** Ends namespaces: empties them, says what is left, and lets them go. @upstream pkg/controller/namespace/namespace_controller.go */
import { type Namespace, namespaces, resourcePath } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import { type Client, type Result, requestJson, startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { updateConditions } from './conditions.ts';
import { deleteAllContent } from './delete-content.ts';

/** Upstream waits so long before it looks at a deleted namespace: late writes shall be seen. */
const DELETION_GRACE_MS = 5_000;

/** @fidelity full */
export function startNamespaceController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('namespace-controller');
  const watches = [
    watchWith(namespaces, (queue) => {
      const wake = ({ metadata }: Namespace) => {
        if (metadata.deletionTimestamp !== undefined) queue.addAfter(metadata.name, DELETION_GRACE_MS);
      };
      return { added: wake, updated: (_, namespace) => wake(namespace) };
    }),
  ];
  const reconcile = (name: string) => finish(client, name, () => world.clock.now());
  startController(world, informers, { name: 'namespace', workers: 10, watches, reconcile }, signal);
}

async function finish(client: Client, name: string, now: () => number): Promise<Result | undefined> {
  try {
    let namespace = await client.get(namespaces, { name });
    if (namespace.metadata.deletionTimestamp === undefined) return undefined;
    if (namespace.status.phase !== 'Terminating') {
      namespace = await updateStatus(client, namespace, (status) => ({ ...status, phase: 'Terminating' }));
    }
    if ((namespace.spec.finalizers ?? []).length === 0) return undefined;
    const pass = await deleteAllContent(client, namespace, now());
    const current = namespace.status.conditions ?? [];
    if (updateConditions(current, pass, now()) !== current) {
      namespace = await updateStatus(client, namespace, (status) => ({
        ...status,
        conditions: updateConditions(status.conditions ?? [], pass, now()),
      }));
    }
    if (pass.errors.length > 0) throw new Error(pass.errors.join(', '));
    if (pass.estimateSeconds > 0) return { requeueAfterMs: (Math.floor(pass.estimateSeconds / 2) + 1) * 1000 };
    if (pass.remaining.size === 0) await finalize(client, namespace);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return undefined;
}

/** Retries with a fresh read when somebody else wrote in between. */
async function updateStatus(
  client: Client,
  namespace: Namespace,
  change: (status: Namespace['status']) => Namespace['status'],
): Promise<Namespace> {
  try {
    return await client.updateStatus(namespaces, { ...namespace, status: change(namespace.status) });
  } catch (error) {
    if (!isConflict(error)) throw error;
    return updateStatus(client, await client.get(namespaces, { name: namespace.metadata.name }), change);
  }
}

/** Takes the `kubernetes` finalizer off the spec: the server then removes the namespace. */
async function finalize(client: Client, namespace: Namespace): Promise<void> {
  const { name } = namespace.metadata;
  const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  const body = { ...namespace, spec: { ...namespace.spec, finalizers } };
  try {
    await requestJson(client, 'PUT', resourcePath(namespaces, { name, subresource: 'finalize' }), body);
  } catch (error) {
    if (!isConflict(error)) throw error;
    await finalize(client, await client.get(namespaces, { name }));
  }
}
