/** What a terminating namespace says about what is left in it. @upstream pkg/controller/namespace/deletion/status_condition_utils.go */
import type { NamespaceCondition } from '#engine/api';
import { formatTime, type Millis } from '#engine/sim';

/** What one pass over a namespace's content found. */
export interface ContentReport {
  /** Why not everything could be looked for. */
  readonly discoveryFailure?: string;
  readonly deletionErrors: readonly string[];
  /** `pods.` or `deployments.apps` -> objects left. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Finalizer -> objects that have it. */
  readonly finalizers: ReadonlyMap<string, number>;
}

type Verdict = readonly [reason: string, message: string];

const FINE: readonly (readonly [type: string, ...Verdict])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

/** The conditions after a pass; the same array when nothing changed. */
export function updateConditions(
  current: readonly NamespaceCondition[],
  report: ContentReport,
  now: Millis,
): readonly NamespaceCondition[] {
  const bad = failures(report);
  let next = current;
  for (const [type, fineReason, fineMessage] of FINE) {
    const failure = bad.get(type);
    const status = failure ? 'True' : 'False';
    const [reason, message] = failure ?? [fineReason, fineMessage];
    const old = current.find((condition) => condition.type === type);
    if (old && old.status === status && old.reason === reason && old.message === message) continue;
    const since = old?.status === status ? old.lastTransitionTime : undefined;
    const condition = { type, status, lastTransitionTime: since ?? formatTime(now), reason, message };
    next = old ? next.map((each) => (each.type === type ? condition : each)) : [...next, condition];
  }
  return next;
}

function failures(report: ContentReport): ReadonlyMap<string, Verdict> {
  const { discoveryFailure, deletionErrors } = report;
  const found = new Map<string, Verdict>();
  if (discoveryFailure !== undefined) {
    found.set('NamespaceDeletionDiscoveryFailure', ['DiscoveryFailed', discoveryFailure]);
  }
  if (deletionErrors.length > 0) {
    const text = `Failed to delete all resource types, ${deletionErrors.length} remaining: ${aggregate(deletionErrors)}`;
    found.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', text]);
  }
  const remaining = counted(report.remaining, 'has', 'resource instances');
  if (remaining !== '') {
    found.set('NamespaceContentRemaining', ['SomeResourcesRemain', `Some resources are remaining: ${remaining}`]);
  }
  const finalizers = counted(report.finalizers, 'in', 'resource instances');
  if (finalizers !== '') {
    const text = `Some content in the namespace has finalizers remaining: ${finalizers}`;
    found.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', text]);
  }
  return found;
}

const counted = (counts: ReadonlyMap<string, number>, verb: string, what: string): string =>
  [...counts]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${verb} ${count} ${what}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(', ');

const aggregate = (errors: readonly string[]): string =>
  errors.length === 1 ? (errors[0] ?? '') : `[${[...new Set(errors)].join(', ')}]`;
