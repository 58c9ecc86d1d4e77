/** The node agent: registers a Node, runs the Pods assigned to it, reports how they are. */
export { runKubelet } from './kubelet.ts';
export type { KubeletTraces } from './traces.ts';
export type { KubeletOptions, StaticPodSource } from './types.ts';
