/** Publishes the API server's CA in every namespace. @upstream pkg/controller/certificates/rootcacertpublisher/publisher.go */
import { type ConfigMap, configMaps, namespaces } from '#engine/api';
import { isAlreadyExists, keyOf } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION = 'kubernetes.io/description';
const DESCRIPTION_TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Stands in for a certificate where no CA is configured. */
const NO_CA = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

/** @fidelity full */
export function startRootCaPublisher(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('root-ca-cert-publisher');
  const data = { 'ca.crt': context.options.rootCa ?? NO_CA };
  const configMapList = informers.informer(configMaps).lister;
  const namespaceList = informers.informer(namespaces).lister;
  const isRight = ({ metadata, data: current }: ConfigMap) =>
    current?.['ca.crt'] === data['ca.crt'] &&
    Object.keys(current).length === 1 &&
    metadata.annotations?.[DESCRIPTION] === DESCRIPTION_TEXT;

  const reconcile = async (namespace: string) => {
    if (namespaceList.get(namespace)?.status.phase !== 'Active') return undefined;
    const current = configMapList.get(keyOf(NAME, namespace));
    const annotations = { ...current?.metadata.annotations, [DESCRIPTION]: DESCRIPTION_TEXT };
    if (current) {
      if (!isRight(current)) {
        await client.update(configMaps, { ...current, metadata: { ...current.metadata, annotations }, data });
      }
      return undefined;
    }
    try {
      await client.create(configMaps, { metadata: { namespace, name: NAME, annotations }, data });
    } catch (error) {
      if (!isNamespaceTerminating(error) && !isAlreadyExists(error)) throw error;
    }
    return undefined;
  };
  const watches = [
    watchWith(namespaces, (queue) => ({
      added: ({ metadata }) => queue.add(metadata.name),
      updated: (_, { metadata }) => queue.add(metadata.name),
    })),
    watchWith(configMaps, (queue) => ({
      updated: (_, { metadata }) => {
        if (metadata.name === NAME) queue.add(metadata.namespace ?? '');
      },
      deleted: ({ metadata }) => {
        if (metadata.name === NAME) queue.add(metadata.namespace ?? '');
      },
    })),
  ];
  startController(world, informers, { name: 'root-ca', workers: 1, watches, reconcile }, signal);
}
