/** What a recorded scenario looks like, and which parts of the scheduler it touches. */
import type { Node, Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { KubeSchedulerConfiguration } from '#engine/control-plane/scheduler';

type ByNode<T> = { readonly [node: string]: T };

/** As a user writes it: without what the API server adds. */
export type Written<T extends { readonly spec: unknown; readonly status: unknown }> = Omit<T, 'spec' | 'status'> &
  Partial<Pick<T, 'spec' | 'status'>>;

interface RecordedCandidate {
  readonly node: string;
  readonly victims: readonly string[];
  readonly numPDBViolations: number;
}

export interface RecordedCycle {
  readonly pod: string;
  readonly attempt: number;
  readonly feasible: readonly string[];
  readonly perNodeReasons?: ByNode<{
    readonly code: string;
    readonly plugin?: string;
    readonly reasons?: readonly string[];
  }>;
  readonly unschedulablePlugins?: readonly string[];
  readonly scores?: { readonly [plugin: string]: ByNode<number> };
  readonly total?: ByNode<number>;
  readonly best?: readonly string[];
  readonly nodeName?: string;
  readonly unschedulable?: string;
  readonly conditionReason?: string;
  readonly preemption?: {
    readonly candidates?: readonly RecordedCandidate[];
    readonly bestCandidates?: readonly string[];
    readonly nominatedNode?: string;
    readonly victims?: readonly string[];
    readonly deletedPods?: readonly string[];
  };
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly nodes: readonly Written<Node>[];
  readonly existing: readonly KubeObject[];
  readonly pods: readonly Pod[];
  readonly profile: 'default' | KubeSchedulerConfiguration;
  readonly queueOrder: readonly string[];
  readonly result: readonly RecordedCycle[];
  readonly gated?: { readonly [pod: string]: string };
  readonly notPopped?: readonly string[];
}

const plainVolumes = new Set(['name', 'emptyDir', 'configMap', 'secret', 'downwardAPI', 'projected', 'hostPath']);

/**
 * `core`: neither spreading nor inter-Pod affinity (asked for or scored), nor volumes, nor resource claims.
 * `servedKinds`: all but resource claims.
 */
export function usesOnly(scenario: Scenario): { readonly core: boolean; readonly servedKinds: boolean } {
  const everyPod = [
    ...(scenario.existing.filter((object) => object.kind === 'Pod') as unknown as readonly Pod[]),
    ...scenario.pods,
  ];
  const volumes = everyPod.some(({ spec }) =>
    spec.volumes?.some((volume) => Object.keys(volume).some((key) => !plainVolumes.has(key))),
  );
  const claims = everyPod.some(({ spec }) => spec.resourceClaims);
  const pairing =
    everyPod.some(
      ({ spec }) => spec.topologySpreadConstraints || spec.affinity?.podAffinity || spec.affinity?.podAntiAffinity,
    ) ||
    scenario.result.some(({ scores }) => scores && ('PodTopologySpread' in scores || 'InterPodAffinity' in scores));
  return { core: !volumes && !claims && !pairing, servedKinds: !claims };
}
