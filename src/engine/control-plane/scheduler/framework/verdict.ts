/** What a plugin says of a Pod, or of a Pod on a Node. Success is `undefined`, so the usual answer costs nothing. */

/** Upstream's status codes but Success. @upstream staging/src/k8s.io/kube-scheduler/framework/interface.go */
export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

export interface Verdict {
  readonly code: Code;
  readonly reasons: readonly string[];
  /** Who said it; the runtime fills it in where the plugin left it out. */
  readonly plugin?: string;
}

/** `undefined` is Success. */
export type Outcome = Verdict | undefined;

/** The plugin has nothing to do with this Pod: its Filter or Score is left out of the cycle. */
export const SKIP: Verdict = Object.freeze({ code: 'Skip', reasons: Object.freeze([]) });

export const verdict = (code: Code, plugin: string, ...reasons: string[]): Verdict =>
  Object.freeze({ code, reasons: Object.freeze(reasons), plugin });

export const unschedulable = (plugin: string, ...reasons: string[]): Verdict =>
  verdict('Unschedulable', plugin, ...reasons);

export const unresolvable = (plugin: string, ...reasons: string[]): Verdict =>
  verdict('UnschedulableAndUnresolvable', plugin, ...reasons);

/** The Pod was judged and refused, as opposed to an error or a wait. */
export const isRejected = (outcome: Outcome): outcome is Verdict =>
  outcome !== undefined &&
  (outcome.code === 'Unschedulable' || outcome.code === 'UnschedulableAndUnresolvable' || outcome.code === 'Pending');

/** The reasons as one text. */
export const verdictMessage = (outcome: Outcome): string => outcome?.reasons.join(', ') ?? '';
