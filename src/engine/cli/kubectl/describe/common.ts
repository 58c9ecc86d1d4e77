/**
 * Pieces of many descriptions: labels, annotations, tolerations, events.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go
 */

import type { CoreV1Event, Toleration, TopologySpreadConstraint } from '#engine/api';
import type { ObjectMeta } from '#engine/apimachinery';
import { compareText, formatLabelSelector } from '#engine/apimachinery';
import { LAST_APPLIED } from '../act.ts';
import type { DescriptionWriter } from './writer.ts';

type StringMap = { readonly [key: string]: string };

const MAX_ANNOTATION = 140;

export function labels(w: DescriptionWriter, title: string, map: StringMap | undefined, indent = ''): void {
  w.write(0, `${indent}${title}:\t`);
  const keys = Object.keys(map ?? {}).sort(compareText);
  if (keys.length === 0) w.line('<none>');
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, `${indent}\t`);
    w.line(`${key}=${map?.[key] ?? ''}`);
  });
}

export function annotations(w: DescriptionWriter, title: string, map: StringMap | undefined): void {
  w.write(0, `${title}:\t`);
  const keys = Object.keys(map ?? {})
    .filter((key) => key !== LAST_APPLIED)
    .sort(compareText);
  if (keys.length === 0) w.line('<none>');
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, '\t');
    const value = (map?.[key] ?? '').replace(/\n$/, '');
    if (value.length + key.length + 2 > MAX_ANNOTATION || value.includes('\n')) {
      w.line(`${key}:`);
      for (const line of value.split('\n')) w.line(`\t  ${shorten(line, MAX_ANNOTATION - 2)}`);
    } else w.line(`${key}: ${value}`);
  });
}

const shorten = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}...` : text);

export function tolerations(w: DescriptionWriter, list: readonly Toleration[] | undefined, indent = ''): void {
  w.write(0, `${indent}Tolerations:\t`);
  if (!list?.length) w.line('<none>');
  [...(list ?? [])]
    .sort((a, b) => compareText(a.key ?? '', b.key ?? ''))
    .forEach((one, i) => {
      if (i > 0) w.write(0, `${indent}\t`);
      let text = one.key ?? '';
      if (one.value) text += `=${one.value}`;
      if (one.effect) text += `:${one.effect}`;
      if (one.operator === 'Exists' && !one.value) text += text === '' ? 'op=Exists' : ' op=Exists';
      if (one.operator === 'Lt' || one.operator === 'Gt') text += ` op=${one.operator}`;
      if (one.tolerationSeconds !== undefined) text += ` for ${one.tolerationSeconds}s`;
      w.line(text);
    });
}

export function spreadConstraints(
  w: DescriptionWriter,
  list: readonly TopologySpreadConstraint[] | undefined,
  indent = '',
): void {
  if (!list?.length) return;
  w.write(0, `${indent}Topology Spread Constraints:\t`);
  [...list]
    .sort((a, b) => compareText(a.topologyKey, b.topologyKey))
    .forEach((one, i) => {
      if (i > 0) w.write(0, `${indent}\t`);
      const selector = one.labelSelector ? ` for selector ${formatLabelSelector(one.labelSelector)}` : '';
      w.line(`${one.topologyKey}:${one.whenUnsatisfiable} when max skew ${one.maxSkew} is exceeded${selector}`);
    });
}

/** `ReplicaSet/web-596556dd5f`, or '' without a controller. */
export function controlledBy(meta: ObjectMeta): string {
  const owner = meta.ownerReferences?.find((one) => one.controller);
  return owner ? `${owner.kind}/${owner.name}` : '';
}

/** Events in the order they were last seen; undefined prints nothing. */
export function events(w: DescriptionWriter, list: readonly CoreV1Event[] | undefined): void {
  if (!list) return;
  if (list.length === 0) {
    w.write(0, 'Events:\t<none>\n');
    return;
  }
  w.flush();
  w.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  w.write(1, '----\t------\t----\t----\t-------\n');
  const sorted = [...list].sort((a, b) => compareText(a.lastTimestamp ?? '', b.lastTimestamp ?? ''));
  for (const event of sorted) {
    const source = event.source?.component || event.reportingComponent || '';
    w.write(
      1,
      `${event.type ?? ''}\t${event.reason ?? ''}\t${interval(w, event)}\t${source}\t${(event.message ?? '').trim()}\n`,
    );
  }
}

function interval(w: DescriptionWriter, event: CoreV1Event): string {
  const first = w.since(event.eventTime ?? event.firstTimestamp);
  if (event.series) return `${w.since(event.series.lastObservedTime)} (x${event.series.count ?? 0} over ${first})`;
  return (event.count ?? 0) > 1 ? `${w.since(event.lastTimestamp)} (x${event.count} over ${first})` : first;
}

/** A condition table: `Available   True   MinimumReplicasAvailable`. */
export function conditionTable(
  w: DescriptionWriter,
  conditions: readonly { readonly type: string; readonly status: string; readonly reason?: string }[] | undefined,
): void {
  if (!conditions?.length) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  w.write(1, '----\t------\t------\n');
  for (const one of conditions) w.write(1, `${one.type} \t${one.status}\t${one.reason ?? ''}\n`);
}
