/** How fast an autoscaler may follow what the metrics ask for. @upstream pkg/controller/podautoscaler/horizontal.go */
import type { V2HorizontalPodAutoscaler, V2HPAScalingRules } from '#engine/api';
import type { Millis } from '#engine/sim';

/** `--horizontal-pod-autoscaler-downscale-stabilization` */
const DOWNSCALE_WINDOW_MS = 300_000;

interface Recommendation {
  readonly at: Millis;
  readonly replicas: number;
}
interface ScaleEvent {
  readonly at: Millis;
  readonly change: number;
}

/** What an autoscaler remembers of the last minutes. */
export interface Memory {
  recommendations: Recommendation[];
  ups: ScaleEvent[];
  downs: ScaleEvent[];
}

export const newMemory = (): Memory => ({ recommendations: [], ups: [], downs: [] });

interface Outcome {
  readonly replicas: number;
  readonly able?: readonly [reason: string, message: string];
  readonly limited: readonly [status: 'True' | 'False', reason: string, message: string];
}

interface Bounds {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

const READY = ['ReadyForNewScale', 'recommended size matches current size'] as const;
const IN_RANGE = ['False', 'DesiredWithinRange', 'the desired count is within the acceptable range'] as const;

const changedWithin = (events: readonly ScaleEvent[], periodSeconds: number, now: Millis): number =>
  events.filter(({ at }) => at > now - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0);

function upLimit(memory: Memory, rules: V2HPAScalingRules | undefined, current: number, now: Millis): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const least = rules?.selectPolicy === 'Min';
  let result = least ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  for (const { type, value, periodSeconds } of rules?.policies ?? []) {
    const start =
      current - changedWithin(memory.ups, periodSeconds, now) + changedWithin(memory.downs, periodSeconds, now);
    const proposed = type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
    result = least ? Math.min(result, proposed) : Math.max(result, proposed);
  }
  return result;
}

function downLimit(memory: Memory, rules: V2HPAScalingRules | undefined, current: number, now: Millis): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const least = rules?.selectPolicy === 'Min';
  let result = least ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  for (const { type, value, periodSeconds } of rules?.policies ?? []) {
    const start =
      current - changedWithin(memory.ups, periodSeconds, now) + changedWithin(memory.downs, periodSeconds, now);
    const proposed = type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
    result = least ? Math.max(result, proposed) : Math.min(result, proposed);
  }
  return result;
}

function withRules(memory: Memory, { spec }: V2HorizontalPodAutoscaler, bounds: Bounds, now: Millis): Outcome {
  const { current, desired: wanted, min, max } = bounds;
  const up = spec.behavior?.scaleUp;
  const down = spec.behavior?.scaleDown;
  const upWindow = (up?.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindow = (down?.stabilizationWindowSeconds ?? DOWNSCALE_WINDOW_MS / 1000) * 1000;
  let highest = wanted;
  let lowest = wanted;
  for (const { at, replicas } of memory.recommendations) {
    if (at > now - upWindow) lowest = Math.min(lowest, replicas);
    if (at > now - downWindow) highest = Math.max(highest, replicas);
  }
  memory.recommendations = memory.recommendations.filter(({ at }) => at > now - Math.max(upWindow, downWindow));
  memory.recommendations.push({ at: now, replicas: wanted });
  const desired = Math.min(Math.max(current, lowest), highest);
  const able: readonly [string, string] =
    desired === wanted
      ? READY
      : desired < wanted
        ? [
            'ScaleUpStabilized',
            'recent recommendations were lower than current one, applying the lowest recent recommendation',
          ]
        : [
            'ScaleDownStabilized',
            'recent recommendations were higher than current one, applying the highest recent recommendation',
          ];
  if (desired > current) {
    const limit = Math.max(upLimit(memory, up, current, now), current);
    if (desired > Math.min(limit, max)) {
      const limited =
        limit < max
          ? ([
              'True',
              'ScaleUpLimit',
              'the desired replica count is increasing faster than the maximum scale rate',
            ] as const)
          : (['True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const);
      return { replicas: Math.min(limit, max), able, limited };
    }
  } else if (desired < current) {
    const limit = Math.min(downLimit(memory, down, current, now), current);
    if (desired < Math.max(limit, min)) {
      const limited =
        limit > min
          ? ([
              'True',
              'ScaleDownLimit',
              'the desired replica count is decreasing faster than the maximum scale rate',
            ] as const)
          : (['True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const);
      return { replicas: Math.max(limit, min), able, limited };
    }
  }
  return { replicas: desired, able, limited: IN_RANGE };
}

function withoutRules(memory: Memory, { current, desired: wanted, min, max }: Bounds, now: Millis): Outcome {
  memory.recommendations = memory.recommendations.filter(({ at }) => at > now - DOWNSCALE_WINDOW_MS);
  const desired = Math.max(wanted, ...memory.recommendations.map(({ replicas }) => replicas));
  memory.recommendations.push({ at: now, replicas: wanted });
  const able: readonly [string, string] =
    desired === wanted
      ? READY
      : [
          'ScaleDownStabilized',
          'recent recommendations were higher than current one, applying the highest recent recommendation',
        ];
  if (desired < min) {
    const why = 'the desired replica count is less than the minimum replica count';
    return { replicas: min, able, limited: ['True', 'TooFewReplicas', why] };
  }
  const fastest = Math.max(2 * current, 4);
  const limit = Math.min(fastest, max);
  if (desired > limit) {
    const limited =
      max > fastest
        ? ([
            'True',
            'ScaleUpLimit',
            'the desired replica count is increasing faster than the maximum scale rate',
          ] as const)
        : (['True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const);
    return { replicas: limit, able, limited };
  }
  return { replicas: desired, able, limited: IN_RANGE };
}

/** The number of Pods that may be asked for now. */
export const normalize = (
  memory: Memory,
  autoscaler: V2HorizontalPodAutoscaler,
  bounds: Bounds,
  now: Millis,
): Outcome =>
  autoscaler.spec.behavior ? withRules(memory, autoscaler, bounds, now) : withoutRules(memory, bounds, now);

/** Remembers a change for the limits to come. */
export function rememberScale(memory: Memory, from: number, to: number, now: Millis): void {
  const hourAgo = now - 3_600_000;
  memory.ups = memory.ups.filter(({ at }) => at > hourAgo);
  memory.downs = memory.downs.filter(({ at }) => at > hourAgo);
  if (to > from) memory.ups.push({ at: now, change: to - from });
  else memory.downs.push({ at: now, change: from - to });
}
