/** describe namespace, configmap, secret, serviceaccount, priorityclass, poddisruptionbudget. */

import type {
  ConfigMap,
  CoreV1Event,
  Namespace,
  PodDisruptionBudget,
  PriorityClass,
  Secret,
  ServiceAccount,
} from '#engine/api';
import { compareText, formatLabelSelector } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import { formatLabels } from '../print/table.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { annotations, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import { limitRanges, quotas } from './limits.ts';
import type { DescriptionWriter } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;

export async function describeNamespace(
  w: DescriptionWriter,
  one: Namespace,
  _: Events,
  context: DescribeContext,
): Promise<void> {
  const name = one.metadata.name;
  w.write(0, `Name:\t${name}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, `Status:\t${one.status?.phase ?? ''}\n`);
  const conditions = one.status?.conditions ?? [];
  if (conditions.length > 0) {
    w.write(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
    w.write(1, '----\t------\t------------------\t------\t-------\n');
    for (const c of conditions)
      w.write(
        1,
        `${c.type} \t${c.status} \t${w.since(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`,
      );
  }
  quotas(w, await listIfServed(context, 'resourcequotas', name));
  limitRanges(w, await listIfServed(context, 'limitranges', name));
}

/** Kinds that this server does not have are as good as none. */
async function listIfServed(context: DescribeContext, type: string, namespace: string): Promise<readonly JsonObject[]> {
  try {
    return await list(context, type, namespace);
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

export function describeConfigMap(w: DescriptionWriter, one: ConfigMap, list_: Events): void {
  heading(w, one.metadata);
  w.write(0, '\nData\n====\n');
  for (const key of Object.keys(one.data ?? {}).sort(compareText)) {
    w.write(0, `${key}:\n----\n`);
    w.write(0, `${one.data?.[key] ?? ''}\n`);
    w.write(0, '\n');
  }
  w.write(0, '\nBinaryData\n====\n');
  for (const key of Object.keys(one.binaryData ?? {}).sort(compareText))
    w.write(0, `${key}: ${bytesOf(one.binaryData?.[key] ?? '')} bytes\n`);
  w.write(0, '\n');
  events(w, list_);
}

const bytesOf = (base64: string): number => Math.floor((base64.replaceAll('=', '').length * 3) / 4);

function heading(w: DescriptionWriter, metadata: ConfigMap['metadata']): void {
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
}

export function describeSecret(w: DescriptionWriter, one: Secret): void {
  heading(w, one.metadata);
  w.write(0, `\nType:\t${one.type ?? ''}\n`);
  w.write(0, '\nData\n====\n');
  for (const key of Object.keys(one.data ?? {}).sort(compareText)) {
    const value = one.data?.[key] ?? '';
    const shown =
      key === 'token' && one.type === 'kubernetes.io/service-account-token' ? atob(value) : `${bytesOf(value)} bytes`;
    w.write(0, `${key}:\t${shown}\n`);
  }
}

export function describeServiceAccount(w: DescriptionWriter, one: ServiceAccount, list_: Events): void {
  heading(w, one.metadata);
  named(
    w,
    'Image pull secrets',
    (one.imagePullSecrets ?? []).map((secret) => secret.name ?? ''),
  );
  events(w, list_);
}

function named(w: DescriptionWriter, title: string, names: readonly string[]): void {
  if (names.length === 0) w.write(0, `${title}:\t<none>\n`);
  for (const [i, name] of names.entries()) w.write(0, `${i === 0 ? `${title}:` : ''}\t${name}\n`);
}

export function describePriorityClass(w: DescriptionWriter, one: PriorityClass, list_: Events): void {
  w.write(0, `Name:\t${one.metadata.name}\n`);
  w.write(0, `Value:\t${one.value}\n`);
  w.write(0, `GlobalDefault:\t${one.globalDefault ?? false}\n`);
  w.write(0, `PreemptionPolicy:\t${one.preemptionPolicy ?? ''}\n`);
  w.write(0, `Description:\t${one.description ?? ''}\n`);
  w.write(0, `Annotations:\t${formatLabels(one.metadata.annotations as Json | undefined)}\n`);
  events(w, list_);
}

export function describePodDisruptionBudget(w: DescriptionWriter, one: PodDisruptionBudget, list_: Events): void {
  const { metadata, spec, status } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  if (spec?.minAvailable !== undefined) w.write(0, `Min available:\t${spec.minAvailable}\n`);
  else if (spec?.maxUnavailable !== undefined) w.write(0, `Max unavailable:\t${spec.maxUnavailable}\n`);
  w.write(0, `Selector:\t${spec?.selector ? formatLabelSelector(spec.selector) : '<unset>'}\n`);
  w.write(0, 'Status:\n');
  w.write(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}\n`);
  w.write(2, `Current:\t${status?.currentHealthy ?? 0}\n`);
  w.write(2, `Desired:\t${status?.desiredHealthy ?? 0}\n`);
  w.write(2, `Total:\t${status?.expectedPods ?? 0}\n`);
  events(w, list_);
}
