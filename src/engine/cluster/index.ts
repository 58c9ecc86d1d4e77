/** The composition root: a whole cluster from options, seed and journal. The only room that sees all the others. */

export type { AuthenticatorName, RequestTrace, Walk, WalkStage, WalkStep } from '#engine/control-plane/apiserver';
export type { Decision, ScaleReason } from '#engine/control-plane/controller-manager';
export type {
  Change,
  Counterfactual,
  CycleExplanation,
  CycleFacts,
  DroppedField,
  Evaluation,
} from '#engine/control-plane/scheduler';
export type { RequestOnTheWire } from '#engine/node/cni';
export type { KubeletTraces } from '#engine/node/kubelet';
export { suggestImage } from '#engine/userland';
export type { Assets } from './assets.ts';
export { type Cluster, createCluster } from './cluster.ts';
export type { Desk, DeskEntry } from './desk.ts';
export type { Capture } from './digest.ts';
export type { OpenEdit } from './editing.ts';
export { DEFAULT_HISTORY_REVISIONS, type History } from './history.ts';
export type { Fault, Input, RecordedFrame } from './input.ts';
export type { MarkBatch } from './mark-recorder.ts';
export type { Mark, MarkKind, MarkRef } from './marks.ts';
export type { Memory, ObjectVersion } from './memory.ts';
export { isLooking, type Observer } from './observer.ts';
export { BOOT_TIME, type ClusterOptions, type ClusterUser } from './options.ts';
export type { PageAnswer, PageRequest } from './page-request.ts';
export type { ObjectFacts } from './past-state.ts';
export type { PkiFiles } from './pki.ts';
export { createRemoteWorkstation, type RemoteWorkstationOptions } from './remote-workstation.ts';
export { type Progress, type Recording, type Replay, replay, resume } from './replay.ts';
export type { Scenario } from './scenario.ts';
export type { StandingFault, StandingFaults } from './standing-faults.ts';
export type { TerminalScreen, TerminalSize, TerminalWindow } from './terminals.ts';
export type { Streams } from './workstation.ts';
