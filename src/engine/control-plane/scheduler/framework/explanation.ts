/** The complete account of one scheduling cycle. */
import type { Millis } from '#engine/sim';
import type { Scores } from './framework.ts';
import type { PreemptionExplanation } from './plugin.ts';
import type { Verdict } from './verdict.ts';

export interface CycleFacts {
  readonly at: Millis;
  /** `namespace/name` */
  readonly pod: string;
  readonly uid: string;
  readonly attempt: number;
  readonly profile: string;
  readonly numAllNodes: number;
  /** Nodes that passed every Filter, in the order they were looked at. */
  readonly feasible: readonly string[];
  /** Node -> the first plugin that refused it, with its reasons. */
  readonly refused: ReadonlyMap<string, Verdict>;
  /** For the Nodes in neither: the verdict they share, when PreFilter ruled them out. */
  readonly absent?: Verdict | undefined;
  /** Parallel to `feasible`; only when there was a choice. */
  readonly scores?: Scores | undefined;
  /** The Nodes with the highest total. */
  readonly best?: readonly string[] | undefined;
  /** Where the Pod goes. */
  readonly nodeName?: string | undefined;
  /** Why it goes nowhere: the message of its PodScheduled condition. */
  readonly message?: string | undefined;
  readonly unschedulablePlugins: readonly string[];
  readonly preemption?: PreemptionExplanation | undefined;
}

/**
 * Holds the cycle's own arrays, built anyway; as JSON (trace hashes, logs) it is one short line.
 */
export class CycleExplanation {
  readonly facts: CycleFacts;

  constructor(facts: CycleFacts) {
    this.facts = Object.freeze(facts);
  }

  toJSON(): unknown {
    const { pod, attempt, profile, numAllNodes, feasible, refused, nodeName, message, scores, preemption } = this.facts;
    const index = nodeName === undefined ? -1 : feasible.indexOf(nodeName);
    return {
      pod,
      attempt,
      profile,
      numAllNodes,
      feasible: feasible.length,
      refused: refused.size,
      ...(nodeName !== undefined && { nodeName }),
      ...(message !== undefined && { message }),
      ...(scores && index >= 0 && { total: scores.totals[index] }),
      ...(preemption && { nominatedNodeName: preemption.chosen }),
    };
  }
}

/** The latest explanations by Pod uid, bounded by their number and by the scores they hold. */
export class ExplanationRing {
  private readonly byPod = new Map<string, CycleExplanation>();
  private cells = 0;

  constructor(
    private readonly capacity = 2000,
    private readonly maxCells = 2_000_000,
  ) {}

  add(explanation: CycleExplanation): void {
    this.delete(explanation.facts.uid);
    this.byPod.set(explanation.facts.uid, explanation);
    this.cells += cellsOf(explanation);
    for (const uid of this.byPod.keys()) {
      if (this.byPod.size <= this.capacity && this.cells <= this.maxCells) break;
      this.delete(uid);
    }
  }

  /** The Pod's last cycle. */
  get(uid: string): CycleExplanation | undefined {
    return this.byPod.get(uid);
  }

  private delete(uid: string): void {
    const known = this.byPod.get(uid);
    if (!known) return;
    this.byPod.delete(uid);
    this.cells -= cellsOf(known);
  }
}

const cellsOf = ({ facts }: CycleExplanation): number =>
  facts.feasible.length * (1 + (facts.scores?.plugins.length ?? 0) * 2) + facts.refused.size;
