/** How `kubectl get` shows what an autoscaler looks at: `cpu: 12%/80%`. @upstream pkg/printers/internalversion/printers.go */
import type { V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '#engine/api';

const UNKNOWN = '<unknown>';
const SHOWN = 2;

const percent = (value: number | undefined, other: string): string => (value === undefined ? other : `${value}%`);

function amounts(target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target.value ?? UNKNOWN}`;
}

function resource(name: string, target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const used = percent(current?.averageUtilization, UNKNOWN);
  return `${name}: ${used}/${percent(target.averageUtilization, '<auto>')}`;
}

function targetText(spec: V2MetricSpec, status: V2MetricStatus | undefined): string {
  const { external, pods, object, resource: ofPods, containerResource: ofContainer } = spec;
  switch (spec.type) {
    case 'External':
      return external ? amounts(external.target, status?.external?.current) : UNKNOWN;
    case 'Object':
      return object ? amounts(object.target, status?.object?.current) : UNKNOWN;
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? UNKNOWN}/${pods?.target.averageValue ?? UNKNOWN}`;
    case 'Resource':
      return ofPods ? resource(ofPods.name, ofPods.target, status?.resource?.current) : UNKNOWN;
    case 'ContainerResource':
      return ofContainer ? resource(ofContainer.name, ofContainer.target, status?.containerResource?.current) : UNKNOWN;
    default:
      return '<unknown type>';
  }
}

export function formatTargets(
  specs: readonly V2MetricSpec[] | undefined,
  statuses: readonly V2MetricStatus[] | undefined,
): string {
  if (!specs || specs.length === 0) return '<none>';
  const texts = specs.map((spec, i) => targetText(spec, statuses?.[i]));
  const shown = texts.slice(0, SHOWN).join(', ');
  return texts.length > SHOWN ? `${shown} + ${texts.length - SHOWN} more...` : shown;
}
