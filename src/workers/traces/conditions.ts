/** How an object's conditions turned, version by version. */
import type { Condition, KubeObject } from '#engine/apimachinery';
import type { Step, Subject } from './explanation.ts';
import type { Scene } from './scene.ts';

interface WithConditions extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export const conditionsOf = (object: KubeObject | undefined): readonly Condition[] =>
  (object as WithConditions | undefined)?.status?.conditions ?? [];

export const conditionOf = (object: KubeObject | undefined, type: string): Condition | undefined =>
  conditionsOf(object).find((condition) => condition.type === type);

/**
 * One step per turn of one of the types.
 * @param types the status that is good news: `True` for Ready, `False` for DiskPressure
 */
export function conditionSteps(
  scene: Scene,
  subject: Subject,
  types: { readonly [type: string]: 'True' | 'False' },
): readonly Step[] {
  const steps: Step[] = [];
  const last = new Map<string, string>();
  for (const { revision, object } of scene.versions(subject.resource, subject)) {
    for (const { type, status, reason, message } of conditionsOf(object)) {
      const good = types[type];
      if (good === undefined || last.get(type) === status) continue;
      const isFirst = !last.has(type);
      last.set(type, status);
      // What is false from the beginning (not Ready yet) or as it should be is no news.
      if (isFirst && status !== 'True') continue;
      if (isFirst && good === 'False' && status === 'False') continue;
      steps.push({
        at: scene.timeOf(revision),
        code: 'condition',
        params: { type, status, reason: reason ?? '' },
        about: subject,
        ...(message && { message }),
        tone: status === good ? 'good' : 'bad',
      });
    }
  }
  return steps;
}
