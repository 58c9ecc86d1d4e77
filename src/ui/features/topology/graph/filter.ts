/** Which Pods the learner asked to see. The others step back, they do not move. */
import { type LabelMatcher, matchesLabels, parseLabelSelector } from '#engine/apimachinery';
import type { PodFacts } from './facts.ts';
import type { Health } from './pod-state.ts';

export interface FilterWords {
  /** Found in the Pod's name, status, Node or image. */
  readonly text: string;
  /** '' for all */
  readonly namespace: string;
  /** A label selector, as after `kubectl get -l`. */
  readonly label: string;
  readonly health: Health | '';
}

export const NO_FILTER: FilterWords = { text: '', namespace: '', label: '', health: '' };

export interface Filter {
  /** Absent when nothing is asked for: everything matches. */
  readonly matches?: (pod: PodFacts) => boolean;
  /** Why the label selector cannot be read. */
  readonly error?: string;
}

export function createFilter({ text, namespace, label, health }: FilterWords): Filter {
  const needle = text.trim().toLowerCase();
  let selector: LabelMatcher | undefined;
  let error: string | undefined;
  try {
    if (label.trim()) selector = parseLabelSelector(label);
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  if (!needle && !namespace && !health && !selector) return error === undefined ? {} : { error };
  const matches = (pod: PodFacts): boolean =>
    (!namespace || pod.namespace === namespace) &&
    (!health || pod.health === health) &&
    (!needle ||
      [pod.name, pod.status, pod.nodeName ?? '', pod.image].some((word) => word.toLowerCase().includes(needle))) &&
    (!selector || matchesLabels(selector, pod.labels));
  return error === undefined ? { matches } : { matches, error };
}
