/** kube-controller-manager: the control loops that make the cluster match what its objects ask for. */
export { runControllerManager } from './controller-manager.ts';
export { dumpPodTemplate } from './hash/go-dump.ts';
export { computeRevisionHash, computeTemplateHash } from './hash/template-hash.ts';
export type { ControllerManagerOptions } from './options.ts';
export type { Decision, ScaleReason } from './traces.ts';
