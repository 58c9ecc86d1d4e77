/**
 * Small plugins about Nodes and the Pods on them: default tolerations, the taint of new Nodes, topology labels.
 * @upstream plugin/pkg/admission/defaulttolerationseconds, nodetaint and podtopologylabels
 * @fidelity full
 */
import { type Node, nodes, type Pod, pods } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionPlugin } from './admission.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const TOLERATION_SECONDS = 300;
const TOPOLOGY_LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/** Pods leave a broken Node after five minutes unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit({ resource, subresource, operation, object }) {
    const concerns = resource.group === '' && resource.plural === pods.plural && subresource === '';
    if (!concerns || (operation !== 'CREATE' && operation !== 'UPDATE')) return object;
    const pod = object as Pod;
    if (!pod.spec) return object;
    const tolerations = pod.spec.tolerations ?? [];
    const missing = [NOT_READY, UNREACHABLE].filter(
      (key) => !tolerations.some((toleration) => tolerates(toleration, key)),
    );
    if (missing.length === 0) return object;
    const added = missing.map(
      (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATION_SECONDS }),
    );
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } } as KubeObject;
  },
};

function tolerates({ key, effect }: Toleration, wanted: string): boolean {
  return (key === wanted || !key) && (effect === 'NoExecute' || !effect);
}

/** A new Node takes no Pods until it has said that it is ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit({ resource, subresource, operation, object }) {
    if (resource.group !== '' || resource.plural !== nodes.plural || subresource !== '' || operation !== 'CREATE')
      return object;
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some((taint) => taint.key === NOT_READY && taint.effect === 'NoSchedule')) return object;
    return {
      ...node,
      spec: { ...node.spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] },
    } as KubeObject;
  },
};

/** The topology labels that Pods of this Node get. */
export function topologyLabelsOf(stores: Stores, nodeName: string): { readonly [key: string]: string } {
  const labels = stores.of(nodes).find(undefined, nodeName)?.metadata.labels;
  const copied: { [key: string]: string } = {};
  for (const key of TOPOLOGY_LABELS) {
    const value = labels?.[key];
    if (value !== undefined) copied[key] = value;
  }
  return copied;
}

/** Pods that are created with a Node already chosen get its topology labels too. */
export function podTopologyLabels(stores: Stores): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    admit({ resource, subresource, operation, object }) {
      if (resource.group !== '' || resource.plural !== pods.plural || subresource !== '' || operation !== 'CREATE')
        return object;
      const pod = object as Pod;
      if (!pod.spec?.nodeName) return object;
      const labels = topologyLabelsOf(stores, pod.spec.nodeName);
      if (Object.keys(labels).length === 0) return object;
      return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels } } } as KubeObject;
    },
  };
}
