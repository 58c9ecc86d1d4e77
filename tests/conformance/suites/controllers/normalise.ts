/** Takes out of both sides what no two runs have in common: generated names, addresses, times, where a Pod went. */

/** Numbers of generated names are not compared: the order of creation within a batch is arbitrary. */
export function normaliseText(text: string, namespace: string, names: readonly string[]): string {
  let result = text.replaceAll('{ns}', namespace);
  for (const name of names) result = result.replaceAll(name, `${name.slice(0, name.lastIndexOf('-'))}-{#}`);
  return result.replace(/\{\d+\}/g, '{#}').replace(/ to (?:node-\d|[a-z-]+-a)$/, ' to {node}');
}

const DROPPED = new Set([
  'uid',
  'resourceVersion',
  'managedFields',
  'creationTimestamp',
  'deletionTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'startTime',
  'completionTime',
  'lastScheduleTime',
  'lastSuccessfulTime',
  'lastScaleTime',
  'batch.kubernetes.io/cronjob-scheduled-timestamp',
  'startedAt',
  'nodeName',
  'zone',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'containerID',
  'clusterIP',
  'clusterIPs',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'topology.kubernetes.io/zone',
  'nodePort',
  'healthCheckNodePort',
]);

interface Fields {
  readonly [name: string]: unknown;
}

/** The object as text with sorted keys. Of a Pod only what controllers decide. How often a slice was written depends on when addresses came. */
export function normaliseObject(object: unknown, namespace: string, names: readonly string[]): string {
  const { kind, status, spec, ...rest } = object as Fields & { readonly spec?: Fields; readonly status?: Fields };
  const pod = kind === 'Pod';
  const affinity = (spec?.affinity as Fields | undefined)?.nodeAffinity !== undefined;
  const shown = pod ? { ...rest, kind, phase: status?.phase, affinity } : { ...rest, kind, spec, status };
  const text = normaliseText(JSON.stringify(sorted(shown)), namespace, names);
  if (kind === 'EndpointSlice') return text.replace(/"generation":\d+,/, '');
  return maskHashes(text);
}

/** For templates that name their namespace, whose real name is not recorded: their hashes cannot be had. */
export function maskHashes(text: string): string {
  return text.replace(/("controller-revision-hash":"|agent-|tol-)[bcdfghjklmnpqrstvwxz2456789]{8,10}"/g, '$1{hash}"');
}

/** Keys in order, without what differs between runs and what is empty. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) => !DROPPED.has(key) && item !== null && item !== undefined && !isEmpty(item),
  );
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** `nodePort`s and empty maps that one side leaves out. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).every((key) => DROPPED.has(key));
