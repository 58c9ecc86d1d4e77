/** What the scheduler needs of its surroundings, and what it does to them. */
import type { Pod } from '#engine/api';
import type { KubeSchedulerConfiguration } from './framework/configuration.ts';
import type { ExplanationRing } from './framework/explanation.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { ClusterView, Nomination, PluginHandle } from './framework/plugin.ts';
import type { PodInfo } from './framework/pod-info.ts';
import type { PluginRegistry } from './framework/profile.ts';
import type { Outcome } from './framework/verdict.ts';
import type { VolumeWork } from './framework/volume-view.ts';

/** What a failed cycle tells the world. */
export interface SchedulingFailure {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** undefined leaves the Pod's nominated Node as it is. */
  readonly nomination: Nomination | undefined;
}

/** Everything the scheduler does to the cluster. None of it may throw before its first await. */
export interface SchedulerEffects {
  bind(pod: PodInfo, nodeName: string): Promise<Outcome>;
  /** Writes what a Pod's claims need and waits until they are bound. */
  bindVolumes(work: VolumeWork): Promise<Outcome>;
  /** The Pod is on its Node: tells who watches. */
  scheduled(pod: Pod, nodeName: string): void;
  /** Writes condition and nominated Node, and an event. `pod` is undefined when it is gone. */
  failed(pod: Pod, failure: SchedulingFailure): void;
  skipped(pod: Pod): void;
  /** Resolves when the victim's deletion was asked for: false when it was gone already or could not be deleted. */
  evict(victim: PodInfo, preemptor: PodInfo, nodeName: string): Promise<boolean>;
  clearNomination(pod: PodInfo): void;
}

export interface SchedulerSettings {
  readonly config?: KubeSchedulerConfiguration;
  /** Plugins that are not upstream's, by name; a profile enables them. */
  readonly outOfTree?: (handle: PluginHandle) => PluginRegistry;
  readonly cluster: ClusterView;
  readonly effects: SchedulerEffects;
  /** The API's current version of a Pod, by key. */
  readonly currentPod: (key: string) => Pod | undefined;
  /** A Pod can be scheduled now, or the queue has something new to wait for. */
  readonly onChange: () => void;
  /** A promise of ours broke. */
  readonly onPanic: (error: unknown) => void;
  /** Breaks ties between equally good Nodes; by default at random. */
  readonly chooseHost?: ((tied: readonly NodeInfo[]) => NodeInfo) | undefined;
  readonly chooseCandidate?: ((nodes: readonly string[]) => string) | undefined;
  readonly explanations?: ExplanationRing | undefined;
}
