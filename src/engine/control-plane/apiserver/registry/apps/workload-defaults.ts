/** What Deployments, ReplicaSets, DaemonSets and StatefulSets share. */

import type { PodTemplateSpec } from '#engine/api';
import type { LabelSelector } from '#engine/apimachinery';
import { fieldErrors, LabelSelectorError, labelSelectorAsMatcher, matchesLabels } from '#engine/apimachinery';
import { checkLabelSelector, type Errors, printableSelector, sortedMap } from '../validation.ts';

/** Does the selector match, or is it no selector at all? */
type Match = 'matches' | 'differs' | 'invalid';

function match(selector: LabelSelector | undefined, labels: { readonly [key: string]: string } | undefined): Match {
  try {
    return matchesLabels(labelSelectorAsMatcher(selector), labels ?? {}) ? 'matches' : 'differs';
  } catch (error) {
    if (error instanceof LabelSelectorError) return 'invalid';
    throw error;
  }
}

/** A selector as errors print it. */
export const selectorValue = printableSelector;

/** What a template's labels look like in errors: `null` when there are none. */
export const labelsValue = (template: PodTemplateSpec | undefined): unknown =>
  sortedMap(template?.metadata?.labels) ?? null;

export const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length + (matchExpressions?.length ?? 0) === 0;

export const matchTemplate = (selector: LabelSelector | undefined, template: PodTemplateSpec | undefined): Match =>
  match(selector, template?.metadata?.labels);

export const MISMATCH = '`selector` does not match template `labels`';

/** The selector of a Deployment or ReplicaSet: there must be one, not empty and well-formed. */
export function checkSelector(errors: Errors, selector: LabelSelector | undefined, kind: string): void {
  if (!selector) {
    errors.push(fieldErrors.required('spec.selector'));
    return;
  }
  checkLabelSelector(errors, 'spec.selector', selector);
  if (isEmptySelector(selector)) {
    errors.push(fieldErrors.invalid('spec.selector', selectorValue(selector), `empty selector is invalid for ${kind}`));
  }
}
