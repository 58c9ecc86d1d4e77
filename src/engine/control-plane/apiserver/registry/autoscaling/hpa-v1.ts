/**
 * autoscaling/v1: the same objects for clients that know only CPU utilization. What else there is rides in annotations.
 * @upstream pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go
 */
import {
  type HorizontalPodAutoscaler,
  horizontalPodAutoscalers,
  type V2HorizontalPodAutoscaler,
  type V2HorizontalPodAutoscalerBehavior,
  type V2HorizontalPodAutoscalerStatus,
  type V2HPAScalingRules,
  type V2MetricSpec,
  type V2MetricStatus,
} from '#engine/api';
import type { KubeObject, ObjectMeta } from '#engine/apimachinery';
import type { VersionView } from '../strategy.ts';
import { currentFromV1, currentToV1, metricFromV1, metricToV1, type V1Metric } from './hpa-v1-metrics.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io';
const METRICS = `${PREFIX}/metrics`;
const BEHAVIOR = `${PREFIX}/behavior`;
const CURRENT = `${PREFIX}/current-metrics`;
const CONDITIONS = `${PREFIX}/conditions`;

const isCpuUtilization = ({ type, resource }: V2MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

const isCpu = ({ type, resource }: V2MetricSpec | V2MetricStatus): boolean =>
  type === 'Resource' && resource?.name === 'cpu';

/** Go's names, in Go's order: the annotation holds the internal struct. */
function printRules(rules: V2HPAScalingRules | undefined): unknown {
  if (!rules) return null;
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies: (rules.policies ?? []).map(({ type, value, periodSeconds }) => ({
      Type: type,
      Value: value,
      PeriodSeconds: periodSeconds,
    })),
    Tolerance: rules.tolerance ?? null,
  };
}

interface PrintedRules {
  readonly StabilizationWindowSeconds?: number | null;
  readonly SelectPolicy?: string | null;
  readonly Policies?:
    | readonly { readonly Type: string; readonly Value: number; readonly PeriodSeconds: number }[]
    | null;
  readonly Tolerance?: string | null;
}

function readRules(rules: PrintedRules | null | undefined): V2HPAScalingRules | undefined {
  if (!rules) return undefined;
  const { StabilizationWindowSeconds: window, SelectPolicy: select, Policies: policies, Tolerance: tolerance } = rules;
  return {
    ...(typeof window === 'number' && { stabilizationWindowSeconds: window }),
    ...(typeof select === 'string' && { selectPolicy: select }),
    ...(Array.isArray(policies) && {
      policies: policies.map((one) => ({ type: one.Type, value: one.Value, periodSeconds: one.PeriodSeconds })),
    }),
    ...(typeof tolerance === 'string' && { tolerance }),
  };
}

/** An annotation that cannot be read is passed over, as upstream does. */
function readAnnotation<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function withAnnotations(metadata: ObjectMeta, annotations: { readonly [key: string]: string }): ObjectMeta {
  const own = { ...metadata.annotations };
  for (const key of [METRICS, BEHAVIOR, CURRENT, CONDITIONS]) delete own[key];
  const all = { ...own, ...annotations };
  const { annotations: _, ...rest } = metadata;
  return Object.keys(all).length > 0 ? { ...rest, annotations: all } : rest;
}

function fromStored(object: V2HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec, status } = object;
  const metrics = spec.metrics ?? [];
  const others = metrics.filter((metric) => !isCpuUtilization(metric)).map(metricToV1);
  const current = status.currentMetrics ?? [];
  const annotations = {
    ...(others.length > 0 && { [METRICS]: JSON.stringify(others) }),
    ...(spec.behavior && {
      [BEHAVIOR]: JSON.stringify({
        ScaleUp: printRules(spec.behavior.scaleUp),
        ScaleDown: printRules(spec.behavior.scaleDown),
      }),
    }),
    ...(current.length > 0 && { [CURRENT]: JSON.stringify(current.map(currentToV1)) }),
    ...((status.conditions?.length ?? 0) > 0 && {
      [CONDITIONS]: JSON.stringify(
        status.conditions?.map(({ type, status: state, lastTransitionTime, reason, message }) => ({
          type,
          status: state,
          lastTransitionTime: lastTransitionTime ?? null,
          ...(reason && { reason }),
          ...(message && { message }),
        })),
      ),
    }),
  };
  const { apiVersion: _, ...rest } = object;
  const utilization = metrics.find(isCpu)?.resource?.target.averageUtilization;
  const used = current.filter(isCpu).at(-1)?.resource?.current.averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(object.metadata as ObjectMeta, annotations) as HorizontalPodAutoscaler['metadata'],
    spec: {
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas !== undefined && { minReplicas: spec.minReplicas }),
      maxReplicas: spec.maxReplicas,
      ...(utilization !== undefined && { targetCPUUtilizationPercentage: utilization }),
    },
    status: {
      ...(status.observedGeneration !== undefined && { observedGeneration: status.observedGeneration }),
      ...(status.lastScaleTime !== undefined && { lastScaleTime: status.lastScaleTime }),
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: status.desiredReplicas,
      ...(used !== undefined && { currentCPUUtilizationPercentage: used }),
    },
  };
}

function toStored(object: KubeObject): V2HorizontalPodAutoscaler {
  const v1 = object as HorizontalPodAutoscaler;
  const { annotations = {} } = v1.metadata;
  const { scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage: utilization } = v1.spec ?? {};
  const metrics: V2MetricSpec[] = [];
  if (utilization !== undefined) {
    const target = { type: 'Utilization', averageUtilization: utilization };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  for (const metric of readAnnotation<V1Metric[]>(annotations[METRICS]) ?? []) metrics.push(metricFromV1(metric));
  const behavior = readAnnotation<{ ScaleUp?: PrintedRules; ScaleDown?: PrintedRules }>(annotations[BEHAVIOR]);
  const up = readRules(behavior?.ScaleUp);
  const down = readRules(behavior?.ScaleDown);
  const rules: V2HorizontalPodAutoscalerBehavior = { ...(up && { scaleUp: up }), ...(down && { scaleDown: down }) };
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(v1.metadata as ObjectMeta, {}) as V2HorizontalPodAutoscaler['metadata'],
    spec: {
      scaleTargetRef: scaleTargetRef ?? { kind: '', name: '' },
      ...(minReplicas !== undefined && { minReplicas }),
      maxReplicas: maxReplicas ?? 0,
      ...(metrics.length > 0 && { metrics }),
      ...((up || down) && { behavior: rules }),
    },
    status: statusToStored(v1, annotations),
  };
}

function statusToStored(
  { status }: HorizontalPodAutoscaler,
  annotations: { readonly [key: string]: string },
): V2HorizontalPodAutoscalerStatus {
  const used = status?.currentCPUUtilizationPercentage;
  const known = readAnnotation<V1Metric[]>(annotations[CURRENT])?.map(currentFromV1);
  const cpu = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used ?? 0 } } };
  const metrics = known ?? (used === undefined ? undefined : [cpu]);
  const conditions = readAnnotation<V2HorizontalPodAutoscalerStatus['conditions']>(annotations[CONDITIONS]);
  return {
    ...(status?.observedGeneration !== undefined && { observedGeneration: status.observedGeneration }),
    ...(status?.lastScaleTime !== undefined && { lastScaleTime: status.lastScaleTime }),
    ...(status?.currentReplicas && { currentReplicas: status.currentReplicas }),
    desiredReplicas: status?.desiredReplicas ?? 0,
    currentMetrics: metrics ?? (null as unknown as []),
    ...(conditions && { conditions }),
  };
}

/** @fidelity full */
export const autoscalingV1: VersionView<V2HorizontalPodAutoscaler> = {
  resource: Object.freeze({ ...horizontalPodAutoscalers, version: 'v1' }),
  fromStored,
  toStored,
};
