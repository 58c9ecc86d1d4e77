/**
 * What a HorizontalPodAutoscaler gets when it does not say it.
 * @upstream pkg/apis/autoscaling/v2/defaults.go
 */
import type {
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerBehavior,
  V2HorizontalPodAutoscalerSpec,
  V2HorizontalPodAutoscalerStatus,
  V2HPAScalingRules,
  V2MetricSpec,
} from '#engine/api';
import { withMember, withPointerDefaults } from '../sharing.ts';

/** A status nobody has written yet: Go prints the list that was never made. */
export const NO_STATUS: V2HorizontalPodAutoscalerStatus = Object.freeze({
  desiredReplicas: 0,
  currentMetrics: null as unknown as [],
});

const METRICS: readonly V2MetricSpec[] = Object.freeze([
  Object.freeze({
    type: 'Resource',
    resource: Object.freeze({
      name: 'cpu',
      target: Object.freeze({ type: 'Utilization', averageUtilization: 80 }),
    }),
  }),
]);

const UP: V2HPAScalingRules = Object.freeze({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: Object.freeze([
    Object.freeze({ type: 'Pods', value: 4, periodSeconds: 15 }),
    Object.freeze({ type: 'Percent', value: 100, periodSeconds: 15 }),
  ]),
});
const DOWN: V2HPAScalingRules = Object.freeze({
  selectPolicy: 'Max',
  policies: Object.freeze([Object.freeze({ type: 'Percent', value: 100, periodSeconds: 15 })]),
});

function defaultBehavior(behavior: V2HorizontalPodAutoscalerBehavior): V2HorizontalPodAutoscalerBehavior {
  const up = withPointerDefaults(behavior.scaleUp ?? {}, UP);
  const down = withPointerDefaults(behavior.scaleDown ?? {}, DOWN);
  return withMember(withMember(behavior, 'scaleUp', up), 'scaleDown', down);
}

export function defaultAutoscaler(autoscaler: V2HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const before = autoscaler.spec ?? ({} as V2HorizontalPodAutoscalerSpec);
  let spec = withPointerDefaults(before, { minReplicas: 1 });
  if ((spec.metrics?.length ?? 0) === 0) spec = withMember(spec, 'metrics', METRICS);
  if (spec.behavior) spec = withMember(spec, 'behavior', defaultBehavior(spec.behavior));
  return withPointerDefaults(withMember(autoscaler, 'spec', spec), { status: NO_STATUS });
}
