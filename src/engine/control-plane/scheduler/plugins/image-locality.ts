/** Score: Nodes that have the Pod's images already, large images spread over many Nodes counting most. */
import type { Plugin, PluginHandle } from '../framework/plugin.ts';
import { MAX_NODE_SCORE } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';

const MEGABYTE = 1024 * 1024;
const MIN_THRESHOLD_BYTES = 23 * MEGABYTE;
const MAX_CONTAINER_THRESHOLD_BYTES = 1000 * MEGABYTE;

/** The name nodes report: with a tag. */
const normalizedImageName = (name: string): string =>
  name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;

/** The images a Pod runs, and the number of its containers. */
function imagesOf({ pod }: PodInfo): readonly string[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) =>
    normalizedImageName(container.image ?? ''),
  );
}

const scaled = (sumBytes: number, containers: number): number => {
  const max = MAX_CONTAINER_THRESHOLD_BYTES * containers;
  const sum = Math.min(Math.max(sumBytes, MIN_THRESHOLD_BYTES), max);
  return Math.trunc((MAX_NODE_SCORE * (sum - MIN_THRESHOLD_BYTES)) / (max - MIN_THRESHOLD_BYTES));
};

const names = new WeakMap<PodInfo['pod']['spec'], readonly string[]>();

/**
 * @upstream pkg/scheduler/framework/plugins/imagelocality/image_locality.go
 * @fidelity full
 */
export const createImageLocality = ({ snapshot }: PluginHandle): Plugin => ({
  name: 'ImageLocality',
  score(_state, pod, node) {
    let images = names.get(pod.pod.spec);
    if (!images) {
      images = imagesOf(pod);
      names.set(pod.pod.spec, images);
    }
    let sum = 0;
    for (const name of images) {
      const image = snapshot.image(node, name);
      if (image) sum += Math.trunc(image.sizeBytes * (image.numNodes / snapshot.nodes.length));
    }
    return scaled(sum, images.length);
  },
});
