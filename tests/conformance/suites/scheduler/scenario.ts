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
