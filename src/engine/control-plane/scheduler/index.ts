/** kube-scheduler: finds a Node for every Pod, and can explain each choice. */
export { type Change, type Counterfactual, counterfactuals, type DroppedField } from './counterfactual.ts';
export {
  type ClusterState,
  createEvaluator,
  type Evaluation,
  type Evaluator,
  type NodeVerdict,
} from './evaluate.ts';
export type { KubeSchedulerConfiguration, SchedulerProfile } from './framework/configuration.ts';
export { CycleExplanation, type CycleFacts, ExplanationRing } from './framework/explanation.ts';
export type { PluginScores, Scores } from './framework/framework.ts';
export type { Candidate, PreemptionExplanation } from './framework/plugin.ts';
export { type Code, type Verdict, verdictMessage } from './framework/verdict.ts';
export { listedVolumes, type VolumeLists, type VolumeView } from './framework/volume-view.ts';
export { runScheduler, type SchedulerOptions } from './run-scheduler.ts';
export { Scheduler } from './scheduler.ts';
export type { SchedulerEffects, SchedulerSettings, SchedulingFailure } from './settings.ts';
