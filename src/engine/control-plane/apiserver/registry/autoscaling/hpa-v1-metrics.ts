/**
 * Metrics as autoscaling/v1 writes them into annotations.
 * @upstream staging/src/k8s.io/api/autoscaling/v1/types.go, pkg/apis/autoscaling/v1/conversion.go
 */
import type { V2CrossVersionObjectReference, V2MetricSpec, V2MetricStatus } from '#engine/api';
import type { LabelSelector } from '#engine/apimachinery';

interface V1Source {
  readonly target?: V2CrossVersionObjectReference;
  readonly name?: string;
  readonly metricName?: string;
  readonly metricSelector?: LabelSelector;
  readonly selector?: LabelSelector;
  readonly container?: string;
  readonly targetValue?: string;
  readonly averageValue?: string;
  readonly targetAverageValue?: string;
  readonly targetAverageUtilization?: number;
  readonly currentValue?: string;
  readonly currentAverageValue?: string;
  readonly currentAverageUtilization?: number;
}

/** A metric or its current state. */
export interface V1Metric {
  readonly type: string;
  readonly object?: V1Source;
  readonly pods?: V1Source;
  readonly resource?: V1Source;
  readonly containerResource?: V1Source;
  readonly external?: V1Source;
}

/** Without the members that are undefined; the order of the rest stays. */
function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

const reference = ({ kind, name, apiVersion }: V2CrossVersionObjectReference) => present({ kind, name, apiVersion });

export function metricToV1(metric: V2MetricSpec): object {
  const { type, object, pods, resource, containerResource, external } = metric;
  const usage = (source: NonNullable<typeof resource>) => ({
    name: source.name,
    targetAverageUtilization: source.target.averageUtilization,
    targetAverageValue: source.target.averageValue,
  });
  return present({
    type,
    object:
      object &&
      present({
        target: reference(object.describedObject),
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      present({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && present(usage(resource)),
    containerResource:
      containerResource && present({ ...usage(containerResource), container: containerResource.container }),
    external:
      external &&
      present({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

export function currentToV1(metric: V2MetricStatus): object {
  const { type, object, pods, resource, containerResource, external } = metric;
  const usage = (source: NonNullable<typeof resource>) => ({
    name: source.name,
    currentAverageUtilization: source.current.averageUtilization,
    currentAverageValue: source.current.averageValue ?? '0',
  });
  return present({
    type,
    object:
      object &&
      present({
        target: reference(object.describedObject),
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      present({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && present(usage(resource)),
    containerResource:
      containerResource && present({ ...usage(containerResource), container: containerResource.container }),
    external:
      external &&
      present({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  });
}

const identifier = (name: string | undefined, selector: LabelSelector | undefined) =>
  present({ name: name ?? '', selector });

const NOTHING: V2CrossVersionObjectReference = { kind: '', name: '' };

export function metricFromV1({ type, object, pods, resource, containerResource, external }: V1Metric): V2MetricSpec {
  const usage = (source: V1Source) => ({
    name: source.name ?? '',
    target: present({
      type: source.targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
      averageUtilization: source.targetAverageUtilization,
      averageValue: source.targetAverageValue,
    }),
  });
  return present({
    type,
    object: object && {
      describedObject: object.target ?? NOTHING,
      target: present({
        type: object.averageValue === undefined ? 'Value' : 'AverageValue',
        value: object.averageValue === undefined ? object.targetValue : undefined,
        averageValue: object.averageValue,
      }),
      metric: identifier(object.metricName, object.selector),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: present({ type: 'AverageValue', averageValue: pods.targetAverageValue }),
    },
    resource: resource && usage(resource),
    containerResource: containerResource && {
      ...usage(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: present({
        type: external.targetValue === undefined ? 'AverageValue' : 'Value',
        value: external.targetValue,
        averageValue: external.targetAverageValue,
      }),
    },
  }) as V2MetricSpec;
}

export function currentFromV1({ type, object, pods, resource, containerResource, external }: V1Metric): V2MetricStatus {
  const usage = (source: V1Source) => ({
    name: source.name ?? '',
    current: present({
      averageUtilization: source.currentAverageUtilization,
      averageValue: source.currentAverageValue,
    }),
  });
  return present({
    type,
    object: object && {
      describedObject: object.target ?? NOTHING,
      current: present({ value: object.currentValue, averageValue: object.averageValue }),
      metric: identifier(object.metricName, object.selector),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: present({ averageValue: pods.currentAverageValue }),
    },
    resource: resource && usage(resource),
    containerResource: containerResource && {
      ...usage(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: present({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as V2MetricStatus;
}
