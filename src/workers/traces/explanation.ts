/** An explanation as data, in no language: the page puts it into words. Texts of Kubernetes itself come along verbatim in `message`. */
import type { Resource } from '#engine/api';
import type { Change } from '#engine/cluster';
import type { Millis } from '#engine/sim';

/** Whom a sentence is about. */
export interface Subject {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

type Params = { readonly [name: string]: string | number };

/** A field that a request changed; values only where they are short. */
export interface FieldChange {
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

/** One link of the chain. */
export interface Step {
  readonly at: Millis;
  readonly code: StepCode;
  readonly params: Params;
  readonly about?: Subject | undefined;
  readonly message?: string | undefined;
  readonly changes?: readonly FieldChange[];
  readonly tone?: 'good' | 'bad' | 'busy';
  /** Not traced: concluded from what is known. */
  readonly inferred?: true;
  /** How often it happened like this; `at` is the first time, `lastAt` the last. */
  readonly count?: number;
  readonly lastAt?: Millis;
  /** The request behind it: see `RequestWalk`. */
  readonly request?: number;
}

type StepCode =
  | 'command'
  | 'request'
  | 'refused'
  | 'deletion'
  | 'scale'
  | 'pods-create'
  | 'pods-delete'
  | 'daemon-create'
  | 'job-create'
  | 'job-delete'
  | 'cron-due'
  | 'cron-late'
  | 'cron-active'
  | 'stateful-missing'
  | 'stateful-finished'
  | 'stateful-scale'
  | 'stateful-update'
  | 'daemon-delete'
  | 'schedule-failed'
  | 'schedule-placed'
  | 'preempt'
  | 'pull'
  | 'pulled'
  | 'pull-failed'
  | 'started'
  | 'exited'
  | 'back-off'
  | 'probe-ok'
  | 'probe-failed'
  | 'kill'
  | 'evict'
  | 'condition'
  | 'endpoint'
  | 'node-unknown'
  | 'taint-plan'
  | 'taint-cancel'
  | 'taint-evict'
  | 'collected'
  | 'pod-collected'
  | 'fault';

/** What is wrong, or under way. */
export interface Finding {
  readonly code: FindingCode;
  readonly tone: 'bad' | 'warn' | 'busy';
  readonly params: Params;
  readonly about?: Subject | undefined;
  readonly message?: string | undefined;
  /** Known remedies, the best first. */
  readonly fixes: readonly Fix[];
  /** A container whose last words may tell more. */
  readonly logs?: { readonly container: string; readonly previous: boolean };
}

type FindingCode =
  | 'unschedulable'
  | 'gated'
  | 'no-scheduler'
  | 'image'
  | 'image-name'
  | 'image-never'
  | 'crash-loop'
  | 'crashed'
  | 'out-of-memory'
  | 'config'
  | 'starting'
  | 'volumes'
  | 'init-waiting'
  | 'probe-failing'
  | 'probe-pending'
  | 'readiness-gate'
  | 'evicted'
  | 'pod-failed'
  | 'node-silent'
  | 'terminating'
  | 'finalizers'
  | 'no-selector-match'
  | 'endpoints-not-ready'
  | 'target-port'
  | 'manual-endpoints'
  | 'load-balancer'
  | 'node-unreachable'
  | 'node-not-ready'
  | 'node-pressure'
  | 'cordoned'
  | 'node-off'
  | 'replica-failure'
  | 'progress-deadline'
  | 'rollout-paused'
  | 'replicas-missing'
  | 'condition-false';

/** One way out: a change that was tried, or a command, or both. */
export interface Fix {
  readonly code: FixCode;
  readonly params: Params;
  readonly changes?: readonly Change[];
  /** To be typed. */
  readonly command?: string;
}

type FixCode =
  | 'changes'
  | 'did-you-mean'
  | 'check-image'
  | 'see-logs'
  | 'raise-memory'
  | 'look-at-scheduler'
  | 'scheduler-name'
  | 'labels-alike'
  | 'set-target-port'
  | 'wait-retry'
  | 'recover-node'
  | 'force-delete'
  | 'remove-finalizer'
  | 'uncordon'
  | 'resume'
  | 'undo'
  | 'missing-object'
  | 'free-disk';

/** The whole answer to "Why is it like this?" */
export interface Why {
  readonly at: Millis;
  /** Before this instant nothing is explained. */
  readonly since: Millis;
  readonly exists: boolean;
  readonly findings: readonly Finding[];
  /** Oldest first. */
  readonly steps: readonly Step[];
}

/** A plugin's part in a choice. */
interface PluginScore {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: number;
  readonly normalised: number;
}

/** One Node in a choice. */
export interface NodeChoice {
  readonly node: string;
  readonly refusals: readonly { readonly plugin: string; readonly reasons: readonly string[] }[];
  readonly scores?: readonly PluginScore[];
  readonly total?: number;
  readonly picked?: true;
}

/** Why a Pod is where it is, or nowhere. */
export interface Scheduling {
  readonly at: Millis;
  readonly state: 'placed' | 'waiting' | 'gated' | 'unknown';
  readonly attempts: number;
  readonly lastAttempt?: Millis;
  readonly node?: string;
  readonly message?: string;
  readonly total: number;
  /** Per Filter plugin, in its order: how many Nodes it was the first to refuse, and how many were left. */
  readonly funnel: readonly { readonly plugin: string; readonly fell: number; readonly left: number }[];
  /** At most 200, the fitting ones and those that lack least first. */
  readonly nodes: readonly NodeChoice[];
  readonly ways: readonly {
    readonly changes: readonly Change[];
    readonly nodes: readonly string[];
    readonly commands: readonly string[];
  }[];
  readonly preemption?: { readonly node: string; readonly victims: readonly string[] };
}
