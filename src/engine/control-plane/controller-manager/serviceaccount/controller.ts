/** Gives every namespace its `default` ServiceAccount. @upstream pkg/controller/serviceaccount/serviceaccounts_controller.go */
import { namespaces, serviceAccounts } from '#engine/api';
import { isAlreadyExists, keyOf } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

/** @fidelity full */
export function startServiceAccountController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('service-account-controller');
  const namespaceList = informers.informer(namespaces).lister;
  const accountList = informers.informer(serviceAccounts).lister;
  const reconcile = async (name: string) => {
    const namespace = namespaceList.get(name);
    if (namespace?.status.phase !== 'Active' || accountList.get(keyOf('default', name))) return undefined;
    try {
      await client.create(serviceAccounts, { metadata: { namespace: name, name: 'default' } });
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
    return undefined;
  };
  const watches = [
    watchWith(namespaces, (queue) => ({
      added: ({ metadata }) => queue.add(metadata.name),
      updated: (_, { metadata }) => queue.add(metadata.name),
    })),
    watchWith(serviceAccounts, (queue) => ({ deleted: ({ metadata }) => queue.add(metadata.namespace ?? '') })),
  ];
  startController(world, informers, { name: 'serviceaccount', workers: 1, watches, reconcile }, signal);
}
