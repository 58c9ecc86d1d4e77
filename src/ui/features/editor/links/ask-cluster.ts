/** Asks the cluster only what the manifests at hand make necessary. */
import type { Resource } from '#engine/api';
import { isNotFound, type KubeObject } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import type { Manifest } from '../manifest/manifests.ts';
import { type ClusterFacts, configKey, type KnownPod, printLabels } from './link.ts';
import { namespaceOf, type PodTemplate } from './objects.ts';
import { keysIn } from './reference-problems.ts';
import { referencesOf } from './references.ts';
import { selectorOf } from './service.ts';

const core = (plural: string, kind: string): Resource => ({
  group: '',
  version: 'v1',
  plural,
  singular: kind.toLowerCase(),
  kind,
  namespaced: true,
});
const PODS = core('pods', 'Pod');
const CONFIGS = { ConfigMap: core('configmaps', 'ConfigMap'), Secret: core('secrets', 'Secret') };
/** Enough to see labels and ports of what runs in a namespace. */
const POD_LIMIT = 50;

/** Refusals and silence leave a fact unknown: the editor says nothing about what it cannot know. */
export async function askCluster(client: Client, manifests: readonly Manifest[]): Promise<ClusterFacts> {
  const selections = new Map<string, { readonly namespace: string; readonly labelSelector: string }>();
  const configs = new Map<string, readonly string[] | undefined>();
  const questions: Promise<unknown>[] = [];
  for (const manifest of manifests) {
    const selector = selectorOf(manifest.object);
    if (selector) {
      const namespace = namespaceOf(manifest.object);
      const labelSelector = printLabels(selector);
      selections.set(`${namespace} ${labelSelector}`, { namespace, labelSelector });
      selections.set(namespace, { namespace, labelSelector: '' });
    }
    for (const { kind, namespace, name } of referencesOf(manifest)) {
      questions.push(
        client.get(CONFIGS[kind], { namespace, name }).then(
          (object) => configs.set(configKey(kind, namespace, name), keysIn(object as object)),
          (error: unknown) => isNotFound(error) && configs.set(configKey(kind, namespace, name), undefined),
        ),
      );
    }
  }
  const lists = [...selections.values()].map(async ({ namespace, labelSelector }): Promise<readonly KnownPod[]> => {
    const list = await client.list<KubeObject>(PODS, {
      namespace,
      ...(labelSelector && { labelSelector }),
      limit: POD_LIMIT,
    });
    return list.items.map((pod) => ({ namespace, template: pod as unknown as PodTemplate }));
  });
  const pods = (await Promise.all(lists.map((list) => list.catch(() => [])))).flat();
  await Promise.all(questions);
  return { pods, configs };
}
